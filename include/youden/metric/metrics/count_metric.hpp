#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "youden/metric/metric.hpp"
#include "youden/metric/metrics/proportion_options.hpp"
#include "youden/stat/grouped_counts.hpp"
#include "youden/stat/rates.hpp"

namespace youden::metric {

/// A metric that TP, FN, FP and TN determine.
class CountMetric : public Metric {
 public:
  [[nodiscard]] stat::Estimate evaluate(const Binary& p) const final {
    if (p.group.empty()) return of(stat::count(p.positive, p.decided));
    return by_patient(stat::count_by_group(p.positive, p.decided, p.group));
  }
  [[nodiscard]] stat::Reweighted reweighted(const Binary& p) const final {
    std::vector<std::uint8_t> cell;
    for (std::size_t i = 0; i < p.positive.size(); ++i) {
      cell.push_back(static_cast<std::uint8_t>((p.positive[i] != 0 ? 2 : 0) + (p.decided[i] != 0 ? 1 : 0)));
    }
    return [this, cell = std::move(cell)](std::span<const std::uint32_t> weight) {
      std::array<std::int64_t, 4> sum{};
      for (std::size_t i = 0; i < cell.size(); ++i) sum[cell[i]] += weight[i];
      return value({.tp = sum[3], .fn = sum[2], .fp = sum[1], .tn = sum[0]});
    };
  }

 protected:
  [[nodiscard]] virtual std::optional<double> value(const stat::BinaryCounts& c) const = 0;
  /// With the interval, where the metric has one of its own.
  [[nodiscard]] virtual stat::Estimate of(const stat::BinaryCounts& c) const {
    return {.value = value(c), .n = c.total()};
  }
  [[nodiscard]] virtual stat::Estimate by_patient(std::span<const stat::BinaryCounts> patients) const {
    return {.value = value(stat::total(patients)), .n = stat::total(patients).total()};
  }
};

/// A share of a count.
class RateMetric : public CountMetric {
 public:
  using Options = ProportionOptions;
  RateMetric(stat::Rate rate, const Options& options, const MetricContext& context)
      : rate_(rate), interval_(stat::parse_proportion_method(options.interval)), level_(context.level) {}

 protected:
  [[nodiscard]] std::optional<double> value(const stat::BinaryCounts& c) const override {
    const stat::Share share = rate_.of(c);
    if (share.members == 0) return {};
    return static_cast<double>(share.hits) / static_cast<double>(share.members);
  }
  [[nodiscard]] stat::Estimate of(const stat::BinaryCounts& c) const override {
    return stat::proportion(rate_, c, level_, interval_);
  }
  [[nodiscard]] stat::Estimate by_patient(std::span<const stat::BinaryCounts> patients) const override {
    return stat::proportion(rate_, patients, level_, interval_);
  }
  [[nodiscard]] stat::ProportionMethod interval() const { return interval_; }
  [[nodiscard]] double level() const { return level_; }

 private:
  stat::Rate rate_;
  stat::ProportionMethod interval_;
  double level_;
};

}  // namespace youden::metric
