#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/metric/metric.hpp"
#include "youden/metric/operating_point.hpp"
#include "youden/metric/rates.hpp"
#include "youden/registry/registry.hpp"
#include "youden/run/experiment.hpp"
#include "youden/run/materials.hpp"
#include "youden/store/rows.hpp"
#include "youden/train/predictions.hpp"

namespace youden::run {

/// What one replicate predicted: fold -> part -> predictions.
using FoldPredictions = std::map<int, std::map<std::string, train::Predictions>>;

inline metric::ThresholdRule threshold_rule(const Experiment& e) {
  if (const double* fixed = config::value_of(e.threshold)) return {metric::ThresholdRule::Kind::fixed, *fixed};
  return metric::parse_threshold_rule(std::get<std::string>(e.threshold), "threshold");
}

/// The operating point of each fold: chosen on its validation part, else on all out-of-fold scores together.
inline std::map<int, double> choose_thresholds(const Experiment& e, const Materials& m, const FoldPredictions& folds) {
  const metric::ThresholdRule rule = threshold_rule(e);
  const auto choose = [&](const train::Predictions& p) {
    const metric::Binary b = p.binary(m.positive, 0.5);
    return metric::choose_threshold(rule, b.positive, b.score).threshold;
  };
  std::map<int, double> out;
  if (rule.kind == metric::ThresholdRule::Kind::fixed) {
    for (const auto& [fold, parts] : folds) out[fold] = rule.value;
    return out;
  }
  train::Predictions oof;
  for (const auto& [fold, parts] : folds) {
    if (parts.contains("oof")) oof.append(parts.at("oof"));
  }
  for (const auto& [fold, parts] : folds) out[fold] = choose(parts.contains("val") ? parts.at("val") : oof);
  return out;
}

namespace detail {

class ResultBuilder {
 public:
  ResultBuilder(const Experiment& e, const Materials& m, int replicate) : e_(e), m_(m), replicate_(replicate) {}

  /// Every metric of one part over the given folds; `fold` −1 stands for all of them.
  void add(const std::string& part, int fold, const FoldPredictions& folds, const std::map<int, double>& thresholds) {
    part_ = part;
    fold_ = fold;
    std::vector<std::pair<const train::Predictions*, double>> pieces;
    std::set<std::string> patients;
    std::set<double> used;
    for (const auto& [f, parts] : folds) {
      const auto it = parts.find(part);
      if (it == parts.end() || (fold >= 0 && f != fold)) continue;
      pieces.emplace_back(&it->second, thresholds.at(f));
      used.insert(thresholds.at(f));
      for (const std::size_t i : it->second.samples) {
        if (const auto& group = m_.dataset.manifest().samples[i].group; !group.empty()) patients.insert(group);
      }
    }
    if (pieces.empty()) return;
    n_patients_.reset();
    if (!patients.empty()) n_patients_ = static_cast<std::int64_t>(patients.size());
    threshold_.reset();
    if (m_.classes.size() == 2 && used.size() == 1) threshold_ = *used.begin();
    if (m_.classes.size() == 2) {
      one_against_rest(m_.positive, pieces);
      return;
    }
    metric::BinaryCounts right;
    for (const auto& [p, threshold] : pieces) {
      for (std::size_t i = 0; i < p->samples.size(); ++i) ++(p->argmax(i) == p->labels[i] ? right.tp : right.fn);
    }
    push("", "accuracy", metric::accuracy(right));
    for (std::size_t c = 0; c < m_.classes.size(); ++c) one_against_rest(static_cast<int>(c), pieces);
  }

  std::vector<store::ResultRow> rows;

 private:
  using Pieces = std::vector<std::pair<const train::Predictions*, double>>;

  void one_against_rest(int positive, const Pieces& pieces) {
    std::vector<metric::Binary> each;
    metric::Binary all;
    for (const auto& [p, threshold] : pieces) {
      each.push_back(p->binary(positive, threshold));
      const metric::Binary& b = each.back();
      all.positive.insert(all.positive.end(), b.positive.begin(), b.positive.end());
      all.score.insert(all.score.end(), b.score.begin(), b.score.end());
      all.decided.insert(all.decided.end(), b.decided.begin(), b.decided.end());
    }
    const std::string& name = m_.classes[static_cast<std::size_t>(positive)];
    for (const config::Component& component : e_.metrics) {
      const auto metric = registry::make<metric::Metric>(component);
      const bool ranks = component.type == "auc" || component.type == "average_precision";
      if (ranks && each.size() > 1) {  // scores of different folds are not on one scale
        push(name, component.type, mean_over_folds(*metric, each));
        push(name, component.type + "_pooled", metric->evaluate(all));
      } else {
        push(name, component.type, metric->evaluate(all));
      }
    }
  }

  static metric::Estimate mean_over_folds(const metric::Metric& metric, const std::vector<metric::Binary>& folds) {
    metric::Estimate mean{.value = 0.0, .method = "mean of " + std::to_string(folds.size()) + " folds"};
    for (const metric::Binary& fold : folds) {
      const metric::Estimate one = metric.evaluate(fold);
      mean.n += one.n;
      if (!one.value || !mean.value) {
        mean.value.reset();
      } else {
        *mean.value += *one.value / static_cast<double>(folds.size());
      }
    }
    return mean;
  }

  void push(const std::string& class_name, const std::string& metric, metric::Estimate estimate) {
    rows.push_back({.replicate = replicate_,
                    .fold = fold_,
                    .part = part_,
                    .class_name = class_name,
                    .threshold = threshold_,
                    .metric = metric,
                    .estimate = std::move(estimate),
                    .n_patients = n_patients_});
  }

  const Experiment& e_;
  const Materials& m_;
  int replicate_;
  int fold_ = -1;
  std::string part_;
  std::optional<double> threshold_;
  std::optional<std::int64_t> n_patients_;
};

}  // namespace detail

/// All result rows of one replicate: pooled (fold −1), and by fold where there are several.
inline std::vector<store::ResultRow> evaluate(const Experiment& e, const Materials& m, int replicate,
                                              const FoldPredictions& folds, const std::map<int, double>& thresholds) {
  detail::ResultBuilder builder(e, m, replicate);
  for (const char* part : {"val", "test", "oof"}) {
    builder.add(part, -1, folds, thresholds);
    if (folds.size() < 2) continue;
    for (const auto& [fold, parts] : folds) builder.add(part, fold, folds, thresholds);
  }
  return std::move(builder.rows);
}

}  // namespace youden::run
