#pragma once
#include <array>

namespace youden::sample {

/// What a sample is used for within one fold. `oof`: held out by this fold of a cross-validation. Data from elsewhere
/// is the part `external:NAME` of a run, and of no division.
enum class Part { train, val, test, oof, unused };

inline const char* name_of(Part part) {
  switch (part) {
    case Part::train: return "train";
    case Part::val: return "val";
    case Part::test: return "test";
    case Part::oof: return "oof";
    case Part::unused: break;
  }
  return "unused";
}

/// Where a value may rank models: a test part chooses nothing as long as there is another.
inline constexpr std::array kByTrust{Part::oof, Part::val, Part::test};
/// What speaks of a finished model: what was held out from more of its making comes first.
inline constexpr std::array kHeldOut{Part::oof, Part::test, Part::val};
/// As people read a table.
inline constexpr std::array kShown{Part::train, Part::val, Part::oof, Part::test, Part::unused};
/// What models score.
inline constexpr std::array kScored{Part::val, Part::test, Part::oof};

}  // namespace youden::sample
