#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "youden/store/database.hpp"
#include "youden/store/datasets.hpp"
#include "youden/store/headline.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/scored.hpp"

namespace youden::store {

inline Json to_json(const PooledResult& r) {
  const auto number = [](const std::optional<double>& v) { return v ? Json(*v) : Json(); };
  const stat::Estimate& e = r.estimate;
  Json j{{"value", number(e.value)}, {"low", number(e.low)}, {"high", number(e.high)},
         {"level", e.level},         {"method", e.method},   {"n", e.n}};
  if (r.n_patients) j["n_patients"] = *r.n_patients;
  if (r.threshold) j["threshold"] = *r.threshold;
  if (r.replicates > 1) {
    j["replicates"] = r.replicates;
    j["sd"] = number(r.sd);
  }
  return j;
}
inline Json to_json(const PooledResults& results) {
  Json j = Json::object();
  for (const auto& [part, metrics] : results) {
    j[part] = Json::object();
    for (const auto& [name, r] : metrics) j[part][name] = to_json(r);
  }
  return j;
}

/// Samples a part in the first replicate: fold 0's train, val and test; out-of-fold over all folds; external parts as
/// predicted.
inline Json count_parts(Database& database, std::int64_t run) {
  Json n{{"train", 0}, {"val", 0}, {"test", 0}};
  detail::read_rows(
      database,
      "SELECT part, count(*) FROM assignment WHERE run = ?1 AND replicate = 0 AND (fold = 0 OR part = 'oof') "
      "AND part <> 'unused' GROUP BY part UNION ALL "
      "SELECT part, count(DISTINCT sample) FROM prediction WHERE run = ?1 AND replicate = 0 AND part LIKE 'external:%' "
      "GROUP BY part",
      [&](SQLite::Statement& row) {
        n[row.getColumn(0).getString()] = row.getColumn(1).getInt64();
        return 0;
      },
      run);
  return n;
}

/// The object that `train` and `show` print: fields may be added, never renamed.
inline Json run_json(Database& database, std::int64_t id) {
  const RunRecord run = read_run(database, id);
  const auto text = [](const std::string& s) { return s.empty() ? Json() : Json(s); };
  const PooledResults results = read_pooled(database, id);
  Json j{{"run", run.id},
         {"uid", run.uid},
         {"name", run.name},
         {"status", run.status},
         {"reason", text(run.reason)},
         {"fingerprint", run.fingerprint},
         {"seconds", run.seconds},
         {"seed", run.seed},
         {"folds", run.folds},
         {"replicates", run.replicates},
         {"n", count_parts(database, id)},
         {"classes", run.classes},
         {"positive", text(run.positive)},
         {"unit", run.unit},
         {"part", text(headline_part(results))},
         {"metrics", to_json(results)},
         {"confusion", nullptr},
         {"confusions", Json::object()},
         {"artifacts", Json::object()}};
  if (run.status == "running") j["owner"] = Json{{"host", run.owner.host}, {"pid", run.owner.pid}};
  const auto parts = detail::read_rows(
      database, "SELECT DISTINCT part FROM prediction WHERE run = ? AND replicate = 0",
      [](SQLite::Statement& row) { return row.getColumn(0).getString(); }, id);
  for (const std::string& part : parts) {
    const Confusion c = read_confusion(database, run, part);
    j["confusions"][part] = Json{{"labels", c.labels}, {"matrix", c.matrix}, {"unit", run.unit}};
  }
  for (const char* part : {"train", "val", "oof", "test"}) {  // the last one there is: what was held out longest
    if (j["confusions"].contains(part)) {
      j["confusion"] = j["confusions"][part];
      j["confusion"]["part"] = part;
    }
  }
  for (const Artifact& a : read_artifacts(database, id)) {
    Json& slot = j["artifacts"][a.kind];
    if (slot.is_null())
      slot = a.path.string();
    else if (slot.is_string())
      slot = Json::array({slot, a.path.string()});
    else
      slot.push_back(a.path.string());
  }
  j["test_set"] =
      run.test_hash.empty() ? Json() : Json{{"hash", run.test_hash}, {"scored", count_scored(database, run.test_hash)}};
  for (const auto& [key, value] :
       {std::pair{"created", run.created}, {"started", run.started}, {"finished", run.finished}}) {
    j[key] = text(value);
  }
  return j;
}

}  // namespace youden::store
