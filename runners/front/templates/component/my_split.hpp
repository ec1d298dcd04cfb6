#pragma once
#include <cstdint>
#include <vector>

#include "youden/base/philox.hpp"
#include "youden/data/split.hpp"
#include "youden/registry/registry.hpp"
#include "youden/sample/part.hpp"

/// What YAML can set: `split: { type: my_split, test: 0.2 }`.
struct MySplitOptions {
  double test = 0.2;

  static const youden::config::Fields<MySplitOptions>& fields() {
    static const auto f = youden::config::Fields<MySplitOptions>().add(
        &MySplitOptions::test, "test", "share of patients that are only ever scored", {.min = 0, .max = 0.8});
    return f;
  }
};

/// To fill in: which samples are trained on, which choose the epoch (val), which are only scored (test). As it stands
/// each patient is drawn for one part, whatever else is in the manifest; nothing balances the labels.
class MySplit final : public youden::data::Split {
 public:
  using Options = MySplitOptions;
  MySplit(const Options& options, const Context& context) : options_(options), seed_(context.seed) {}

  /// One fold a division; in each, one part a sample in the manifest's order. Several folds with Part::oof are a
  /// cross-validation. Throw youden::base::DataError with the counts when a part gets too few.
  [[nodiscard]] std::vector<youden::data::Fold> folds(const youden::sample::Manifest& manifest) const override {
    using youden::sample::Part;
    youden::data::Fold fold;
    for (const youden::sample::Sample& sample : manifest.samples) {
      const auto& patient = sample.patient.empty() ? sample.id : sample.patient;
      const double drawn = youden::base::Stream({.seed = seed_, .purpose = "my_split", .item = patient}).uniform();
      fold.push_back(drawn < options_.test ? Part::test : drawn < options_.test + 0.15 ? Part::val : Part::train);
    }
    return {fold};
  }

 private:
  Options options_;
  std::uint64_t seed_;
};

inline const youden::registry::Register<youden::data::Split, MySplit> kMySplit{
    "my_split", "what `youden components split` says of it"};
