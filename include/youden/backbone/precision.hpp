#pragma once
#include <c10/core/ScalarType.h>

#include <optional>
#include <string>

#include "youden/base/cpu.hpp"
#include "youden/base/error.hpp"

namespace youden::backbone {

/// Arithmetic of the frozen prefix: `backbone.precision`.
enum class Precision { float32, bfloat16, int8 };

inline std::string name_of(Precision p) {
  return p == Precision::float32 ? "float32" : p == Precision::bfloat16 ? "bfloat16" : "int8";
}

/// Throws ConfigError for any other word.
inline Precision precision_named(const std::string& name) {
  for (const Precision p : {Precision::float32, Precision::bfloat16, Precision::int8}) {
    if (name_of(p) == name) return p;
  }
  throw base::ConfigError({"unknown precision '" + name + "'", "backbone.precision", "float32, bfloat16 or int8"});
}

/// What is wrong with a precision on this processor, or nothing. Without the instructions oneDNN computes bfloat16 at a
/// third of float32's speed, or throws: nobody wants that silently.
inline std::optional<base::Fault> unsupported(Precision p, const base::Cpu& cpu, const std::string& where) {
  const auto lacks = [&](const std::string& flags) {
    return base::Fault{
        "a prefix in " + name_of(p) + " needs a processor with " + flags + "; this one (" + cpu.model + ") has neither",
        where, "write backbone.precision: float32"};
  };
  if (p == Precision::bfloat16 && !cpu.has("avx512_bf16") && !cpu.has("amx_bf16"))
    return lacks("avx512_bf16 or amx_bf16");
  if (p == Precision::int8 && !cpu.has("avx512_vnni") && !cpu.has("avx_vnni")) return lacks("avx512_vnni or avx_vnni");
  return {};
}

}  // namespace youden::backbone
