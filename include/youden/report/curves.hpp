#pragma once
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "youden/config/json.hpp"
#include "youden/report/series.hpp"
#include "youden/stat/precision_recall.hpp"
#include "youden/stat/roc.hpp"

namespace youden::report {

/// The corners of a ROC curve: what lies on the straight line between its neighbours is left out, exactly, in integers.
inline std::vector<stat::RocPoint> corners(const std::vector<stat::RocPoint>& points) {
  std::vector<stat::RocPoint> out;
  for (const stat::RocPoint& p : points) {
    while (out.size() >= 2) {
      const stat::RocPoint& a = out[out.size() - 2];
      const stat::RocPoint& b = out.back();
      if ((b.tp - a.tp) * (p.fp - b.fp) != (p.tp - b.tp) * (b.fp - a.fp)) break;
      out.pop_back();
    }
    out.push_back(p);
  }
  return out;
}

namespace detail {

using config::Json;

/// A millionth is finer than any screen; null where the number is not finite.
inline Json rounded(double v) { return std::isfinite(v) ? Json(std::round(v * 1e6) / 1e6) : Json(); }

/// One line of a chart; points are [x, y, what it says].
inline Json line(const Series& s, int color, Json points) {
  return {{"label", s.label}, {"color", color}, {"thin", !s.main}, {"points", std::move(points)}};
}
inline Json reference(const std::string& label, Json points) {
  return {{"label", label}, {"color", 7}, {"dash", true}, {"points", std::move(points)}};
}

/// [1 − specificity, sensitivity, threshold (null: above every score)]
inline Json roc_points(const stat::RocCurve& curve) {
  Json points = Json::array();
  for (const stat::RocPoint& p : corners(curve.points)) {
    points.push_back({rounded(1 - curve.specificity(p).value_or(0)), rounded(curve.sensitivity(p).value_or(0)),
                      std::isinf(p.threshold) ? Json() : Json(p.threshold)});
  }
  return points;
}

/// [recall, precision, threshold], from the first positive on. What shares its recall with both neighbours is on a
/// vertical line and left out.
inline Json precision_recall_points(const std::vector<stat::PrecisionRecallPoint>& curve) {
  Json points = Json::array();
  for (std::size_t i = 0; i < curve.size(); ++i) {
    const auto& p = curve[i];
    const bool inside =
        i > 0 && i + 1 < curve.size() && curve[i - 1].recall == p.recall && curve[i + 1].recall == p.recall;
    if (inside || p.recall == 0) continue;
    if (points.empty()) points.push_back({0, rounded(p.precision), p.threshold});
    points.push_back({rounded(p.recall), rounded(p.precision), p.threshold});
  }
  return points;
}

}  // namespace detail
}  // namespace youden::report
