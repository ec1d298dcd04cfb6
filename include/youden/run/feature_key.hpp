#pragma once
#include <ATen/Version.h>

#include <cstdlib>
#include <opencv2/core/utility.hpp>
#include <string>

#include "youden/base/cpu.hpp"
#include "youden/base/hash.hpp"
#include "youden/run/environment.hpp"
#include "youden/run/experiment.hpp"
#include "youden/run/fingerprint.hpp"
#include "youden/run/image_size.hpp"
#include "youden/run/versions.hpp"
#include "youden/train/feature_source.hpp"
#include "youden/train/model.hpp"
#include "youden/train/normalization.hpp"

namespace youden::run {

namespace detail {

/// The instructions that this machine's libraries choose their code by, and the variables that limit them.
inline std::string instruction_set() {
  base::Hasher hasher;
  for (const std::string& flag : base::Cpu::here().flags) hasher.add(flag);
  for (const char* name : {"ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "ONEDNN_CPU_ISA_HINTS",
                           "DNNL_CPU_ISA_HINTS", "ONEDNN_DEFAULT_FPMATH_MODE", "OPENCV_CPU_DISABLE"}) {
    if (const char* value = std::getenv(name)) hasher.add(name).add(value);
  }
  return hasher.hex();
}

/// Lines of `name: value`.
class Lines {
 public:
  Lines& add(const std::string& name, const std::string& value) {
    text_ += name + ": " + value + "\n";
    return *this;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// How a film's file becomes pixels; and the build, which no record outlives.
inline Lines decoding(const char* kind, const Experiment& e) {
  const config::Json whole = identity(e).at("dataset");  // without paths
  config::Json source = whole;
  for (const char* key : {"size", "on_error", "labels", "source"}) source.erase(key);
  Lines out;
  out.add("kind", kind).add("source", source.dump()).add("size", std::to_string(image_size(e)));
  for (const auto& [name, version] : build_versions()) out.add(name, version);
  return out.add("opencv_build", base::hash_hex(cv::getBuildInformation()));
}

}  // namespace detail

/// What the films that were found sound share.
inline std::string film_key(const Experiment& e) { return detail::decoding("films", e).text(); }

/// What a hash of frozen weights is remembered by: all that fills them. They need not be read to know it again.
inline std::string prefix_key(const Experiment& e, const train::Model& model) {
  config::Json network = identity(e).at("backbone");
  network.erase("precision");
  const auto file = registry::common<backbone::Backbone>(e.backbone).weights;
  return detail::Lines()
      .add("network", network.dump())
      .add("cut", model.cut_stage())
      .add("weights", file ? detail::file_hash(weights::find_weights(*file)) : "random " + std::to_string(e.seed))
      .text();
}
/// What such hashes share.
inline std::string prefix_group() {
  detail::Lines out;
  out.add("kind", "weights");
  for (const auto& [name, version] : build_versions()) out.add(name, version);
  return out.text();
}

/// All that a feature's bits depend on but for film and view. `augmented`: of augmented views; films as they are do not
/// depend on the augmentation. `blackout`: share of each side that is black, as in a border control.
inline std::string feature_key(const Experiment& e, const train::Model& model,
                               const train::Normalization& normalization, bool augmented, double blackout = 0) {
  const config::Json own = identity(e);
  config::Json network = own.at("backbone");
  for (const char* key : {"type", "weights", "freeze", "precision"}) network.erase(key);
  const config::Json normalized{{"mean", normalization.mean}, {"std", normalization.std}, {"bgr", normalization.bgr}};
  const std::string pooling = model.pooling();
  detail::Lines out = detail::decoding("features", e);
  out.add("network", e.backbone.type)
      .add("options", network.dump())
      .add("cut", model.cut_stage())
      .add("pooling", pooling.empty() ? own.at("head").dump() : pooling)
      .add("weights", model.prefix_hash())
      .add("precision", e.backbone.options.value("precision", std::string("float32")))
      .add("arithmetic", model.prefix_identity())
      .add("batch", std::to_string(train::FeatureSource::kBatch))
      .add("device", model.device().str())
      .add("normalize", normalized.dump())
      .add("augment", augmented ? own.at("augment").at("steps").dump() : "none");
  if (blackout > 0) out.add("blackout", config::Json(blackout).dump());
  if (augmented) out.add("augment_seed", std::to_string(e.augment.seed.value_or(e.seed)));
  return out.add("onednn", at::get_mkldnn_version())
      .add("libtorch_build", base::hash_hex(at::show_config()))
      .add("cpu", base::Cpu::here().model)
      .add("instructions", detail::instruction_set())
      .text();
}

}  // namespace youden::run
