#pragma once
#include <iterator>
#include <string>
#include <vector>

#include "youden/base/read_file.hpp"
#include "youden/config/compose.hpp"
#include "youden/store/database.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/run_ref.hpp"

namespace youden::runner {

/// EXP as people type it: a file, or `run:RUN` for the stored configuration of a run.
inline config::Resolved resolve_experiment(const config::Catalog& catalog, const std::string& exp,
                                           const std::vector<std::string>& overrides, const std::string& db) {
  config::Composer composer(catalog);
  if (!exp.starts_with("run:")) return composer.compose_file(exp, overrides);
  auto database = store::Database::open_read_only(db);
  const auto run = store::find_run(database, exp.substr(4));
  return composer.compose_stored(store::read_run(database, run).config, "run " + std::to_string(run), overrides);
}

/// EXP as its author wrote it.
inline std::string experiment_text(const std::string& exp, const std::string& db) {
  if (exp.starts_with("run:")) {
    auto database = store::Database::open_read_only(db);
    return store::read_run(database, store::find_run(database, exp.substr(4))).yaml;
  }
  return base::read_file<base::ConfigError>(exp, {.streams = true});
}

/// The configuration of a stored run.
inline config::Resolved stored_document(const config::Catalog& catalog, const store::RunRecord& run) {
  return config::Composer(catalog).compose_stored(run.config, "run " + std::to_string(run.id), {});
}

}  // namespace youden::runner
