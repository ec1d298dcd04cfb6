#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <cstdint>
#include <map>
#include <string>

#include "youden/sample/patient.hpp"
#include "youden/store/database.hpp"
#include "youden/store/run_reader.hpp"

namespace youden::store {

/// What a run learnt from: content and patients of the samples that any fold or replicate trained on, or chose its
/// epoch, threshold or temperature on.
struct SeenSamples {
  std::map<std::string, std::string> content = {};  ///< sha256 → train or val
  sample::PatientSet patients = {};
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
        out.patients.add({text(3), text(2)});
        return 0;
      },
      run);
  return out;
}

}  // namespace youden::store
