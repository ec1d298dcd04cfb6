#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "youden/evaluate/model_scores.hpp"
#include "youden/metric/metric.hpp"

namespace youden::evaluate {

namespace detail {

/// One class against the rest, of the samples that `member` lists.
inline metric::Binary against_rest(const ComparedSamples& samples, const ModelScores& model, int positive,
                                   std::span<const std::size_t> member) {
  metric::Binary b;
  for (const std::size_t i : member) {
    b.positive.push_back(samples.label[i] == positive ? 1 : 0);
    b.score.push_back(model.score[static_cast<std::size_t>(positive)][i]);
    b.decided.push_back(model.decided[i] == positive ? 1 : 0);
    if (!samples.group.empty()) b.group.push_back(samples.group[i]);
  }
  return b;
}

inline std::vector<std::vector<std::size_t>> members_of_folds(const ModelScores& model, std::size_t samples) {
  std::map<int, std::vector<std::size_t>> folds;
  for (std::size_t i = 0; i < samples; ++i) folds[model.fold.empty() ? 0 : model.fold[i]].push_back(i);
  std::vector<std::vector<std::size_t>> out;
  for (auto& [fold, members] : folds) out.push_back(std::move(members));
  return out;
}

/// A metric on a share of the samples.
struct Piece {
  std::vector<std::size_t> members;
  std::unique_ptr<metric::Binary> data;  ///< the metric's closure refers to it
  stat::Reweighted value;
};

inline Piece make_piece(const std::shared_ptr<const metric::Metric>& metric, const ComparedSamples& samples,
                        const ModelScores& model, int positive, std::vector<std::size_t> members) {
  Piece piece{std::move(members), nullptr, {}};
  piece.data = std::make_unique<metric::Binary>(against_rest(samples, model, positive, piece.members));
  piece.value = metric->reweighted(*piece.data);
  return piece;
}

inline metric::Multiclass all_classes(const ComparedSamples& samples, const ModelScores& model) {
  metric::Multiclass m{.classes = samples.classes,
                       .truth = samples.label,
                       .probability = {},
                       .decided = model.decided,
                       .group = samples.group};
  for (std::size_t i = 0; i < samples.label.size(); ++i) {
    for (const auto& column : model.score) m.probability.push_back(column[i]);
  }
  return m;
}

}  // namespace detail

/// The metric's one value over all classes; nothing for a metric that is one class against the rest.
inline std::optional<stat::Reweighted> reweighted_all(const std::shared_ptr<const metric::Metric>& metric,
                                                      const ComparedSamples& samples, const ModelScores& model) {
  const auto data = std::make_shared<const metric::Multiclass>(detail::all_classes(samples, model));
  if (!metric->evaluate_all(*data)) return {};
  return [metric, data, value = metric->reweighted_all(*data)](std::span<const std::uint32_t> weight) {
    return value(weight);
  };
}

/// A metric of one model as a statistic of sample weights: against the rest for the positive class, else the mean over
/// all classes (macro). Metrics that compare scores are means over folds, unless `pooled`.
inline stat::Reweighted reweighted(const std::shared_ptr<const metric::Metric>& metric, const ComparedSamples& samples,
                                   const ModelScores& model, bool pooled = false) {
  std::vector<int> classes;
  if (samples.positive) {
    classes = {*samples.positive};
  } else {
    for (std::size_t c = 0; c < samples.classes; ++c) classes.push_back(static_cast<int>(c));
  }
  auto pieces = std::make_shared<std::vector<detail::Piece>>();
  for (const int c : classes) {
    auto folds = detail::members_of_folds(model, samples.label.size());
    if (pooled || !metric->ranks()) {
      std::vector<std::size_t> all;
      for (const auto& members : folds) all.insert(all.end(), members.begin(), members.end());
      std::sort(all.begin(), all.end());
      folds = {std::move(all)};
    }
    for (auto& members : folds) {
      pieces->push_back(detail::make_piece(metric, samples, model, c, std::move(members)));
    }
  }
  return [metric, pieces](std::span<const std::uint32_t> weight) -> std::optional<double> {
    double sum = 0;
    std::vector<std::uint32_t> mine;
    for (const detail::Piece& piece : *pieces) {
      const bool all = piece.members.size() == weight.size();  // then in the samples' order
      mine.clear();
      for (std::size_t k = 0; k < piece.members.size() && !all; ++k) mine.push_back(weight[piece.members[k]]);
      const auto value = piece.value(all ? weight : std::span<const std::uint32_t>(mine));
      if (!value) return {};
      sum += *value;
    }
    return sum / static_cast<double>(pieces->size());
  };
}

}  // namespace youden::evaluate
