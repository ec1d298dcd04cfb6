#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace youden::weights {

/// Element types that weight files may hold, named as .safetensors names them.
enum class DType { f64, f32, f16, bf16, i64, i32, u8 };

struct DTypeInfo {
  DType dtype;
  std::string_view name;
  std::size_t bytes;
};

inline constexpr std::array<DTypeInfo, 7> kDTypes{{{DType::f64, "F64", 8},
                                                   {DType::f32, "F32", 4},
                                                   {DType::f16, "F16", 2},
                                                   {DType::bf16, "BF16", 2},
                                                   {DType::i64, "I64", 8},
                                                   {DType::i32, "I32", 4},
                                                   {DType::u8, "U8", 1}}};

inline const DTypeInfo& info(DType dtype) { return kDTypes[static_cast<std::size_t>(dtype)]; }

inline std::optional<DType> dtype_named(std::string_view name) {
  for (const DTypeInfo& d : kDTypes) {
    if (d.name == name) return d.dtype;
  }
  return std::nullopt;
}

/// A tensor as a weight file holds it: row-major, little-endian elements. Free of torch.
struct NamedTensor {
  std::string name;
  DType dtype = DType::f32;
  std::vector<std::int64_t> shape = {};
  std::vector<std::byte> bytes = {};
};

/// `[64, 3, 3, 3]`
inline std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string out = "[";
  for (const std::int64_t extent : shape) out += (out.size() > 1 ? ", " : "") + std::to_string(extent);
  return out + "]";
}

/// Bytes of a tensor of this shape; nothing when an extent is negative or the product overflows.
inline std::optional<std::uint64_t> byte_count(DType dtype, const std::vector<std::int64_t>& shape) {
  std::uint64_t n = info(dtype).bytes;
  for (const std::int64_t extent : shape) {
    if (extent < 0 || __builtin_mul_overflow(n, static_cast<std::uint64_t>(extent), &n)) return std::nullopt;
  }
  return n;
}

}  // namespace youden::weights
