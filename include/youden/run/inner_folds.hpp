#pragma once
#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/data/apportion.hpp"
#include "youden/run/experiment.hpp"
#include "youden/run/materials.hpp"
#include "youden/sample/part.hpp"

namespace youden::run {

/// Folds of one fold's training part, of whole patients wherever these are known: the one that holds each sample out,
/// −1 for what is not trained on. As many as the document asks for, or as the rarest class has patients.
inline std::vector<int> inner_folds(const Materials& m, const Experiment& e, int replicate, int fold) {
  const auto chosen = m.part(static_cast<std::size_t>(fold), sample::Part::train, replicate);
  const auto& samples = m.dataset.manifest().samples;
  std::map<std::string, std::set<std::string>> patients;
  for (const std::size_t i : chosen) {
    patients[samples[i].label].insert(m.units[i]);
  }
  auto count = static_cast<std::size_t>(e.train.l2_folds);
  for (const auto& [label, of_label] : patients) count = std::min(count, of_label.size());
  if (count < 2) {
    throw base::ConfigError({"train.l2: auto holds patients of each class out, and a class has only one to train on",
                             "train.l2", "write a number, for example train.l2: 1, or train on more patients"});
  }
  std::vector<std::string> names;
  for (std::size_t k = 0; k < count; ++k) names.push_back("inner fold " + std::to_string(k));
  constexpr std::uint64_t kInner = 1'000'000;  // never the salt of the split itself
  const data::SplitContext context{
      .seed = static_cast<std::uint64_t>(e.seed), .repeat = m.division(replicate), .common = {}, .classes = m.classes};
  return data::Apportion(m.dataset.manifest(), chosen, context)
      .divide(std::vector<double>(count, 1.0 / static_cast<double>(count)), names,
              kInner + static_cast<std::uint64_t>(fold));
}

}  // namespace youden::run
