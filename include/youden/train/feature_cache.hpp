#pragma once
#include <torch/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/cache/group.hpp"

namespace youden::train {

/// Features on disk, by film and view: a group for films as they are, which runs share whatever they augment, and one
/// for augmented views. A record is four extents (uint32, 0 = none), then float32, channels last.
class FeatureCache {
 public:
  /// The descriptions hold everything that a feature's bits depend on but for film and view.
  FeatureCache(std::shared_ptr<base::Cache> cache, std::string plain, std::string augmented)
      : plain_(cache, std::move(plain)), augmented_(cache, std::move(augmented)) {}

  /// [F] or [C,H,W] float32; undefined where it is not there as it was written. `view` < 0: the film as it is.
  torch::Tensor read(const std::string& sha256, std::int64_t view) {
    if (!group(view).read(base::RecordId::of(sha256, view), record_)) return {};
    Extents extents{};
    if (record_.size() < sizeof extents) return {};
    std::memcpy(extents.data(), record_.data(), sizeof extents);
    std::vector<std::int64_t> sizes;
    for (const std::uint32_t e : extents) {
      if (e > 0) sizes.push_back(e);
    }
    if (sizes.size() == 3) sizes = {sizes[1], sizes[2], sizes[0]};
    torch::Tensor out = torch::empty(sizes, torch::kFloat32);
    if (out.nbytes() != record_.size() - sizeof extents) return {};
    std::memcpy(out.data_ptr<float>(), record_.data() + sizeof extents, out.nbytes());
    return sizes.size() == 3 ? out.permute({2, 0, 1}) : out;
  }

  /// Keeps `row` until `flush`.
  void add(const std::string& sha256, std::int64_t view, const torch::Tensor& row) {
    Pending& p = view < 0 ? pending_plain_ : pending_augmented_;
    p.ids.push_back(base::RecordId::of(sha256, view));
    Extents extents{};
    for (std::int64_t d = 0; d < row.dim(); ++d)
      extents.at(static_cast<std::size_t>(d)) = static_cast<std::uint32_t>(row.size(d));
    const torch::Tensor flat = (row.dim() == 3 ? row.permute({1, 2, 0}) : row).contiguous();
    const std::size_t at = p.records.size();
    p.records.resize(at + sizeof extents + flat.nbytes());
    std::memcpy(p.records.data() + at, extents.data(), sizeof extents);
    std::memcpy(p.records.data() + at + sizeof extents, flat.data_ptr<float>(), flat.nbytes());
  }
  /// Writes what was added; false where the cache does not take all of it.
  bool flush() {
    bool all = true;
    for (auto* p : {&pending_plain_, &pending_augmented_}) {
      if (!p->ids.empty()) all = (p == &pending_plain_ ? plain_ : augmented_).write(p->ids, p->records) && all;
      *p = {};
    }
    return all;
  }
  /// Looks for what other processes have added.
  void refresh() {
    plain_.refresh();
    augmented_.refresh();
  }

 private:
  using Extents = std::array<std::uint32_t, 4>;
  struct Pending {
    std::vector<base::RecordId> ids = {};
    std::vector<std::byte> records = {};
  };

  base::CacheGroup& group(std::int64_t view) { return view < 0 ? plain_ : augmented_; }

  base::CacheGroup plain_;
  base::CacheGroup augmented_;
  Pending pending_plain_;
  Pending pending_augmented_;
  std::vector<std::byte> record_;
};

}  // namespace youden::train
