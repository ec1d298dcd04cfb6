#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "youden/evaluate/assessed.hpp"
#include "youden/evaluate/scored_table.hpp"
#include "youden/metric/facts.hpp"
#include "youden/metric/metric.hpp"
#include "youden/registry/registry.hpp"
#include "youden/sample/bands.hpp"
#include "youden/stat/bootstrap.hpp"
#include "youden/stat/certainty.hpp"
#include "youden/stat/class_average.hpp"
#include "youden/stat/grouped_counts.hpp"
#include "youden/stat/predictive_value.hpp"
#include "youden/stat/resample.hpp"
#include "youden/stat/small_sample.hpp"

namespace youden::evaluate::detail {

/// All numbers of one table in one unit, over all its folds together.
class Assessor {
 public:
  Assessor(const ScoredTable& table, const AssessmentSettings& settings, bool slice)
      : settings_(settings), slice_(slice) {
    std::vector<std::size_t> order(table.rows());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return table.fold_of(a) < table.fold_of(b); });
    table_ = table.select(order);  // so that a fold's rows, and their weights in a draw, follow each other
    group_ = table_.groups();
    for (std::size_t i = 0; i < table_.rows(); ++i) {
      if (i == 0 || table_.fold_of(i) != table_.fold_of(i - 1)) folds_.push_back({i, i});
      folds_.back().second = i + 1;
    }
    for (const config::Component& c : settings.metrics) {
      if (slice && !metric::facts_of(c.type).slices) continue;
      metrics_.push_back(
          {c.type, registry::make<metric::Metric>(c, {.level = settings.level, .sampling = settings.sampling})});
    }
  }

  std::vector<Assessed> rows() {
    if (table_.rows() == 0) return {};
    const std::size_t k = table_.classes.size();
    if (table_.binary()) {
      add_class(table_.positive);
      add_predictive_values();
    } else {
      add_all_classes();
      for (std::size_t c = 0; c < k; ++c) add_class(c);
      add_micro();
      for (std::size_t c = 0; c < k; ++c) add_support(c);
    }
    draw();
    if (!table_.binary()) {
      add_means(stat::ClassAverage::macro);
      add_means(stat::ClassAverage::weighted);
    }
    std::vector<Assessed> out;
    for (Quantity& q : quantities_) {
      if (q.row.metric.empty()) continue;
      stat::refuse_certainty(q.row.estimate);
      out.push_back(std::move(q.row));
    }
    return out;
  }

 private:
  struct Named {
    std::string name;
    std::unique_ptr<metric::Metric> metric;
  };
  struct Quantity {
    Assessed row;                      ///< without a metric: drawn, but not reported
    stat::Reweighted reweighted = {};  ///< none: not bootstrapped
    std::vector<double> draws = {};
    int class_index = -1;
    bool on_logit_scale = false;
    bool hangs_on_prevalence = true;
  };

  void add(std::string class_name, std::string metric, stat::Estimate estimate, stat::Reweighted reweighted,
           int class_index = -1, const metric::Metric* of = nullptr) {
    estimate.level = settings_.level;
    quantities_.push_back({.row = {.unit = {},
                                   .class_name = std::move(class_name),
                                   .metric = std::move(metric),
                                   .estimate = std::move(estimate)},
                           .reweighted = std::move(reweighted),
                           .class_index = class_index,
                           .on_logit_scale = of != nullptr && of->on_logit_scale(),
                           .hangs_on_prevalence = of == nullptr || of->hangs_on_prevalence()});
  }

  /// Rows [from, to) as class `c` against the rest.
  [[nodiscard]] metric::Binary binary(std::size_t c, std::size_t from, std::size_t to) const {
    metric::Binary b;
    for (std::size_t i = from; i < to; ++i) {
      b.positive.push_back(static_cast<std::size_t>(table_.truth[i]) == c ? 1 : 0);
      b.score.push_back(table_.binary() ? table_.score[i] : table_.score[i * table_.columns() + c]);
      b.decided.push_back(static_cast<std::size_t>(table_.decided(i)) == c ? 1 : 0);
      if (!group_.empty()) b.group.push_back(group_[i]);
    }
    return b;
  }

  /// `all`: everything, `parts`: each fold; of each sample `repeat` rows follow each other.
  void add_problem(const std::string& class_name, const metric::Binary& all,
                   const std::vector<const metric::Binary*>& parts, std::size_t repeat, int class_index) {
    for (const Named& m : metrics_) {
      const metric::Metric& metric = *m.metric;
      const bool mean = metric.ranks() && parts.size() > 1;
      if (mean) add_mean_over_folds(class_name, m, parts, repeat, class_index);
      stat::Reweighted one = metric.bootstraps() ? repeated(metric.reweighted(all), repeat) : stat::Reweighted{};
      add(class_name, mean ? m.name + metric::kPooled : m.name, metric.evaluate(all), std::move(one), class_index,
          &metric);
    }
  }
  void add_mean_over_folds(const std::string& class_name, const Named& m,
                           const std::vector<const metric::Binary*>& parts, std::size_t repeat, int class_index) {
    stat::Estimate mean{
        .value = 0.0, .level = settings_.level, .method = "mean of " + std::to_string(parts.size()) + " folds"};
    std::vector<stat::Reweighted> each;
    for (const metric::Binary* part : parts) {
      const stat::Estimate one = m.metric->evaluate(*part);
      mean.n += one.n;
      mean.value = one.value && mean.value ? std::optional(*mean.value + *one.value) : std::nullopt;
      if (mean.value) each.push_back(repeated(m.metric->reweighted(*part), repeat));
    }
    if (mean.value) {
      *mean.value /= static_cast<double>(parts.size());
      m.metric->bound_mean(mean, parts);
    }
    stat::Reweighted drawn;
    if (m.metric->bootstraps() && mean.value) {
      drawn = [this, each = std::move(each)](std::span<const std::uint32_t> weight) -> std::optional<double> {
        double sum = 0;
        for (std::size_t f = 0; f < each.size(); ++f) {
          const auto one = each[f](weight.subspan(folds_[f].first, folds_[f].second - folds_[f].first));
          if (!one) return {};
          sum += *one;
        }
        return sum / static_cast<double>(each.size());
      };
    }
    add(class_name, m.name, std::move(mean), std::move(drawn), class_index, m.metric.get());
  }
  /// `of` takes a weight a row where a draw has one a sample.
  static stat::Reweighted repeated(stat::Reweighted of, std::size_t repeat) {
    if (repeat == 1) return of;
    return [of = std::move(of), repeat](std::span<const std::uint32_t> weight) {
      std::vector<std::uint32_t> rows;
      rows.reserve(weight.size() * repeat);
      for (const std::uint32_t w : weight) rows.insert(rows.end(), repeat, w);
      return of(rows);
    };
  }

  void add_class(std::size_t c) {
    const metric::Binary& all = kept(binary(c, 0, table_.rows()));
    std::vector<const metric::Binary*> parts;
    if (folds_.size() > 1) {
      for (const auto& [from, to] : folds_) parts.push_back(&kept(binary(c, from, to)));
    }
    add_problem(table_.classes[c], all, parts, 1, static_cast<int>(c));
  }

  /// Each sample as K decisions, one a class, that belong together.
  void add_micro() {
    const auto micro = [&](std::size_t from, std::size_t to) {
      metric::Binary b;
      for (std::size_t i = from; i < to; ++i) {
        for (std::size_t c = 0; c < table_.classes.size(); ++c) {
          b.append(binary(c, i, i + 1));
          if (group_.empty()) b.group.push_back(static_cast<std::uint32_t>(i));
        }
      }
      return b;
    };
    const metric::Binary& all = kept(micro(0, table_.rows()));
    std::vector<const metric::Binary*> parts;
    if (folds_.size() > 1) {
      for (const auto& [from, to] : folds_) parts.push_back(&kept(micro(from, to)));
    }
    add_problem(stat::name_of(stat::ClassAverage::micro, table_.classes), all, parts, table_.classes.size(), -1);
  }

  void add_all_classes() {
    multiclass_ = {.classes = table_.classes.size(), .truth = table_.truth, .probability = table_.score};
    for (std::size_t i = 0; i < table_.rows(); ++i) multiclass_.decided.push_back(table_.decided(i));
    multiclass_.group = group_;
    // The one number that everybody asks of several classes, whatever the list.
    const auto is_accuracy = [](const Named& m) { return m.name == "accuracy"; };
    if (std::none_of(metrics_.begin(), metrics_.end(), is_accuracy)) {
      const auto accuracy =
          registry::make<metric::Metric>({"accuracy"}, {.level = settings_.level, .sampling = settings_.sampling});
      add({}, "accuracy", *accuracy->evaluate_all(multiclass_), {});
    }
    for (const Named& m : metrics_) {
      auto estimate = m.metric->evaluate_all(multiclass_);
      if (!estimate) continue;
      add({}, m.name, std::move(*estimate),
          m.metric->bootstraps() ? m.metric->reweighted_all(multiclass_) : stat::Reweighted{});
    }
  }

  /// Samples of a class in each draw, by which the weighted mean weighs. They vary where patients have several films.
  void add_support(std::size_t c) {
    const metric::Binary& all = kept(binary(c, 0, table_.rows()));
    const auto of = [&all](std::span<const std::uint32_t> weight) {
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < weight.size(); ++i) sum += all.positive[i] != 0 ? weight[i] : 0;
      return std::optional(static_cast<double>(sum));
    };
    add({}, {}, {.value = of(std::vector<std::uint32_t>(table_.rows(), 1))}, of, static_cast<int>(c));
  }

  void add_predictive_values() {
    const metric::Binary& all = kept(binary(table_.positive, 0, table_.rows()));
    const std::string& name = table_.classes[table_.positive];
    for (const double prevalence : slice_ ? std::vector<double>{} : settings_.prevalence) {
      if (!(prevalence > 0 && prevalence < 1)) continue;
      const auto both = [&](const auto& counts) {
        add(name, "ppv_at_" + sample::detail::number_text(prevalence),
            stat::ppv_at(prevalence, counts, settings_.level), {});
        add(name, "npv_at_" + sample::detail::number_text(prevalence),
            stat::npv_at(prevalence, counts, settings_.level), {});
      };
      if (all.group.empty()) {
        both(stat::count(all.positive, all.decided));
      } else {
        both(std::span<const stat::BinaryCounts>(stat::count_by_group(all.positive, all.decided, all.group)));
      }
    }
  }

  /// Gives an interval to what has none. Means over classes need the draws of every class.
  void draw() {
    std::vector<Quantity*> wanting;
    std::vector<stat::Reweighted> statistics;
    for (Quantity& q : quantities_) {
      const bool lacks = q.row.estimate.value && !q.row.estimate.low;
      if (!q.reweighted || !(lacks || (!table_.binary() && q.class_index >= 0))) continue;
      wanting.push_back(&q);
      statistics.push_back(q.reweighted);
    }
    if (wanting.empty() || settings_.draws <= 0) return;
    std::vector<int> label;
    std::vector<int> fold;
    for (std::size_t f = 0; f < folds_.size(); ++f) {
      for (std::size_t i = folds_[f].first; i < folds_[f].second; ++i) {
        label.push_back(static_cast<int>(f * table_.classes.size()) + table_.truth[i]);
        fold.push_back(static_cast<int>(f));
      }
    }
    const stat::Resample resample = stat::Resample::make(settings_.sampling, group_, label, fold, settings_.seed);
    few_ = resample.small_sample();
    auto values = stat::bootstrap(resample, statistics, settings_.draws, settings_.threads);
    std::vector<Quantity*> left;
    std::vector<stat::Reweighted> again;
    for (std::size_t s = 0; s < wanting.size(); ++s) {
      Quantity& q = *wanting[s];
      q.draws = std::move(values[s]);
      if (q.row.estimate.low) continue;
      set_interval(q.row.estimate, q.draws, q.on_logit_scale, settings_.sampling);
      if (q.row.estimate.low || q.hangs_on_prevalence || settings_.sampling == stat::Sampling::by_class) continue;
      left.push_back(&q);
      again.push_back(statistics[s]);
    }
    if (left.empty()) return;
    values = stat::bootstrap(stat::Resample(group_, label, settings_.seed), again, settings_.draws, settings_.threads);
    for (std::size_t s = 0; s < left.size(); ++s) {
      set_interval(left[s]->row.estimate, values[s], left[s]->on_logit_scale, stat::Sampling::by_class);
    }
  }
  void set_interval(stat::Estimate& e, const std::vector<double>& draws, bool on_logit_scale,
                    stat::Sampling sampling) const {
    if (!e.value) return;
    const auto interval = on_logit_scale ? stat::logit_interval(*e.value, draws, settings_.level, few_)
                                         : stat::percentile_interval(draws, settings_.level, few_);
    if (!interval) return;
    e.low = interval->low;
    e.high = interval->high;
    e.method += (e.method.empty() ? "" : ", ") + std::string(on_logit_scale ? "logit-" : "") +
                (group_.empty() ? "bootstrap" : "cluster-bootstrap") +
                (sampling == stat::Sampling::by_class ? ", by class" : "");
  }

  /// The mean over classes of every number that they have, in the sample and in each draw.
  void add_means(stat::ClassAverage average) {
    std::map<std::string, std::vector<const Quantity*>> by_metric;
    std::vector<std::string> order;
    std::vector<const Quantity*> support;
    for (const Quantity& q : quantities_) {
      if (q.class_index < 0) continue;
      if (q.row.metric.empty()) {
        support.push_back(&q);
        continue;
      }
      auto& mine = by_metric[q.row.metric];
      if (mine.empty()) order.push_back(q.row.metric);
      mine.push_back(&q);
    }
    std::vector<Assessed> rows;
    for (const std::string& metric : order) {
      const auto& each = by_metric.at(metric);
      const auto mean = [&](auto value, auto weight) {
        double sum = 0;
        double total = 0;
        for (std::size_t c = 0; c < each.size(); ++c) {
          const double w = average == stat::ClassAverage::macro ? 1 : weight(*support[c]);
          if (w > 0) sum += w * value(*each[c]);
          total += w;
        }
        return sum / total;
      };
      const auto now = [](const Quantity& q) {
        return q.row.estimate.value.value_or(std::numeric_limits<double>::quiet_NaN());
      };
      stat::Estimate e{.level = settings_.level, .n = static_cast<std::int64_t>(table_.rows())};
      if (const double value = mean(now, now); !std::isnan(value)) e.value = value;
      const bool drawn = std::all_of(each.begin(), each.end(), [](const Quantity* q) { return !q->draws.empty(); });
      if (e.value && drawn) {
        std::vector<double> draws;
        for (std::size_t b = 0; b < each[0]->draws.size(); ++b) {
          const auto then = [b](const Quantity& q) { return q.draws[b]; };
          draws.push_back(mean(then, then));
        }
        set_interval(e, draws, each[0]->on_logit_scale, settings_.sampling);
      }
      rows.push_back(
          {.unit = {}, .class_name = stat::name_of(average, table_.classes), .metric = metric, .estimate = e});
    }
    for (Assessed& row : rows) quantities_.push_back({.row = std::move(row)});
  }

  const metric::Binary& kept(metric::Binary b) {
    return *binaries_.emplace_back(std::make_unique<metric::Binary>(std::move(b)));
  }

  const AssessmentSettings& settings_;
  bool slice_;
  ScoredTable table_;
  std::vector<std::uint32_t> group_;                        ///< empty where no patient has several rows
  std::vector<std::pair<std::size_t, std::size_t>> folds_;  ///< their rows, [from, to)
  std::vector<Named> metrics_;
  std::vector<std::unique_ptr<metric::Binary>> binaries_;  ///< what closures refer to
  metric::Multiclass multiclass_;
  std::vector<Quantity> quantities_;
  stat::SmallSample few_;  ///< of what was drawn
};

}  // namespace youden::evaluate::detail
