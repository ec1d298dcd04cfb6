#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/gnuplot.hpp"
#include "youden/base/text.hpp"
#include "youden/compare/comparison.hpp"
#include "youden/stat/precision_recall.hpp"
#include "youden/stat/roc.hpp"

namespace youden::compare {

namespace detail {

/// Told apart without colour vision too (Okabe & Ito).
inline constexpr std::array<const char*, 7> kCurveColours{"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                          "#e69f00", "#56b4e9", "#000000"};

inline std::string roc_points(const stat::RocCurve& curve) {
  std::string out;
  for (const stat::RocPoint& p : curve.points) {
    out += fmt::format("{:.6g} {:.6g}\n", 1 - *curve.specificity(p), *curve.sensitivity(p));
  }
  return out + "e\n";
}
inline std::string precision_points(const stat::RocCurve& curve) {
  const auto points = stat::precision_recall(curve);
  std::string out = fmt::format("0 {:.6g}\n", points.front().precision);  // up to the first recall, as AP counts it
  for (const auto& p : points) out += fmt::format("{:.6g} {:.6g}\n", p.recall, p.precision);
  return out + "e\n";
}

}  // namespace detail

/// The gnuplot script of every run's ROC curve over each other, and of their precision-recall curves beside them, each
/// run on its own part, first replicate, the scores of all folds together. `terminal` is png or svg.
inline std::string curves_script(const Comparison& c, const std::string& terminal, const std::string& output) {
  std::vector<stat::RocCurve> curves;
  for (std::size_t i = 0; i < c.runs.size(); ++i) {
    const auto samples = detail::compared_samples(c.parts[i], c.runs.front());
    if (!samples.positive) throw base::ConfigError({"curves need a positive class, but the runs name none", "--plot"});
    std::vector<std::uint8_t> positive;
    for (const int label : samples.label) positive.push_back(label == *samples.positive ? 1 : 0);
    const auto& score = c.parts[i].replicates.front().scores.score[static_cast<std::size_t>(*samples.positive)];
    curves.push_back(stat::roc(positive, score));
    if (curves.back().positives == 0 || curves.back().negatives == 0) {
      throw base::DataError({"curves need samples of both classes, but part " + c.choice.parts[i] + " of " +
                                 detail::name_of(c.runs[i]) + " has one only",
                             "--plot"});
    }
  }
  std::string script =
      terminal == "svg"
          ? "set terminal svg size 1300,620 enhanced font 'DejaVu Sans,13' background rgb '#ffffff'\n"
          : "set terminal pngcairo size 1300,620 enhanced font 'DejaVu Sans,12' background rgb '#ffffff'\n";
  script += fmt::format(R"(set output {}
set multiplot layout 1,2
set border 3 lc rgb "#555555"
set tics nomirror out scale 0.6 textcolor rgb "#444444"
set grid lc rgb "#e6e6e6" lt 1 lw 1
set size square
set xrange [0:1]
set yrange [0:1.02]
)",
                        base::gnuplot_quoted(output));
  const auto panel = [&](const char* title, const char* x, const char* y, const char* key, const char* style,
                         const std::string& diagonal, auto&& points) {
    script += fmt::format("set title '{}'\nset xlabel '{}'\nset ylabel '{}'\nset key {}\nplot {}", title, x, y, key,
                          diagonal);
    for (std::size_t i = 0; i < curves.size(); ++i) {
      script += fmt::format("{}'-' with {} lw 2.4 dt {} lc rgb '{}' title {} noenhanced", i == 0 ? "" : ", ", style,
                            i % 5 + 1, detail::kCurveColours[i % detail::kCurveColours.size()],
                            base::gnuplot_quoted(fmt::format("{} (run {})", c.runs[i].name, c.runs[i].id)));
    }
    script += "\n";
    for (const auto& curve : curves) script += points(curve);
  };
  panel("ROC", "1 − specificity", "sensitivity", "bottom right", "lines",
        "x with lines lw 1 lc rgb '#bbbbbb' notitle, ", detail::roc_points);
  panel("precision-recall", "recall (sensitivity)", "precision (PPV)", "bottom left", "fsteps", "",
        detail::precision_points);
  return script + "unset multiplot\n";
}

/// Draws them to a .png or .svg and returns its absolute path. Throws ConfigError for another ending, StoreError when
/// gnuplot is absent or fails.
inline std::filesystem::path plot_curves(const Comparison& c, const std::filesystem::path& target) {
  const std::string ending = base::lower(target.extension().string());
  if (ending != ".png" && ending != ".svg") {
    throw base::ConfigError(
        {"'" + target.string() + "' is neither a .png nor a .svg", "--plot", "write --plot curves.png"});
  }
  base::run_gnuplot(target, [&](const std::string& output) { return curves_script(c, ending.substr(1), output); });
  return std::filesystem::absolute(target);
}

}  // namespace youden::compare
