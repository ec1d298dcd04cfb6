#pragma once
#include <ATen/Parallel.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "youden/base/workers.hpp"
#include "youden/train/feature_cache.hpp"
#include "youden/train/image_pipeline.hpp"
#include "youden/train/model.hpp"
#include "youden/train/view.hpp"

namespace youden::train {

/// How many features of a frozen prefix were asked for, and where they came from.
struct FeatureCount {
  std::int64_t computed = 0;  ///< images pushed through the prefix
  std::int64_t cached = 0;    ///< read from the cache on disk

  FeatureCount& operator+=(const FeatureCount& more) {
    computed += more.computed;
    cached += more.cached;
    return *this;
  }
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
      : images_(images), model_(model), settings_(settings), cache_(std::move(cache)), workers_(settings.threads, [] {
          torch::set_num_threads(1);
        }) {}

  /// [views.size(), …] float32: features, or normalised images [N,3,S,S] (channels last) where nothing is frozen.
  /// `next`: what will be asked for after that; workers begin with it as soon as they have nothing else to do. `again`:
  /// these will be asked for once more, even where views are fresh ones.
  torch::Tensor get(std::span<const View> views, std::span<const View> next = {}, bool again = false) {
    const torch::NoGradGuard no_grad;
    if (!model_.has_prefix()) return images(views);
    const bool foreseen = ahead_ && std::equal(views.begin(), views.end(), ahead_->views.begin(), ahead_->views.end());
    const std::shared_ptr<Portion> now = foreseen ? std::exchange(ahead_, nullptr) : begin(views);
    look_ahead(next, *now);
    now->wait();
    count_.computed += static_cast<std::int64_t>(now->missing.size());
    count_.cached += now->cached;
    keep(*now, again);
    torch::Tensor out = torch::stack(now->rows);
    return out.dim() == 4 ? out.contiguous(torch::MemoryFormat::ChannelsLast) : out;
  }

  /// Distinct views that a sample has; 0 = there is no end of them.
  [[nodiscard]] std::int64_t views() const { return settings_.augments ? settings_.views : 1; }
  [[nodiscard]] const FeatureCount& count() const { return count_; }
  /// Images pushed through the frozen prefix so far.
  [[nodiscard]] std::int64_t prefix_images() const { return count_.computed; }

 private:
  using Key = std::pair<std::size_t, std::int64_t>;

  [[nodiscard]] Key key(const View& v) const {
    if (v.view < 0 || !settings_.augments) return {v.sample, -1};
    return {v.sample, settings_.views > 0 ? v.view % settings_.views : v.view};
  }

  /// Views that were asked for together, on their way.
  struct Portion {
    std::vector<View> views;
    std::vector<torch::Tensor> rows = {};   ///< features, one a view
    std::vector<std::size_t> missing = {};  ///< views that have to be computed
    std::int64_t cached = 0;                ///< views that the disk had
    std::atomic<std::size_t> left = 0;      ///< batches
    std::exception_ptr failure = nullptr;   ///< the first batch's that failed
    std::atomic<bool> failed = false;

    /// Throws what a worker threw.
    void wait() const {
      for (std::size_t n = left; n > 0; n = left) left.wait(n);
      if (failed) std::rethrow_exception(failure);
    }
  };

  /// Puts what is not at hand before the workers, 8 views at a time.
  [[nodiscard]] std::shared_ptr<Portion> begin(std::span<const View> views) {
    auto p = std::make_shared<Portion>();
    p->views.assign(views.begin(), views.end());
    p->rows.resize(views.size());
    recall(*p);
    const std::size_t batches = (p->missing.size() + kBatch - 1) / kBatch;
    p->left = batches;
    for (std::size_t b = 0; b < batches; ++b) {
      workers_.post([this, b, weak = std::weak_ptr(p)] {
        if (const auto portion = weak.lock()) compute(*portion, b);  // else nobody waits for it any more
      });
    }
    return p;
  }

