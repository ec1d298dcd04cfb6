#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "youden/store/database.hpp"
#include "youden/store/run_reader.hpp"

namespace youden::store {

/// What a run learnt from: content and patients of the samples that any fold or replicate trained on, or chose its
/// epoch, threshold or temperature on.
struct SeenSamples {
  std::map<std::string, std::string> content = {};              ///< sha256 → train or val
  std::set<std::pair<std::string, std::string>> patients = {};  ///< (source, patient), both known
};

inline SeenSamples seen_samples(Database& database, std::int64_t run) {
  SeenSamples out;
  detail::read_rows(
      database,
      "SELECT DISTINCT s.sha256, a.part, coalesce(s.source, ''), coalesce(s.patient, '') FROM assignment a "
      "JOIN sample s ON s.dataset = a.dataset AND s.id = a.sample WHERE a.run = ? AND a.part IN ('train', 'val') "
      "ORDER BY a.part",
      [&](SQLite::Statement& row) {
        const auto text = [&](int at) { return row.getColumn(at).getString(); };
        out.content.try_emplace(text(0), text(1));
        if (!text(2).empty() && !text(3).empty()) out.patients.emplace(text(2), text(3));
        return 0;
      },
      run);
  return out;
}

}  // namespace youden::store
