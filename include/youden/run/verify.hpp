#pragma once
#include <fmt/format.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "youden/base/clock.hpp"
#include "youden/base/progress.hpp"
#include "youden/run/stored_threads.hpp"
#include "youden/run/training.hpp"
#include "youden/store/run_reader.hpp"

namespace youden::run {

namespace detail {

/// A folder beside the database that is gone when the work is done.
class Scratch {
 public:
  explicit Scratch(const std::filesystem::path& beside) : path_(beside / ("verify-" + base::make_uid())) {
    std::filesystem::create_directories(path_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::vector<std::string> model_hashes(store::Database& db, std::int64_t run) {
  std::vector<std::string> out;
  for (const auto& artifact : store::read_artifacts(db, run)) {
    if (artifact.kind == "model") out.push_back(artifact.path.filename().string() + " " + artifact.sha256);
  }
  return out;
}

}  // namespace detail

/// Runs the document again, from the images on, and compares every history value, prediction and model byte with those
/// of `run`. The first difference in words, or nothing.
inline std::optional<std::string> verify(store::Database& db, const store::RunRecord& run,
                                         const config::Resolved& document, base::Progress& progress) {
  const detail::Scratch scratch(db.path().parent_path());
  const auto path = scratch.path() / "youden.db";
  Training again({.experiment = document,
                  .db = path,
                  .again = true,
                  .threads = stored_threads(db, run.id),
                  .use_cache = false,
                  .checks = false},
                 progress);
  const Outcome outcome = again.go();
  auto other = store::Database::open_read_only(path);

  const auto ours = store::read_history(db, run.id);
  const auto theirs = store::read_history(other, outcome.run);
  if (ours.size() != theirs.size()) return fmt::format("{} history values, now {}", ours.size(), theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const auto& a = ours[i];
    const auto& b = theirs[i];
    const std::string what =
        fmt::format("replicate {} fold {} epoch {} {} {}", a.replicate, a.fold, a.epoch, a.part, a.metric);
    if (what != fmt::format("replicate {} fold {} epoch {} {} {}", b.replicate, b.fold, b.epoch, b.part, b.metric))
      return what + " is missing";
    if (a.value != b.value)
      return fmt::format("{}: {} was stored, now {}", what, a.value.value_or(0), b.value.value_or(0));
  }
  const auto before = store::read_predictions(db, run.id);
  const auto now = store::read_predictions(other, outcome.run);
  if (before.size() != now.size()) return fmt::format("{} predictions, now {}", before.size(), now.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto& a = before[i];
    const auto& b = now[i];
    const std::string what = fmt::format("fold {} {} sample {} class {}", a.fold, a.part, a.sample, a.class_name);
    if (a.sample != b.sample || a.part != b.part || a.class_name != b.class_name) return what + " is missing";
    if (a.probability != b.probability)
      return fmt::format("{}: probability {} was stored, now {}", what, a.probability, b.probability);
  }
  if (detail::model_hashes(db, run.id) != detail::model_hashes(other, outcome.run)) return "the model's bytes";
  return {};
}

}  // namespace youden::run