  /// Fills the rows that memory or disk have.
  void recall(Portion& p) {
    for (std::size_t i = 0; i < p.views.size(); ++i) {
      const auto it = memory_.find(key(p.views[i]));
      if (it != memory_.end()) {
        p.rows[i] = it->second;
      } else {
        p.missing.push_back(i);
      }
    }
    if (cache_ == nullptr) return;
    const auto read = [&] {
      std::erase_if(p.missing, [&](std::size_t i) {
        const auto [sample, view] = key(p.views[i]);
        p.rows[i] = cache_->read(images_.sha256(sample), view);
        p.cached += p.rows[i].defined() ? 1 : 0;
        return p.rows[i].defined();
      });
    };
    read();
    if (p.missing.empty()) return;
    cache_->refresh();
    read();
  }

  /// Not where some of it is being computed already.
  void look_ahead(std::span<const View> next, const Portion& now) {
    if (next.empty()) return;
    std::set<Key> under_way;
    for (const std::size_t i : now.missing) under_way.insert(key(now.views[i]));
    if (std::none_of(next.begin(), next.end(), [&](const View& v) { return under_way.contains(key(v)); })) {
      ahead_ = begin(next);
    }
  }

  /// On a worker: the features of a batch, each a row of it.
  void compute(Portion& p, std::size_t b) const {
    try {
      const torch::NoGradGuard no_grad;
      const auto from = b * kBatch;
      const auto n = std::min<std::size_t>(kBatch, p.missing.size() - from);
      const torch::Tensor batch = blank(kBatch);
      for (std::size_t i = 0; i < n; ++i) write(p.views[p.missing[from + i]], batch, i);
      batch.slice(0, static_cast<std::int64_t>(n)).zero_();
      const torch::Tensor features = model_.prefix(batch).to(torch::kCPU, torch::kFloat32);
      for (std::size_t i = 0; i < n; ++i) p.rows[p.missing[from + i]] = features[static_cast<std::int64_t>(i)];
    } catch (...) {
      if (!p.failed.exchange(true)) p.failure = std::current_exception();
    }
    if (--p.left == 0) p.left.notify_all();
  }

  /// Nothing is frozen: by libtorch's own threads, which train behind it; others would only take their cores.
  [[nodiscard]] torch::Tensor images(std::span<const View> views) const {
    const torch::Tensor out = blank(static_cast<std::int64_t>(views.size()));
    at::parallel_for(0, out.size(0), 8, [&](std::int64_t from, std::int64_t to) {
      for (auto i = static_cast<std::size_t>(from); i < static_cast<std::size_t>(to); ++i) write(views[i], out, i);
    });
    return out;
  }

  /// [n,3,S,S] float32, channels last.
  [[nodiscard]] torch::Tensor blank(std::int64_t n) const {
    const auto options = torch::TensorOptions(torch::kFloat32).memory_format(torch::MemoryFormat::ChannelsLast);
    return torch::empty({n, 3, images_.size(), images_.size()}, options);
  }
  void write(const View& v, const torch::Tensor& batch, std::size_t at) const {
    const auto [sample, view] = key(v);
    images_.write({sample, view}, batch.data_ptr<float>() + at * static_cast<std::size_t>(batch.stride(0)));
  }

  /// What was computed goes to the cache; where that takes nothing, into memory as far as it will be asked for again.
  void keep(const Portion& p, bool wanted_again) {
    if (cache_ != nullptr) {
      for (const std::size_t i : p.missing) {
        const auto [sample, view] = key(p.views[i]);
        cache_->add(images_.sha256(sample), view, p.rows[i]);
      }
      if (cache_->flush()) return;
    }
    for (const std::size_t i : p.missing) {
      const bool again = wanted_again || key(p.views[i]).second < 0 || settings_.views > 0;
      if (!again || bytes_ + p.rows[i].nbytes() > settings_.budget) continue;
      bytes_ += p.rows[i].nbytes();
      memory_.emplace(key(p.views[i]), p.rows[i].clone());  // of its own, so as not to hold its batch
    }
  }

  const ImagePipeline& images_;
  const Model& model_;
  Settings settings_;
  std::unique_ptr<FeatureCache> cache_;
  std::map<Key, torch::Tensor> memory_;
  std::size_t bytes_ = 0;
  FeatureCount count_;
  std::shared_ptr<Portion> ahead_;
  base::Workers workers_;  // last: stops while the rest is still there
};

}  // namespace youden::train
