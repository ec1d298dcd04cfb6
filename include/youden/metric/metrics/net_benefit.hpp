#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "youden/metric/decision_curve.hpp"
#include "youden/metric/metric.hpp"
#include "youden/metric/operating_point.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

struct NetBenefitOptions {
  double threshold = 0.5;

  static const config::Fields<NetBenefitOptions>& fields() {
    static const auto f = config::Fields<NetBenefitOptions>().add(
        &NetBenefitOptions::threshold, "threshold",
        "probability from which treating is worth it; whoever is given at least this counts as treated",
        {.min = 0, .max = 1, .above_min = true});
    return f;
  }
};

class NetBenefit final : public Metric {
 public:
  using Options = NetBenefitOptions;
  NetBenefit(const Options& options, const MetricContext& /*context*/) : threshold_(options.threshold) {
    static_cast<void>(net_benefit(BinaryCounts{}, threshold_));  // refuses 1, of which no odds exist
  }
  [[nodiscard]] Estimate evaluate(const Binary& p) const override {
    const BinaryCounts c = count(p.positive, decide(p.score, threshold_));
    return {.value = net_benefit(c, threshold_), .n = c.total()};
  }
  [[nodiscard]] Reweighted reweighted(const Binary& p) const override {
    const double odds = threshold_ / (1 - threshold_);
    std::vector<double> benefit;
    for (std::size_t i = 0; i < p.score.size(); ++i) {
      benefit.push_back(p.score[i] < threshold_ ? 0 : p.positive[i] != 0 ? 1 : -odds);
    }
    return [benefit = std::move(benefit)](std::span<const std::uint32_t> weight) -> std::optional<double> {
      double sum = 0;
      std::uint64_t n = 0;
      for (std::size_t i = 0; i < weight.size(); ++i) {
        sum += weight[i] * benefit[i];
        n += weight[i];
      }
      if (n == 0) return {};
      return sum / static_cast<double>(n);
    };
  }

 private:
  double threshold_;
};

inline const registry::Register<Metric, NetBenefit> kNetBenefit{
    "net_benefit", "true positives less false ones at the odds of the threshold, a person", {{"maximised", true}}};

}  // namespace youden::metric
