#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace youden::evaluate {

/// What one fitted model said of some samples; for a cross-validation, what each fold's model said of its share. All
/// vectors have one entry a sample.
struct ModelScores {
  std::vector<int> fold = {};                   ///< whose model it was; empty: one model for all
  std::vector<std::vector<double>> score = {};  ///< [class][sample]; higher = more of that class
  std::vector<int> decided = {};                ///< class called
};

/// The samples that models are compared on.
struct ComparedSamples {
  std::vector<int> label = {};            ///< index into the classes
  std::vector<std::uint32_t> group = {};  ///< patient as a number (metric/groups.hpp); empty: all independent
  std::size_t classes = 2;
  std::optional<int> positive = {};  ///< needed with two classes; with more, the class that is set against the rest
};

}  // namespace youden::evaluate
