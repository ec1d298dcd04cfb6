#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "youden/metric/metric.hpp"
#include "youden/stat/probability_score.hpp"

namespace youden::metric {

/// A metric that is the mean over samples of a loss.
class LossMetric : public Metric {
 public:
  [[nodiscard]] stat::Estimate evaluate(const Binary& p) const final {
    return stat::mean_loss(losses(p), p.positive.size());
  }
  [[nodiscard]] std::optional<stat::Estimate> evaluate_all(const Multiclass& p) const final {
    return stat::mean_loss(losses(p), p.truth.size());
  }
  [[nodiscard]] stat::Reweighted reweighted(const Binary& p) const final { return mean_of_draw(losses(p)); }
  [[nodiscard]] stat::Reweighted reweighted_all(const Multiclass& p) const final { return mean_of_draw(losses(p)); }

 protected:
  [[nodiscard]] virtual stat::Losses losses(const Binary& p) const = 0;
  [[nodiscard]] virtual stat::Losses losses(const Multiclass& p) const = 0;

 private:
  /// Losses that all agree, but for the clip of a certainty on either side, say nothing of other samples.
  static bool vary(const std::vector<double>& losses) {
    const auto [least, most] = std::minmax_element(losses.begin(), losses.end());
    return least != losses.end() && *most - *least > 1e-4 * *most;
  }
  static stat::Reweighted mean_of_draw(stat::Losses losses) {
    if (losses && !vary(*losses)) losses.reset();
    return [losses = std::move(losses)](std::span<const std::uint32_t> weight) -> std::optional<double> {
      if (!losses) return {};
      double sum = 0;
      std::uint64_t n = 0;
      for (std::size_t i = 0; i < weight.size(); ++i) {
        sum += weight[i] * (*losses)[i];
        n += weight[i];
      }
      if (n == 0) return {};
      return sum / static_cast<double>(n);
    };
  }
};

}  // namespace youden::metric
