#pragma once
#include <cstdint>
#include <memory>
#include <span>

#include "youden/metric/average_precision.hpp"
#include "youden/metric/metric.hpp"
#include "youden/metric/ranked_labels.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

class AveragePrecision final : public Metric {
 public:
  using Options = config::NoOptions;
  AveragePrecision(const Options& /*options*/, const MetricContext& /*context*/) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override { return average_precision(p.positive, p.score); }
  [[nodiscard]] Reweighted reweighted(const Binary& p) const override {
    return [ranked = std::make_shared<RankedLabels>(p.positive, p.score)](std::span<const std::uint32_t> weight) {
      return ranked->average_precision(weight);
    };
  }
  [[nodiscard]] bool ranks() const override { return true; }
};

inline const registry::Register<Metric, AveragePrecision> kAveragePrecision{
    "average_precision", "area under the precision-recall steps", {{"maximised", true}}};

}  // namespace youden::metric
