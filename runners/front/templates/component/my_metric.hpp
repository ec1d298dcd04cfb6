#pragma once
#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/stat/confusion.hpp"

/// What YAML can set: `metrics: [sensitivity, specificity, { type: my_metric, miss: 3 }]`.
struct MyMetricOptions {
  double miss = 5;

  static const youden::config::Fields<MyMetricOptions>& fields() {
    static const auto f = youden::config::Fields<MyMetricOptions>().add(
        &MyMetricOptions::miss, "miss", "what a missed positive costs, where a false alarm costs 1",
        {.min = 0, .max = 1'000'000});
    return f;
  }
};

/// To fill in: predictions -> one number, with its interval where there is one. As it stands: the mean cost of a
/// decision, (FP + miss · FN) / n.
class MyMetric final : public youden::metric::Metric {
 public:
  using Options = MyMetricOptions;
  MyMetric(const Options& options, const Context& context) : options_(options), level_(context.level) {}

  /// `predictions`: truth, score and decision, one a sample. `value` stays empty where the number is undefined, `low`
  /// and `high` where no interval is claimed; youden/stat/proportion.hpp has those of proportions.
  [[nodiscard]] youden::stat::Estimate evaluate(const youden::metric::Binary& predictions) const override {
    const auto c = youden::stat::count(predictions.positive, predictions.decided);
    youden::stat::Estimate e{.level = level_, .n = c.total()};
    if (e.n == 0) return e;
    e.value = (static_cast<double>(c.fp) + options_.miss * static_cast<double>(c.fn)) / static_cast<double>(e.n);
    return e;
  }

 private:
  Options options_;
  double level_;
};

/// `maximised`: whether more is better; `needs`: counts (of decisions), ranks or probabilities; `slices`: whether it is
/// reported for each value of a covariate.
inline const youden::registry::Register<youden::metric::Metric, MyMetric> kMyMetric{
    "my_metric",
    "what `youden components metric` says of it",
    {{"maximised", false}, {"title", "My metric"}, {"needs", "counts"}, {"slices", true}}};
