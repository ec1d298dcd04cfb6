#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <set>
#include <span>
#include <string>

#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/auc.hpp"
#include "youden/stat/groups.hpp"
#include "youden/stat/ranked_labels.hpp"

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
      : interval_(stat::parse_auc_interval(options.interval)), level_(context.level) {}
  /// DeLong's variance takes films for independent. Where a patient has several, the default leaves the interval to the
  /// bootstrap; who asks for `delong` gets it, marked.
  [[nodiscard]] stat::Estimate evaluate(const Binary& p) const override {
    if (!stat::clustered(p.group)) return stat::auc(p.positive, p.score, level_, interval_);
    if (interval_ == stat::AucInterval::delong) {
      stat::Estimate e = stat::auc(p.positive, p.score, level_, interval_);
      if (e.low) e.method += ", assumes independent films";
      return e;
    }
    return stat::auc_without_interval(p.positive, p.score, p.group, level_);
  }
  [[nodiscard]] stat::Reweighted reweighted(const Binary& p) const override {
    return [ranked = std::make_shared<stat::RankedLabels>(p.positive, p.score)](std::span<const std::uint32_t> weight) {
      return ranked->auc(weight);
    };
  }
  void bound_mean(stat::Estimate& mean, std::span<const Binary* const> folds) const override {
    if (!mean.value || (*mean.value > 0 && *mean.value < 1)) return;
    const std::string method = mean.method;
    stat::detail::set_exact_bound(mean, pairs_of_folds(folds));
    mean.method = method + ", " + mean.method;
  }
  [[nodiscard]] bool on_logit_scale() const override { return true; }
  [[nodiscard]] bool ranks() const override { return true; }
  [[nodiscard]] bool hangs_on_prevalence() const override { return false; }

 private:
  /// Were the folds' areas A_f, all pairs would stand rightly with a chance of at most Π A_f^m ≤ (mean A)^(km), m the
  /// fewest of any of the k folds. Folds that score the same patients count once.
  static std::size_t pairs_of_folds(std::span<const Binary* const> folds) {
    std::size_t fewest = std::numeric_limits<std::size_t>::max();
    std::set<std::uint32_t> before;
    bool shared = false;
    for (const Binary* fold : folds) {
      fewest = std::min(fewest, stat::independent_pairs(fold->positive, fold->group));
      const std::set<std::uint32_t> here(fold->group.begin(), fold->group.end());
      for (const std::uint32_t g : here) shared = !before.insert(g).second || shared;
    }
    return shared ? fewest : fewest * folds.size();
  }

  stat::AucInterval interval_;
  double level_;
};

inline const registry::Register<Metric, Auc> kAuc{
    "auc",
    "area under the ROC curve: the chance that a positive outscores a negative",
    {{"maximised", true}, {"title", "ROC AUC"}, {"needs", "ranks"}, {"slices", true}}};

}  // namespace youden::metric
