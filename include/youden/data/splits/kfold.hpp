#pragma once
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "youden/data/apportion.hpp"
#include "youden/data/split.hpp"
#include "youden/registry/registry.hpp"

namespace youden::data {

struct KFoldOptions {
  int folds = 5;
  double val = 0;
  int repeats = 1;

  static const config::Fields<KFoldOptions>& fields() {
    static const auto f =
        config::Fields<KFoldOptions>()
            .add(&KFoldOptions::folds, "folds", "number of folds; every sample is held out once",
                 {.min = 2, .max = 1000})
            .add(&KFoldOptions::val, "val", "share of each fold's training samples set aside for validation",
                 {.min = 0, .max = 0.9})
            .add(&KFoldOptions::repeats, "repeats",
                 "repeated cross-validation: the folds are drawn so often anew, each time as a replicate",
                 {.min = 1, .max = 1000});
    return f;
  }
};

/// k-fold cross-validation: fold f holds out its share as part `oof`.
class KFold final : public Split {
 public:
  using Options = KFoldOptions;
  KFold(Options options, SplitContext context) : options_(options), context_(std::move(context)) {}

  [[nodiscard]] int repeats() const override { return options_.repeats; }
  [[nodiscard]] std::vector<Fold> folds(const sample::Manifest& manifest) const override {
    std::vector<std::size_t> all(manifest.samples.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    const auto k = static_cast<std::size_t>(options_.folds);
    std::vector<std::string> names;
    for (std::size_t f = 0; f < k; ++f) names.push_back("fold " + std::to_string(f));
    const auto held_out =
        Apportion(manifest, all, context_).divide(std::vector<double>(k, 1.0 / static_cast<double>(k)), names, 0);

    std::vector<Fold> out;
    for (std::size_t f = 0; f < k; ++f) {
      Fold fold(manifest.samples.size(), Part::train);
      std::vector<std::size_t> rest;
      for (std::size_t i = 0; i < fold.size(); ++i) {
        if (held_out[i] == static_cast<int>(f)) {
          fold[i] = Part::oof;
        } else {
          rest.push_back(i);
        }
      }
      if (options_.val > 0) {
        const auto share =
            Apportion(manifest, rest, context_).divide({1 - options_.val, options_.val}, {"train", "val"}, f + 1);
        for (const std::size_t i : rest) fold[i] = share[i] == 0 ? Part::train : Part::val;
      }
      out.push_back(std::move(fold));
    }
    return out;
  }

 private:
  Options options_;
  SplitContext context_;
};

inline const registry::Register<Split, KFold> kKFold{"kfold", "k-fold cross-validation, stratified, whole patients"};

}  // namespace youden::data
