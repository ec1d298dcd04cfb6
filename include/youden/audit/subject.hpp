#pragma once
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/data/split.hpp"
#include "youden/image/image_header.hpp"
#include "youden/sample/manifest.hpp"
#include "youden/sample/part.hpp"

namespace youden::audit {

/// What is audited: the samples of an experiment, their classes, and the division into parts.
struct Subject {
  const sample::Manifest& manifest;
  std::vector<std::string> classes;
  std::vector<int> labels;                       ///< index into classes, one a sample
  int positive = 0;                              ///< index into classes; asked about where there are two
  std::vector<data::Fold> folds = {};            ///< empty = not divided
  std::vector<image::ImageHeader> headers = {};  ///< one a sample; width 0 = drawn, no file
  std::vector<std::string> pixels = {};          ///< sha256 of each film's decoded pixels; empty = not decoded

  [[nodiscard]] const std::vector<sample::Sample>& samples() const { return manifest.samples; }
  [[nodiscard]] const std::string& label(std::size_t i) const { return samples()[i].label; }

  /// The classes that a check asks about, each against the rest: the positive one of two, or every one.
  [[nodiscard]] std::vector<int> asked() const {
    if (classes.size() == 2) return {positive};
    std::vector<int> all;
    for (std::size_t c = 0; c < classes.size(); ++c) all.push_back(static_cast<int>(c));
    return all;
  }
  /// The first two different parts that some fold puts these samples into; nothing where they always stay together.
  [[nodiscard]] std::optional<std::pair<sample::Part, sample::Part>> torn(
      const std::vector<std::size_t>& members) const {
    for (const data::Fold& fold : folds) {
      std::optional<sample::Part> first;
      for (const std::size_t i : members) {
        if (fold[i] == sample::Part::unused) continue;
        if (first && *first != fold[i]) return std::pair{*first, fold[i]};
        first = fold[i];
      }
    }
    return {};
  }
  [[nodiscard]] bool mixed_labels(const std::vector<std::size_t>& members) const {
    return std::any_of(members.begin(), members.end(),
                       [&](std::size_t i) { return labels[i] != labels[members.front()]; });
  }
};

}  // namespace youden::audit
