#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/weights/named_tensor.hpp"
#include "youden/weights/pickled_state.hpp"
#include "youden/weights/torch_container.hpp"

namespace youden::weights {

/// What torch.save wrote, in either layout. Tensors only: nothing in the file is run. All tensors together take no more
/// memory than four times the file and a megabyte: views of one storage would otherwise multiply it.
class TorchFile {
 public:
  /// `bytes` must outlive the file. Throws WeightsError.
  TorchFile(std::span<const std::byte> bytes, const std::string& where)
      : where_(where),
        container_(bytes, where),
        tensors_(PickledState::tensors(container_.root(), container_.content_bytes(), where, &average_)),
        room_(4 * container_.content_bytes() + (1U << 20U)) {}

  /// Whether the file begins as one of torch.save's layouts does.
  static bool begins(std::span<const std::byte> bytes) { return TorchContainer::begins(bytes); }

  /// The key of the moving average that the tensors are of; empty: they are of none, or the only ones.
  [[nodiscard]] const std::string& average() const { return average_; }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& tensor : tensors_) out.push_back(tensor.name);
    return out;
  }

  /// The i-th tensor of `names()`, row-major and contiguous whatever view it was. Throws WeightsError.
  NamedTensor read(std::size_t i) {
    const auto& [name, call] = tensors_.at(i);
    const std::string subject = "tensor '" + base::excerpt(name) + "' ";
    const PickleNode& function = *call->items[0];
    const auto& args = call->items[1]->items;  // storage, offset, shape, strides, …
    if (function.name != "_rebuild_tensor_v2" && function.name != "_rebuild_tensor") {
      fail(subject + "is of a kind that is not read (" + base::excerpt(function.name) + ")",
           "save a dense tensor of float32 in its place");
    }
    if (args.size() < 4) fail(subject + "lacks its size or strides");
    const TorchStorage storage = container_.storage(*args[0], name);
    const std::vector<std::int64_t> shape = integers(*args[2], subject);
    const std::vector<std::int64_t> strides = integers(*args[3], subject);
    const std::int64_t offset = args[1]->integer;
    if (!args[1]->is(Kind::integer) || offset < 0 || shape.size() != strides.size()) {
      fail(subject + "has no sound size, strides and offset");
    }
    const auto bytes = byte_count(storage.dtype, shape);
    if (!bytes || *bytes > container_.content_bytes() * 4 + (1U << 20U)) {
      fail(subject + "of shape " + shape_text(shape) + " is larger than the file");
    }
    if (*bytes > room_) fail("the tensors together are many times larger than the file");
    NamedTensor out{.name = name, .dtype = storage.dtype, .shape = shape};
    if (*bytes == 0) return out;
    const std::size_t width = info(storage.dtype).bytes;
    if (farthest(offset, shape, strides, subject) >= storage.bytes.size() / width) {
      fail(subject + "reaches past the end of its storage");
    }
    room_ -= *bytes;
    out.bytes.resize(*bytes);
    copy(storage.bytes.subspan(static_cast<std::size_t>(offset) * width), shape, strides, width, out.bytes);
    return out;
  }

 private:
  using Kind = PickleNode::Kind;
  static constexpr std::size_t kMostRank = 32;

  [[noreturn]] void fail(const std::string& what, const std::string& remedy = "fetch or save the file again") const {
    throw base::WeightsError({what, where_, remedy});
  }

  [[nodiscard]] std::vector<std::int64_t> integers(const PickleNode& node, const std::string& subject) const {
    const PickleNode* list = &node;
    if (node.is(Kind::call) && node.items[0]->is_global("torch", "Size") && !node.items[1]->items.empty()) {
      list = node.items[1]->items[0];
    }
    if (!list->is(Kind::list) || list->items.size() > kMostRank) {
      fail(subject + "has no sound size, strides and offset");
    }
    std::vector<std::int64_t> out;
    for (const PickleNode* item : list->items) {
      if (!item->is(Kind::integer)) fail(subject + "has a size that is no number");
      out.push_back(item->integer);
    }
    return out;
  }

  /// The last element of the storage that a view without empty axes reaches.
  [[nodiscard]] std::uint64_t farthest(std::int64_t offset, const std::vector<std::int64_t>& shape,
                                       const std::vector<std::int64_t>& strides, const std::string& subject) const {
    auto last = static_cast<std::uint64_t>(offset);
    for (std::size_t d = 0; d < shape.size(); ++d) {
      std::uint64_t reach = 0;
      if (strides[d] < 0 ||
          __builtin_mul_overflow(static_cast<std::uint64_t>(shape[d] - 1), static_cast<std::uint64_t>(strides[d]),
                                 &reach) ||
          __builtin_add_overflow(last, reach, &last)) {
        fail(subject + "has strides out of range");
      }
    }
    return last;
  }

  static void copy(std::span<const std::byte> from, const std::vector<std::int64_t>& shape,
                   const std::vector<std::int64_t>& strides, std::size_t width, std::span<std::byte> to) {
    std::int64_t dense = 1;
    bool contiguous = true;
    for (std::size_t d = shape.size(); d-- > 0; dense *= shape[d]) {
      contiguous = contiguous && (shape[d] == 1 || strides[d] == dense);
    }
    if (contiguous) {
      std::memcpy(to.data(), from.data(), to.size());
      return;
    }
    std::vector<std::int64_t> index(shape.size(), 0);
    for (std::size_t at = 0; at < to.size(); at += width) {
      std::int64_t element = 0;
      for (std::size_t d = 0; d < shape.size(); ++d) element += index[d] * strides[d];
      std::memcpy(to.data() + at, from.data() + static_cast<std::size_t>(element) * width, width);
      for (std::size_t d = shape.size(); d-- > 0 && ++index[d] == shape[d];) index[d] = 0;
    }
  }

  std::string where_;
  TorchContainer container_;
  std::string average_;  ///< filled while the tensors are found
  std::vector<PickledState::Tensor> tensors_;
  std::uint64_t room_;
};

}  // namespace youden::weights
