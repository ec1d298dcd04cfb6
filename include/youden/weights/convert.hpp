#pragma once
#include <torch/types.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <utility>

#include "youden/base/error.hpp"
#include "youden/weights/named_tensor.hpp"

namespace youden::weights {

inline torch::ScalarType scalar_type(DType dtype) {
  switch (dtype) {
    case DType::f64: return torch::kFloat64;
    case DType::f32: return torch::kFloat32;
    case DType::f16: return torch::kFloat16;
    case DType::bf16: return torch::kBFloat16;
    case DType::i64: return torch::kInt64;
    case DType::i32: return torch::kInt32;
    case DType::u8: return torch::kUInt8;
  }
  return torch::kFloat32;
}

/// A tensor of its own, of the same shape and element type.
inline torch::Tensor to_torch(const NamedTensor& tensor) {
  torch::Tensor out = torch::empty(tensor.shape, scalar_type(tensor.dtype));
  if (!tensor.bytes.empty()) std::memcpy(out.data_ptr(), tensor.bytes.data(), tensor.bytes.size());
  return out;
}

/// The bytes of a torch tensor, row-major whatever its strides. Throws WeightsError for a type no weight file holds.
inline NamedTensor from_torch(std::string name, const torch::Tensor& tensor) {
  for (const DTypeInfo& d : kDTypes) {
    if (scalar_type(d.dtype) != tensor.scalar_type()) continue;
    const torch::Tensor plain = tensor.detach().cpu().contiguous();
    NamedTensor out{std::move(name), d.dtype, plain.sizes().vec(), {}};
    out.bytes.resize(plain.nbytes());
    if (!out.bytes.empty()) std::memcpy(out.bytes.data(), plain.data_ptr(), out.bytes.size());
    return out;
  }
  throw base::WeightsError({"tensor '" + name + "' has an element type that .safetensors files of Youden do not hold"});
}

}  // namespace youden::weights
