#pragma once
#include <algorithm>
#include <string>

#include "youden/registry/registry.hpp"

namespace youden::metric {

/// What a metric's value hangs on. counts: on decisions, hence on the threshold. ranks: on the order of scores alone;
/// a cross-validation then gives the mean over folds, and `<id>_pooled` beside it, of all scores together.
/// probabilities: on the scores as numbers.
enum class Needs { counts, ranks, probabilities };

/// What the house knows of a metric beside its numbers. All of it stands at the registration line:
///
///     {"my_metric", "help", {{"maximised", true}, {"title", "My metric"}, {"range", {0, 1}}, {"needs", "counts"},
///                            {"slices", true}}}
struct Facts {
  std::string direction = "none";  ///< max, min, or none: neither more nor less is better
  std::string title;               ///< in headings; its id with spaces where none is given
  double least = 0;                ///< where a scale of it begins
  Needs needs = Needs::counts;
  bool pooled = false;  ///< of all folds' scores together, where the metric is else a mean over folds
  bool slices = false;  ///< belongs into a table of slices

  [[nodiscard]] bool hangs_on_threshold() const { return needs == Needs::counts; }
  /// Whether a fold's temperature changes it.
  [[nodiscard]] bool hangs_on_scale() const { return needs != Needs::ranks || pooled; }
};

inline constexpr const char* kPooled = "_pooled";

/// Of a metric's id in a database or an objective: `auc`, `auc_pooled`, `ppv_at_0.05`.
inline Facts facts_of(const std::string& id) {
  const std::string pooled = kPooled;
  const bool of_all = id.ends_with(pooled);
  const std::string name = of_all ? id.substr(0, id.size() - pooled.size()) : id;
  Facts f{.title = name, .pooled = of_all};
  std::replace(f.title.begin(), f.title.end(), '_', ' ');
  if (!f.title.empty() && f.title[0] >= 'a' && f.title[0] <= 'z')
    f.title[0] = static_cast<char>(f.title[0] - 'a' + 'A');
  const config::Description* d = registry::catalog().find("metric", name);
  if (d == nullptr) {  // a predictive value at a prevalence that the user named
    if (name.starts_with("ppv_at_") || name.starts_with("npv_at_")) f.direction = "max";
    return f;
  }
  const config::Json& traits = d->traits;
  if (traits.contains("maximised")) f.direction = traits.at("maximised").get<bool>() ? "max" : "min";
  f.title = traits.value("title", f.title) + (of_all ? ", folds pooled" : "");
  if (traits.contains("range")) f.least = traits.at("range").at(0).get<double>();
  const std::string needs = traits.value("needs", std::string("counts"));
  f.needs = needs == "ranks" ? Needs::ranks : needs == "probabilities" ? Needs::probabilities : Needs::counts;
  f.slices = traits.value("slices", false);
  return f;
}

}  // namespace youden::metric
