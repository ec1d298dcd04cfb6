#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "youden/evaluate/classification_report.hpp"
#include "youden/sample/part.hpp"
#include "youden/stat/confusion.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/scored.hpp"

namespace youden::show {

namespace detail {

inline std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{:.4f}", *value) : "undefined";
}

/// `sensitivity        1.0000  [0.4782, 1.0000]  95 % clopper-pearson, n = 5`
inline std::string line(const std::string& name, const store::PooledResult& r) {
  const stat::Estimate& e = r.estimate;
  std::string out = fmt::format("{:<18} {}", name, number(e.value));
  if (r.sd) out += fmt::format(" ± {:.4f} (sd)", *r.sd);
  if (e.low && e.high)
    out += fmt::format("  [{:.4f}, {:.4f}]  {:.0f} % {}", *e.low, *e.high, e.level * 100, e.method);
  else if (!e.method.empty())
    out += "  " + e.method;
  return out + fmt::format(", n = {}\n", e.n);
}

inline std::string matrix(const store::Confusion& c) {
  std::size_t name = 4;
  for (const auto& label : c.labels) name = std::max(name, evaluate::detail::text_width(label));
  const std::size_t width = std::max<std::size_t>(6, name) + 2;
  const auto right = [&](const std::string& text) { return evaluate::detail::right_aligned(text, width); };
  std::string out = "confusion matrix (rows: truth, columns: decision)\n" + std::string(name, ' ');
  for (const auto& label : c.labels) out += right(label);
  out += "\n";
  for (std::size_t i = 0; i < c.labels.size(); ++i) {
    out += evaluate::detail::right_aligned(c.labels[i], name);
    for (const auto n : c.matrix[i]) out += right(std::to_string(n));
    out += "\n";
  }
  return out;
}

}  // namespace detail

/// What a person reads when a run ends: the classification report as scikit-learn prints it, the confusion matrix, and
/// the headline numbers with their intervals, for the out-of-fold or test part (else validation).
inline std::string summary(store::Database& db, std::int64_t id) {
  const store::RunRecord run = store::read_run(db, id);
  const store::PooledResults results = store::read_pooled(db, id);
  std::string out;
  for (const sample::Part each : sample::kHeldOut) {
    const std::string part = sample::name_of(each);
    const auto found = results.find(part);
    if (found == results.end() || (part == "val" && !out.empty())) continue;
    const store::Confusion c = store::read_confusion(db, run, part);
    stat::ConfusionMatrix matrix(c.labels.size());
    for (std::size_t i = 0; i < c.labels.size(); ++i) {
      for (std::size_t j = 0; j < c.labels.size(); ++j) matrix.add(i, j, c.matrix[i][j]);
    }
    out += fmt::format("\n{} part, {} {}{}\n\n",
                       part == "oof"   ? "out-of-fold"
                       : part == "val" ? "validation"
                                       : "test",
                       matrix.total(), run.unit == "patient" ? "patients" : "samples",
                       run.replicates > 1 ? " (replicate 1; the numbers below are means)" : "");
    out += evaluate::to_text(evaluate::classification_report(matrix, c.labels)) + "\n" + detail::matrix(c) + "\n";
    if (!run.positive.empty()) out += fmt::format("positive: {}", run.positive);
    const auto& metrics = found->second;
    if (const auto s = metrics.find("sensitivity"); s != metrics.end() && s->second.threshold) {
      out += fmt::format(", called when its probability is at least {:.4g}", *s->second.threshold);
    }
    out += "\n";
    for (const char* name : {"accuracy", "sensitivity", "specificity", "youden_j", "auc", "auc_pooled"}) {
      if (const auto it = metrics.find(name); it != metrics.end()) out += detail::line(name, it->second);
    }
  }
  return out;
}

}  // namespace youden::show
