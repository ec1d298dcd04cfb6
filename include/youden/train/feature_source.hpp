#pragma once
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "youden/base/threads.hpp"
#include "youden/train/feature_cache.hpp"
#include "youden/train/image_pipeline.hpp"
#include "youden/train/model.hpp"
#include "youden/train/view.hpp"

namespace youden::train {

/// How many features of a frozen prefix were asked for, and where they came from.
struct FeatureCount {
  std::int64_t computed = 0;  ///< images pushed through the prefix
  std::int64_t cached = 0;    ///< read from the cache on disk
};

/// The only door to features at the cut. Whether a feature is computed, remembered or read changes nothing but time:
/// the prefix runs in forwards of exactly 8 images (the last one padded), each on one intra-op thread, so that neither
/// batch-mates nor order nor the number of workers reach a bit of the result.
class FeatureSource {
 public:
  static constexpr std::int64_t kBatch = 8;

  struct Settings {
    int threads = 1;
    std::int64_t views = 0;  ///< distinct augmented views a sample; 0 = fresh ones every epoch, not worth remembering
    std::size_t budget = std::size_t{256} << 20U;  ///< bytes kept in memory of features that the cache does not take
    bool augments = true;                          ///< false: every view is the film as it is
  };

  /// `cache`: null = none on disk.
  FeatureSource(const ImagePipeline& images, const Model& model, const Settings& settings,
                std::unique_ptr<FeatureCache> cache = {})
      : images_(images), model_(model), settings_(settings), cache_(std::move(cache)) {}

  /// [views.size(), …] float32: features, or normalised images [N,3,S,S] (channels last) where nothing is frozen.
  torch::Tensor get(std::span<const View> views) {
    const torch::NoGradGuard no_grad;
    std::vector<torch::Tensor> rows(views.size());
    const std::vector<std::size_t> missing = recall(views, rows);
    const std::size_t batches = (missing.size() + kBatch - 1) / kBatch;
    base::parallel_for(
        batches, settings_.threads,
        [&](std::size_t b) {
          const torch::NoGradGuard worker_no_grad;
          const std::size_t from = b * kBatch;
          const std::size_t to = std::min(from + kBatch, missing.size());
          const torch::Tensor features = compute(views, std::span(missing).subspan(from, to - from));
          for (std::size_t i = from; i < to; ++i) rows[missing[i]] = features[static_cast<std::int64_t>(i - from)];
        },
        [] { torch::set_num_threads(1); });
    if (model_.has_prefix()) keep(views, missing, rows);
    torch::Tensor out = torch::stack(rows);
    return out.dim() == 4 ? out.contiguous(torch::MemoryFormat::ChannelsLast) : out;
  }

  [[nodiscard]] const FeatureCount& count() const { return count_; }
  /// Images pushed through the frozen prefix so far.
  [[nodiscard]] std::int64_t prefix_images() const { return count_.computed; }

 private:
  using Key = std::pair<std::size_t, std::int64_t>;

  [[nodiscard]] Key key(const View& v) const {
    if (v.view < 0 || !settings_.augments) return {v.sample, -1};
    return {v.sample, settings_.views > 0 ? v.view % settings_.views : v.view};
  }

  /// Fills the rows that are at hand; the others' indices.
  std::vector<std::size_t> recall(std::span<const View> views, std::vector<torch::Tensor>& rows) {
    std::vector<std::size_t> missing;
    for (std::size_t i = 0; i < views.size(); ++i) {
      const auto it = memory_.find(key(views[i]));
      if (it != memory_.end()) {
        rows[i] = it->second;
      } else {
        missing.push_back(i);
      }
    }
    if (cache_ == nullptr || !model_.has_prefix()) return missing;
    const auto read = [&] {
      std::erase_if(missing, [&](std::size_t i) {
        const auto [sample, view] = key(views[i]);
        rows[i] = cache_->read(images_.sha256(sample), view);
        count_.cached += rows[i].defined() ? 1 : 0;
        return rows[i].defined();
      });
    };
    read();
    if (missing.empty()) return missing;
    cache_->refresh();
    read();
    return missing;
  }

  /// Features of up to 8 views: [8, …].
  [[nodiscard]] torch::Tensor compute(std::span<const View> views, std::span<const std::size_t> chosen) const {
    const std::int64_t size = images_.size();
    torch::Tensor batch =
        torch::zeros({kBatch, 3, size, size}, torch::kFloat32).contiguous(torch::MemoryFormat::ChannelsLast);
    const std::size_t stride = static_cast<std::size_t>(size * size * 3);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const auto [sample, view] = key(views[chosen[i]]);
      images_.write({sample, view}, batch.data_ptr<float>() + i * stride);
    }
    return model_.has_prefix() ? model_.prefix(batch).to(torch::kCPU, torch::kFloat32) : batch;
  }

  /// What was computed goes to the cache; where that takes nothing, into memory as far as it will be asked for again.
  void keep(std::span<const View> views, std::span<const std::size_t> computed,
            const std::vector<torch::Tensor>& rows) {
    count_.computed += static_cast<std::int64_t>(computed.size());
    if (cache_ != nullptr) {
      for (const std::size_t i : computed) {
        const auto [sample, view] = key(views[i]);
        cache_->add(images_.sha256(sample), view, rows[i]);
      }
      if (cache_->flush()) return;
    }
    for (const std::size_t i : computed) {
      const bool again = key(views[i]).second < 0 || settings_.views > 0;
      if (!again || bytes_ + rows[i].nbytes() > settings_.budget) continue;
      bytes_ += rows[i].nbytes();
      memory_.emplace(key(views[i]), rows[i].clone());  // of its own, so as not to hold its batch
    }
  }

  const ImagePipeline& images_;
  const Model& model_;
  Settings settings_;
  std::unique_ptr<FeatureCache> cache_;
  std::map<Key, torch::Tensor> memory_;
  std::size_t bytes_ = 0;
  FeatureCount count_;
};

}  // namespace youden::train
