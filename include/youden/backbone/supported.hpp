#pragma once
#include <optional>
#include <string>

#include "youden/backbone/backbone.hpp"
#include "youden/backbone/precision.hpp"
#include "youden/backbone/quantized.hpp"
#include "youden/base/cpu.hpp"
#include "youden/base/error.hpp"
#include "youden/registry/registry.hpp"

namespace youden::backbone {

/// What is wrong with a backbone's precision here, or nothing. In 8 bits a network must say that it stands them (its
/// trait `int8`): with a range for a whole map, MobileNetV2's features are off by a third, VGG16's by 3 %.
inline std::optional<base::Fault> unsupported(const config::Component& backbone, const base::Cpu& cpu,
                                              const std::string& where) {
  const Precision p = precision_named(registry::common<Backbone>(backbone).precision);
  if (const auto fault = unsupported(p, cpu, where)) return fault;
  if (p != Precision::int8) return {};
  const config::Description* about = registry::catalog().find(Backbone::kKind, backbone.type);
  if (about == nullptr || !about->traits.value("int8", false)) {
    return base::Fault{"a prefix of " + backbone.type + " is not computed in int8, which changes its features too much",
                       where, "write backbone.precision: float32 or bfloat16, or choose a vgg"};
  }
  if (!has_quantized_engine()) {
    return base::Fault{"this libtorch was built without the quantized engine onednn, which int8 needs", where,
                       "write backbone.precision: float32"};
  }
  return {};
}

}  // namespace youden::backbone
