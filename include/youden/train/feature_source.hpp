#pragma once
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "youden/base/threads.hpp"
#include "youden/train/image_pipeline.hpp"
#include "youden/train/model.hpp"
#include "youden/train/view.hpp"

namespace youden::train {

/// The only door to features at the cut. Whether a feature is computed or remembered changes nothing but time: the
/// prefix runs in forwards of exactly 8 images (the last one padded), each on one intra-op thread, so that neither
/// batch-mates nor order nor the number of workers reach a bit of the result.
class FeatureSource {
 public:
  static constexpr std::int64_t kBatch = 8;

  struct Settings {
    int threads = 1;
    std::int64_t views = 0;  ///< distinct augmented views a sample; 0 = fresh ones every epoch, not worth remembering
    std::size_t budget = std::size_t{2} << 30U;  ///< bytes of features kept in memory
  };

  FeatureSource(const ImagePipeline& images, const Model& model, const Settings& settings)
      : images_(images), model_(model), settings_(settings) {}

  /// [views.size(), …] float32: features, or normalised images [N,3,S,S] (channels last) where nothing is frozen.
  torch::Tensor get(std::span<const View> views) {
    const torch::NoGradGuard no_grad;
    std::vector<std::size_t> missing;
    for (std::size_t i = 0; i < views.size(); ++i) {
      if (!memory_.contains(key(views[i]))) missing.push_back(i);
    }
    std::vector<torch::Tensor> rows(views.size());
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
    if (model_.has_prefix()) prefix_images_ += static_cast<std::int64_t>(missing.size());
    for (std::size_t i = 0; i < views.size(); ++i) {
      if (rows[i].defined()) {
        remember(views[i], rows[i]);
      } else {
        rows[i] = memory_.at(key(views[i]));
      }
    }
    torch::Tensor out = torch::stack(rows);
    return out.dim() == 4 ? out.contiguous(torch::MemoryFormat::ChannelsLast) : out;
  }

  /// Images pushed through the frozen prefix so far.
  [[nodiscard]] std::int64_t prefix_images() const { return prefix_images_; }

 private:
  using Key = std::pair<std::size_t, std::int64_t>;

  [[nodiscard]] Key key(const View& v) const {
    return {v.sample, v.view >= 0 && settings_.views > 0 ? v.view % settings_.views : v.view};
  }

  /// Features of up to 8 views: [n, …], each row of its own so that remembering one does not hold the others.
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

  void remember(const View& view, const torch::Tensor& row) {
    const bool again = view.view < 0 || settings_.views > 0;
    if (!model_.has_prefix() || !again || bytes_ + row.nbytes() > settings_.budget) return;
    bytes_ += row.nbytes();
    memory_.emplace(key(view), row.clone());
  }

  const ImagePipeline& images_;
  const Model& model_;
  Settings settings_;
  std::map<Key, torch::Tensor> memory_;
  std::size_t bytes_ = 0;
  std::int64_t prefix_images_ = 0;
};

}  // namespace youden::train
