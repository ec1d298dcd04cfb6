#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/groups.hpp"
#include "youden/stat/net_benefit.hpp"
#include "youden/stat/operating_point.hpp"

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
  NetBenefit(const Options& options, const MetricContext& context)
      : threshold_(options.threshold), level_(context.level), sampling_(context.sampling) {
    static_cast<void>(stat::net_benefit_value({}, threshold_));  // refuses 1, of which no odds exist
  }
  [[nodiscard]] stat::Estimate evaluate(const Binary& p) const override {
    stat::Estimate e = stat::net_benefit(
        stat::RatePair(stat::count(p.positive, stat::decide(p.score, threshold_)), level_), threshold_);
    if (!stat::clustered(p.group) && sampling_ == stat::Sampling::by_class) return e;
    // The share of positives varies with the cohort, and with whole patients even at fixed class sizes: which only the
    // bootstrap sees.
    e.low.reset();
    e.high.reset();
    e.method.clear();
    return e;
  }
  [[nodiscard]] stat::Reweighted reweighted(const Binary& p) const override {
    return [this, &p, treated = stat::decide(p.score, threshold_)](std::span<const std::uint32_t> weight) {
      stat::BinaryCounts c;
      for (std::size_t i = 0; i < weight.size(); ++i) {
        (p.positive[i] != 0 ? treated[i] != 0 ? c.tp : c.fn : treated[i] != 0 ? c.fp : c.tn) += weight[i];
      }
      return stat::net_benefit_value(c, threshold_);
    };
  }

 private:
  double threshold_;
  double level_;
  stat::Sampling sampling_;
};

inline const registry::Register<Metric, NetBenefit> kNetBenefit{
    "net_benefit", "true positives less false ones at the odds of the threshold, a person", {{"maximised", true}}};

}  // namespace youden::metric
