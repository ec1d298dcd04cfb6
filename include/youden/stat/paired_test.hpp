#pragma once
#include <optional>

namespace youden::stat {

/// The difference of one quantity between two models (first − second), and whether it may be chance. `p` is empty where
/// the test is undefined; `low` and `high` where no interval is claimed.
struct PairedTest {
  std::optional<double> difference = {};
  std::optional<double> low = {};
  std::optional<double> high = {};
  std::optional<double> p = {};  ///< two-sided
  std::optional<double> statistic = {};
  std::optional<double> df = {};  ///< of the statistic's t distribution; empty: normal, or no statistic
  double level = 0.95;
};

}  // namespace youden::stat
