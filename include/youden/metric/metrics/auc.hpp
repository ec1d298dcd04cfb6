#pragma once
#include <string>

#include "youden/metric/auc.hpp"
#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

struct AucOptions {
  std::string interval = "logit";

  static const config::Fields<AucOptions>& fields() {
    static const auto f = config::Fields<AucOptions>().add(
        &AucOptions::interval, "interval",
        "logit: DeLong's variance on the logit scale; delong: symmetric as pROC gives it, too short near 1",
        {.choices = {"logit", "delong"}});
    return f;
  }
};

class Auc final : public Metric {
 public:
  using Options = AucOptions;
  Auc(const Options& options, const MetricContext& context)
      : interval_(parse_auc_interval(options.interval)), level_(context.level) {}
  [[nodiscard]] Estimate evaluate(const Binary& p) const override {
    return auc(p.positive, p.score, level_, interval_);
  }

 private:
  AucInterval interval_;
  double level_;
};

inline const registry::Register<Metric, Auc> kAuc{
    "auc", "area under the ROC curve: the chance that a positive outscores a negative", {{"maximised", true}}};

}  // namespace youden::metric
