#pragma once
#include <fmt/format.h>

#include "youden/audit/finding.hpp"
#include "youden/audit/predictability.hpp"
#include "youden/base/progress.hpp"
#include "youden/run/control_training.hpp"
#include "youden/run/workbench.hpp"
#include "youden/sample/part.hpp"

namespace youden::run {

/// Share of each side that the border control blacks out: lungs reach far out, so that less would leave some to see.
inline constexpr double kBlackout = 0.8;

/// The run once more on films of which only the outermost tenth of each side is left: markers, captions, collimation,
/// the scanner's habits. What is told from them is no disease. Fails where the AUC is above ½ at its lower limit. The
/// bench sees nothing but borders from then on.
inline audit::Finding border_control(Workbench& bench, base::Progress& progress) {
  const Materials& m = bench.materials;
  const sample::Part part = control_part(m);
  bench.black_out_centre(kBlackout);
  ControlScores scores(m);
  for (int f = 0; f < static_cast<int>(m.folds().size()); ++f) {
    progress.update("control border", static_cast<std::size_t>(f), m.folds().size());
    bench.turn_to(0, f);
    scores.add(f, train_control(bench, bench.task(0, f), part));
  }
  const stat::Estimate auc = scores.auc();
  audit::Finding out{.rule = "border-control", .value = auc.value, .text = {}};
  out.severity = !auc.low ? audit::Severity::warn : *auc.low > 0.5 ? audit::Severity::fail : audit::Severity::pass;
  const auto number = [](const std::optional<double>& v) { return v ? config::Json(*v) : config::Json(); };
  out.evidence = {{"low", number(auc.low)}, {"high", number(auc.high)},     {"method", auc.method}, {"n", auc.n},
                  {"blackout", kBlackout},  {"part", sample::name_of(part)}};
  const char* verdict = out.severity == audit::Severity::fail   ? "the border alone tells the label"
                        : out.severity == audit::Severity::warn ? "no interval: too few films to judge"
                                                                : "the border alone does not tell the label";
  out.text = fmt::format("trained anew with the central {:.0f} % of each side black: {} in the {} part; {}",
                         100 * kBlackout, audit::auc_text(auc), sample::name_of(part), verdict);
  return out;
}

}  // namespace youden::run
