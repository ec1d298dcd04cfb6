#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "youden/metric/auc.hpp"
#include "youden/metric/groups.hpp"
#include "youden/metric/metric.hpp"
#include "youden/metric/ranked_labels.hpp"
#include "youden/registry/registry.hpp"

namespace youden::metric {

struct AucOptions {
  std::string interval = "logit";

  static const config::Fields<AucOptions>& fields() {
    static const auto f =
        config::Fields<AucOptions>().add(&AucOptions::interval, "interval",
                                         "logit: DeLong's variance on the logit scale, or the bootstrap where a "
                                         "patient has several films; delong: symmetric "
                                         "as pROC gives it, too short near 1",
                                         {.choices = {"logit", "delong"}});
    return f;
  }
};

class Auc final : public Metric {
 public:
  using Options = AucOptions;
  Auc(const Options& options, const MetricContext& context)
      : interval_(parse_auc_interval(options.interval)), level_(context.level) {}
  /// DeLong's variance takes films for independent. Where a patient has several, the default leaves the interval to the
  /// bootstrap; who asks for `delong` gets it, marked.
  [[nodiscard]] Estimate evaluate(const Binary& p) const override {
    if (!clustered(p.group)) return auc(p.positive, p.score, level_, interval_);
    if (interval_ == AucInterval::delong) {
      Estimate e = auc(p.positive, p.score, level_, interval_);
      if (e.low) e.method += ", assumes independent films";
      return e;
    }
    return auc_without_interval(p.positive, p.score, p.group, level_);
  }
  [[nodiscard]] Reweighted reweighted(const Binary& p) const override {
    return [ranked = std::make_shared<RankedLabels>(p.positive, p.score)](std::span<const std::uint32_t> weight) {
      return ranked->auc(weight);
    };
  }
  [[nodiscard]] bool ranks() const override { return true; }

 private:
  AucInterval interval_;
  double level_;
};

inline const registry::Register<Metric, Auc> kAuc{
    "auc", "area under the ROC curve: the chance that a positive outscores a negative", {{"maximised", true}}};

}  // namespace youden::metric
