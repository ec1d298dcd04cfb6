#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/data/known_patients.hpp"
#include "youden/data/labels.hpp"
#include "youden/data/source.hpp"
#include "youden/registry/registry.hpp"

namespace youden::data {

namespace detail {

/// One finding of several is a class only where somebody says which.
inline void require_labels(const sample::Manifest& manifest) {
  base::Faults faults;
  std::size_t several = 0;
  std::string example;
  for (const sample::Sample& s : manifest.samples) {
    if (s.label.find('|') == std::string::npos) continue;
    if (++several == 1) example = s.label;
  }
  if (several > 0) {
    const std::string one = std::string(base::trim(base::split(example, '|')[0]));
    throw base::DataError(
        {std::to_string(several) + " labels name several findings, for example '" + base::excerpt(example) +
             "', and each combination would be a class",
         "dataset.labels",
         "set one finding against the rest: dataset.labels={" + one + ": [" + one + "], other: ['*']}"});
  }
  for (const sample::Sample& s : manifest.samples) {
    if (!s.label.empty()) continue;
    faults.add("the label of '" + s.id + "' is empty", {},
               faults.empty() ? "give it one, or leave such samples out with dataset.labels: {…, drop: ['']}" : "");
  }
  faults.raise<base::DataError>("samples have no label:");
}

}  // namespace detail

/// A source and what it lists, under the classes and the source name that the dataset's options give.
struct LoadedSource {
  std::shared_ptr<const Source> source;
  sample::Manifest manifest;
  SourceCommon common;
  std::shared_ptr<image::FilmBits> bits = {};  ///< that films used, noted while they are decoded
};

/// Throws ConfigError and DataError as sources do, DataError for labels that no class takes. `as`: how films are
/// decoded, where not the component's own option decides.
inline LoadedSource load_source(const config::Component& dataset, std::uint64_t seed,
                                std::optional<image::Decoding> as = {}) {
  LoadedSource out{.source = nullptr, .manifest = {}, .common = registry::common<Source>(dataset)};
  if (!as) {
    const int* size = config::value_of(out.common.size);
    as = image::Decoding{.size = size != nullptr ? *size : kUsualSize, .range = image::value_range(out.common.range)};
  }
  out.bits = as->bits != nullptr ? as->bits : std::make_shared<image::FilmBits>();
  out.source = registry::make<Source>(dataset, {.seed = seed,
                                                .size = as->size,
                                                .maps_labels = out.common.labels.has_value(),
                                                .range = as->range,
                                                .bits = out.bits});
  out.manifest = out.source->load();
  know_patients(out.manifest);
  if (out.common.source) {
    for (sample::Sample& s : out.manifest.samples) s.source = *out.common.source;
  }
  if (out.common.labels) LabelMap(*out.common.labels).apply(out.manifest);
  detail::require_labels(out.manifest);
  return out;
}

}  // namespace youden::data
