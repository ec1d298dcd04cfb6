#pragma once
#include <cmath>
#include <cstddef>
#include <span>
#include <string>

#include "youden/base/error.hpp"

namespace youden::stat {

/// Throws DataError unless both columns have one entry a sample.
inline void require_same_length(std::size_t labels, std::size_t others, const char* name) {
  if (labels == others) return;
  throw base::DataError({std::to_string(labels) + " labels but " + std::to_string(others) + " " + name,
                         {},
                         "give one of each for every sample"});
}

/// Throws DataError at the first NaN or infinity: it has no rank, and would pass silently through every comparison.
inline void require_finite(std::span<const double> scores) {
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (std::isfinite(scores[i])) continue;
    throw base::DataError({"score " + std::to_string(i + 1) + " of " + std::to_string(scores.size()) + " is " +
                               (std::isnan(scores[i]) ? "not a number" : "infinite"),
                           {},
                           "remove the sample or mend its score"});
  }
}

}  // namespace youden::stat
