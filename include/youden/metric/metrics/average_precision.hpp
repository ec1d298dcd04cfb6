#pragma once
#include <cstdint>
#include <memory>
#include <span>

#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/average_precision.hpp"
#include "youden/stat/ranked_labels.hpp"

namespace youden::metric {

class AveragePrecision final : public Metric {
 public:
  using Options = config::NoOptions;
  AveragePrecision(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] stat::Estimate evaluate(const Binary& p) const override {
    return stat::average_precision(p.positive, p.score);
  }
  [[nodiscard]] stat::Reweighted reweighted(const Binary& p) const override {
    return [ranked = std::make_shared<stat::RankedLabels>(p.positive, p.score)](std::span<const std::uint32_t> weight) {
      return ranked->average_precision(weight);
    };
  }
  [[nodiscard]] bool on_logit_scale() const override { return true; }
  [[nodiscard]] bool ranks() const override { return true; }
};

inline const registry::Register<Metric, AveragePrecision> kAveragePrecision{
    "average_precision", "area under the precision-recall steps", {{"maximised", true}, {"needs", "ranks"}}};

}  // namespace youden::metric
