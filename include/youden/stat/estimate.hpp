#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace youden::stat {

/// A number with its uncertainty. `value` is empty where the quantity is undefined (zero denominator); `low` and
/// `high` are empty where no interval is claimed.
struct Estimate {
  std::optional<double> value = {};
  std::optional<double> low = {};
  std::optional<double> high = {};
  double level = 0.95;
  std::string method = {};  ///< e.g. "clopper-pearson"
  std::int64_t n = 0;       ///< samples in the denominator
};

}  // namespace youden::stat
