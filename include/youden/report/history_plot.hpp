#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/gnuplot.hpp"
#include "youden/store/run_reader.hpp"

namespace youden::report {

namespace detail {

/// Mean over folds and replicates of one curve, by epoch.
using Curve = std::map<int, std::pair<double, int>>;

inline std::string points(const Curve& curve) {
  std::string out;
  for (const auto& [epoch, sum] : curve) out += fmt::format("{} {:.9g}\n", epoch, sum.first / sum.second);
  return out + "e\n";
}

}  // namespace detail

/// The gnuplot script of a run's learning curves: loss on the left, accuracy on the right, train beside validation (or
/// beside the test part where the experiment draws that).
inline std::string history_script(const store::RunRecord& run, const std::vector<store::HistoryPoint>& history,
                                  const std::string& output) {
  std::map<std::pair<std::string, std::string>, detail::Curve> curves;  // (part, metric)
  int last = 1;
  for (const auto& h : history) {
    if (h.part == "refit") continue;  // what was chosen, once more on more films
    if (!h.value || (h.metric != "loss" && h.metric != "accuracy")) continue;
    auto& [sum, n] = curves[{h.part, h.metric}][h.epoch];
    sum += *h.value;
    ++n;
    last = std::max(last, h.epoch);
  }
  const std::string other = curves.contains({"val", "loss"}) ? "val" : curves.contains({"test", "loss"}) ? "test" : "";
  const std::string other_name = other == "val" ? "validation" : "test";
  std::string script =
      fmt::format(R"(set terminal pngcairo size 1400,620 enhanced font "DejaVu Sans,12" background rgb "#ffffff"
set output {}
set multiplot layout 1,2 title {} font "DejaVu Sans,16" offset 0,-0.3 noenhanced
set border 3 lc rgb "#555555"
set tics nomirror out scale 0.6 textcolor rgb "#444444"
set grid ytics lc rgb "#e6e6e6" lt 1 lw 1
set xrange [{}:{}]
set xlabel "epoch" textcolor rgb "#444444"
set lmargin 9
set rmargin 3
set style line 1 lc rgb "#1f5fa8" lw 2.6 pt 7 ps 0.7
set style line 2 lc rgb "#d1661f" lw 2.6 pt 5 ps 0.7
)",
                  base::gnuplot_quoted(output), base::gnuplot_quoted(fmt::format("{} — run {}", run.name, run.id)),
                  last == 1 ? "0" : "1", last == 1 ? 2 : last);
  for (const std::string metric : {"loss", "accuracy"}) {
    script += metric == "loss" ? "set title \"loss (cross-entropy)\" textcolor rgb \"#222222\"\nset yrange [0:*]\nset "
                                 "key top right spacing 1.2\n"
                               : "set title \"accuracy\" textcolor rgb \"#222222\"\nset yrange [0:1.02]\nset key "
                                 "bottom right spacing 1.2\n";
    const std::string style = last > 60 ? "lines" : "linespoints";
    script += fmt::format("plot '-' with {} ls 1 title \"train\"", style);
    if (!other.empty()) script += fmt::format(", '-' with {} ls 2 title \"{}\"", style, other_name);
    script += "\n" + detail::points(curves[{"train", metric}]);
    if (!other.empty()) script += detail::points(curves[{other, metric}]);
  }
  return script + "unset multiplot\n";
}

/// Draws `plot.png` of a run into its folder. Throws StoreError when gnuplot is absent or fails.
inline std::filesystem::path plot_history(store::Database& db, std::int64_t run, const std::filesystem::path& folder) {
  auto target = folder / "plot.png";
  const store::RunRecord record = store::read_run(db, run);
  const auto history = store::read_history(db, run);
  base::run_gnuplot(target, [&](const std::string& output) { return history_script(record, history, output); });
  return target;
}

}  // namespace youden::report
