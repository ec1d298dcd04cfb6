#pragma once
#include <algorithm>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/data/split.hpp"
#include "youden/registry/registry.hpp"

namespace youden::data {

/// The division that the manifest's own `part` column states: train, val (validation) or test.
class Column final : public Split {
 public:
  using Options = config::NoOptions;
  Column(Options /*none*/, const SplitContext& /*context*/) {}

  [[nodiscard]] std::vector<Fold> folds(const sample::Manifest& manifest) const override {
    Fold fold;
    base::Faults faults;
    for (const sample::Sample& s : manifest.samples) {
      if (s.part == "train") {
        fold.push_back(Part::train);
      } else if (s.part == "val" || s.part == "validation" || s.part == "valid") {
        fold.push_back(Part::val);
      } else if (s.part == "test") {
        fold.push_back(Part::test);
      } else {
        faults.add(
            s.part.empty() ? "'" + s.id + "' has no part" : "'" + s.id + "' has the unknown part '" + s.part + "'",
            "part column", "write train, val or test");
      }
    }
    faults.raise<base::DataError>("faults in the manifest's parts:");
    if (std::find(fold.begin(), fold.end(), Part::train) == fold.end()) {
      throw base::DataError({"no sample is marked train", "part column"});
    }
    return {fold};
  }
};

inline const registry::Register<Split, Column> kColumn{"column", "the manifest's own part column: train, val, test"};

}  // namespace youden::data
