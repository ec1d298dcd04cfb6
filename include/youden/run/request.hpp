#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "youden/base/error.hpp"
#include "youden/config/check.hpp"

namespace youden::run {

/// What is asked for: an experiment, and how it relates to the runs that exist.
struct Request {
  config::Resolved experiment;
  std::filesystem::path db;
  std::string command_line = {};
  std::string yaml = {};                    ///< the experiment as its author wrote it; empty = print the resolved one
  bool again = false;                       ///< make a new run even where the same was completed
  std::optional<std::int64_t> resume = {};  ///< continue this run instead of looking for the fingerprint
  std::optional<int> threads = {};          ///< instead of the document's: those that a stored run had
  bool use_cache = true;                    ///< false: compute every feature and leave none
  bool checks = true;                       ///< false: neither audit nor controls, for what was checked before
  std::function<void(std::int64_t run)> claimed = {};  ///< told the run's number before work on it starts
};

/// Another process works on the very same run.
struct Busy : base::RunError {
  explicit Busy(const base::Fault& fault) : RunError(fault, base::Exit::bad_input) {}
};

struct Outcome {
  std::int64_t run = 0;
  bool reused = false;               ///< the same experiment was completed before; nothing was computed
  std::int64_t prefix_images = 0;    ///< images pushed through the frozen prefix
  std::int64_t cached_features = 0;  ///< read from the feature cache instead
};

}  // namespace youden::run
