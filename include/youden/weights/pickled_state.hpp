#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/weights/names.hpp"
#include "youden/weights/pickle.hpp"

namespace youden::weights {

/// The named tensors of a pickled checkpoint, as the calls that would rebuild them. Nested dicts become dotted names; a
/// training script's wrapper (`state_dict`, `model`, …) and DataParallel's `module.` go; other values are passed over.
class PickledState {
 public:
  struct Tensor {
    std::string name;
    const PickleNode* call;  ///< of a function of torch, with its arguments
  };

  /// `file_bytes` bounds what names may take: dicts that hold each other can multiply them. `average`: told the key of
  /// a moving average where that was taken. Throws WeightsError.
  static std::vector<Tensor> tensors(const PickleNode& root, std::uint64_t file_bytes, const std::string& where,
                                     std::string* average = nullptr) {
    PickledState state(file_bytes, where);
    // A moving average is what its authors evaluate with, so it is taken where it stands beside the last step's
    // weights.
    for (const char* wrapper : {"state_dict_ema", "model_state_dict_ema", "model_ema", "ema_state_dict", "ema",
                                "state_dict", "model_state_dict", "model", "net", "weights"}) {
      const PickleNode* inner = root.find(wrapper);
      if (inner == nullptr || !state.tensors_.empty()) continue;
      state.flatten(*inner, "", 0);
      if (average != nullptr && !state.tensors_.empty() && says_ema(wrapper)) *average = wrapper;
    }
    if (state.tensors_.empty()) state.flatten(root, "", 0);
    if (state.tensors_.empty()) {
      state.fail("there are no named tensors in the file" + object_in(root), "save model.state_dict() with torch.save");
    }
    state.unwrap();
    return std::move(state.tensors_);
  }

 private:
  using Kind = PickleNode::Kind;
  static constexpr std::size_t kMostValues = 1'000'000;
  static constexpr std::size_t kMostRoom = std::size_t{1} << 20U;
  static constexpr int kDeepest = 32;

  PickledState(std::uint64_t file_bytes, const std::string& where) : room_(file_bytes + kMostRoom), where_(where) {}

  [[noreturn]] void fail(const std::string& what, const std::string& remedy = "fetch or save the file again") const {
    throw base::WeightsError({what, where_, remedy});
  }

  void flatten(const PickleNode& dict, const std::string& prefix, int depth) {
    if (depth > kDeepest) fail("the file's dicts are nested too deeply");
    for (std::size_t i = 0; dict.is(Kind::dict) && i + 1 < dict.items.size(); i += 2) {
      if (++values_ > kMostValues) fail("the file names more than a million values");
      const PickleNode& key = *dict.items[i];
      const PickleNode* tensor = tensor_in(dict.items[i + 1]);
      if (!key.is(Kind::text) || (tensor == nullptr && !dict.items[i + 1]->is(Kind::dict))) continue;
      const std::uint64_t bytes = prefix.size() + key.text.size() + sizeof(Tensor);
      if (bytes > room_) fail("the names of the tensors take more room than the file");
      const std::string name = prefix + std::string(key.text);
      if (tensor == nullptr) {
        flatten(*dict.items[i + 1], name + ".", depth + 1);
      } else {
        room_ -= bytes;
        tensors_.push_back({name, tensor});
      }
    }
  }

  /// A tensor's own call, through any `Parameter` around it; nullptr for anything else.
  static const PickleNode* tensor_in(const PickleNode* node) {
    for (int depth = 0; depth < kDeepest && node->is(Kind::call); ++depth) {
      const PickleNode& callee = *node->items[0];
      const PickleNode& arguments = *node->items[1];
      const bool torchs = callee.is(Kind::global) && (callee.text == "torch._utils" || callee.text == "torch._tensor");
      if (!torchs || !callee.name.starts_with("_rebuild_") || !arguments.is(Kind::list)) return nullptr;
      if (!callee.name.starts_with("_rebuild_parameter")) return node;
      if (arguments.items.empty()) return nullptr;
      node = arguments.items[0];
    }
    return nullptr;
  }

  /// `: it holds a Python object (…)` where that is what stands in the tensors' place.
  static std::string object_in(const PickleNode& root) {
    const auto described = [](const PickleNode& node) {
      if (!node.is(Kind::call) || !node.items[0]->is(Kind::global)) return std::string();
      return "a Python object (" + base::excerpt(node.items[0]->text) + "." + base::excerpt(node.items[0]->name) + ")";
    };
    if (const std::string whole = described(root); !whole.empty()) return ": it holds " + whole;
    for (std::size_t i = 0; root.is(Kind::dict) && i + 1 < root.items.size(); i += 2) {
      const std::string part = described(*root.items[i + 1]);
      if (!part.empty()) return ": its '" + base::excerpt(root.items[i]->text) + "' is " + part;
    }
    return {};
  }

  void unwrap() {
    constexpr std::string_view kModule = "module.";
    if (std::all_of(tensors_.begin(), tensors_.end(), [&](const Tensor& t) { return t.name.starts_with(kModule); })) {
      for (Tensor& t : tensors_) t.name.erase(0, kModule.size());
    }
    std::set<std::string_view> seen;
    for (const Tensor& t : tensors_) {
      if (!seen.insert(t.name).second) fail("two tensors are named '" + base::excerpt(t.name) + "'");
    }
  }

  std::uint64_t room_;
  const std::string& where_;
  std::vector<Tensor> tensors_ = {};
  std::size_t values_ = 0;
};

}  // namespace youden::weights
