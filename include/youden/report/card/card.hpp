#pragma once
#include <string>
#include <utility>
#include <vector>

#include "youden/report/card/claim_2024.hpp"
#include "youden/report/card/tripod_ai.hpp"

namespace youden::report {

/// Both guidelines, filled in from a run. The same run gives the same answers.
inline std::vector<Checklist> card(const RunData& d) { return {claim_2024(d), tripod_ai(d)}; }

struct CardCount {
  int reported = 0;
  int partly = 0;
  int not_reported = 0;
};
inline CardCount count(const Checklist& list) {
  CardCount n;
  for (const FilledItem& item : list.items) {
    ++(item.state == FilledItem::State::reported ? n.reported
       : item.state == FilledItem::State::partly ? n.partly
                                                 : n.not_reported);
  }
  return n;
}

/// What every answer stands on.
inline std::vector<std::pair<std::string, std::string>> card_facts(const RunData& d) {
  return {{"run", d.run.uid},
          {"fingerprint", d.run.fingerprint},
          {"data set hash", d.dataset_hash},
          {"test set hash", d.run.test_hash.empty() ? "no test part" : d.run.test_hash},
          {"status", d.run.status}};
}

}  // namespace youden::report
