#pragma once
#include <string>

#include "youden/report/run_data.hpp"

namespace youden::report {

/// What the database knows about one item, as plain text, and where it stands there. Empty: nothing.
struct Answer {
  std::string text = {};
  std::string from = {};  ///< e.g. "run 01m8…, results"
};

/// One item of a reporting guideline. Numbers and titles are the guideline's; what is asked for is in our words.
struct CardItem {
  std::string number;
  std::string title;
  Answer (*answer)(const RunData&) = nullptr;  ///< null: no database can know
  std::string author = {};                     ///< what the author must still write; empty: the answer is whole
};

struct FilledItem {
  enum class State { reported, partly, not_reported };
  std::string number;
  std::string title;
  State state = State::not_reported;
  Answer answer;
  std::string author;
};

inline std::string state_words(FilledItem::State state) {
  return state == FilledItem::State::reported ? "reported"
         : state == FilledItem::State::partly ? "partly"
                                              : "NOT REPORTED";
}

/// A guideline, filled in from one run.
struct Checklist {
  std::string name;
  std::string citation;
  std::vector<FilledItem> items;
};

inline Checklist fill(const std::string& name, const std::string& citation, const std::vector<CardItem>& items,
                      const RunData& d) {
  Checklist out{name, citation, {}};
  for (const CardItem& item : items) {
    FilledItem filled{.number = item.number, .title = item.title, .answer = {}, .author = item.author};
    if (item.answer != nullptr) filled.answer = item.answer(d);
    if (!filled.answer.text.empty())
      filled.state = item.author.empty() ? FilledItem::State::reported : FilledItem::State::partly;
    else
      filled.answer = {};
    if (filled.answer.text.empty() && filled.author.empty())
      filled.author = "Say whether this was done and how; the run stores nothing about it.";
    out.items.push_back(std::move(filled));
  }
  return out;
}

}  // namespace youden::report
