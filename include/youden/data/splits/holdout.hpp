#pragma once
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/data/apportion.hpp"
#include "youden/data/split.hpp"
#include "youden/registry/registry.hpp"

namespace youden::data {

struct HoldoutOptions {
  double train = 0.7;
  double val = 0.15;
  double test = 0.15;

  static const config::Fields<HoldoutOptions>& fields() {
    static const auto f =
        config::Fields<HoldoutOptions>()
            .add(&HoldoutOptions::train, "train", "share of samples to train on",
                 {.min = 0, .max = 1, .above_min = true})
            .add(&HoldoutOptions::val, "val", "share to choose checkpoint and threshold on", {.min = 0, .max = 1})
            .add(&HoldoutOptions::test, "test", "share that is only ever scored", {.min = 0, .max = 1});
    return f;
  }
};

/// One division into train, val and test; a part of share 0 does not exist.
class Holdout final : public Split {
 public:
  using Options = HoldoutOptions;
  Holdout(Options options, SplitContext context) : options_(options), context_(std::move(context)) {
    const double sum = options_.train + options_.val + options_.test;
    if (std::abs(sum - 1) > 1e-9) {
      throw base::ConfigError(
          {"split.train, split.val and split.test sum to " + config::Json(sum).dump() + ", not 1", "split"});
    }
  }

  [[nodiscard]] std::vector<Fold> folds(const sample::Manifest& manifest) const override {
    std::vector<std::size_t> all(manifest.samples.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    static constexpr std::array kParts{Part::train, Part::val, Part::test};
    const std::array shares{options_.train, options_.val, options_.test};
    std::vector<double> fractions;
    std::vector<std::string> names;
    std::vector<Part> parts;
    for (std::size_t p = 0; p < shares.size(); ++p) {
      if (shares[p] <= 0) continue;
      fractions.push_back(shares[p]);
      parts.push_back(kParts[p]);
      names.emplace_back(name_of(kParts[p]));
    }
    Fold fold;
    for (const int share : Apportion(manifest, all, context_).divide(fractions, names, 0)) {
      fold.push_back(parts[static_cast<std::size_t>(share)]);
    }
    return {fold};
  }

 private:
  Options options_;
  SplitContext context_;
};

inline const registry::Register<Split, Holdout> kHoldout{"holdout", "train, val and test, stratified, whole patients"};

}  // namespace youden::data
