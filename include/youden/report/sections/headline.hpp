#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/metric/facts.hpp"
#include "youden/report/page/html.hpp"
#include "youden/report/page/section.hpp"
#include "youden/report/run_data.hpp"
#include "youden/report/words.hpp"
#include "youden/stat/class_average.hpp"

namespace youden::report {

namespace detail {

/// A number with its interval drawn on its scale, which ends at 1.
inline std::string tile(const std::string& id, const store::PooledResult& r, const std::string& more = {}) {
  const stat::Estimate& e = r.estimate;
  const double least = metric::facts_of(id).least;
  const auto place = [&](double v) { return 100 * std::clamp((v - least) / (1 - least), 0.0, 1.0); };
  std::string out = fmt::format("<div class=\"tile\"><div class=\"name\">{}</div><div class=\"value{}\">{}</div>",
                                escape(metric_title(id) + more), e.value ? "" : " undefined", number(e.value));
  if (e.value && e.low && e.high) {
    out += fmt::format(
        "<div class=\"bar-track\" aria-hidden=\"true\"><i style=\"left:{:.1f}%;width:{:.1f}%\"></i>"
        "<b style=\"left:{:.1f}%\"></b></div><div class=\"interval\">{}{}</div>",
        place(*e.low), place(*e.high) - place(*e.low), place(*e.value), interval_text(e),
        too_wide(e) ? " <span class=\"flag warn\">wide</span>" : "");
  }
  return out + fmt::format("<div class=\"soft small\">{}n = {}</div></div>",
                           e.method.empty() ? "" : escape(e.method) + ", ", e.n);
}

inline std::vector<std::string> headline_metrics(const RunData& d, const std::string& part) {
  std::vector<std::string> out;
  for (const char* id : {"youden_j", "sensitivity", "specificity", "auc", "accuracy"}) {
    if (d.result(part, id) != nullptr && out.size() < 4) out.emplace_back(id);
  }
  return out;
}

/// With more than two classes: the means over classes of what is told of each class against the others.
inline std::string class_mean_tiles(const RunData& d, const std::string& part) {
  if (d.binary()) return {};
  const std::string macro = stat::name_of(stat::ClassAverage::macro, d.run.classes);
  std::string out;
  for (const char* id : {"sensitivity", "specificity", "auc"}) {
    for (const auto& r : d.rows) {
      const bool whole = r.fold == -1 && r.replicate <= 0 && r.slice.empty() && r.unit == d.run.unit;
      if (whole && r.part == part && r.class_name == macro && r.metric == id)
        out += tile(id, {.estimate = r.estimate}, ", mean over classes");
    }
  }
  return out;
}

/// Who was counted: `90 films of 60 patients: 45 opacity (positive), 45 clear`.
inline std::string counted_people(const RunData& d, const std::string& part) {
  std::set<std::string> films;
  std::set<std::string> patients;
  std::map<std::string, std::set<std::string>> by_class;
  for (const auto& row : d.scored.at(part)) {
    films.insert(row.sample);
    if (!row.patient.empty()) patients.insert(row.patient);
    by_class[row.label].insert(row.sample);
  }
  std::string out = counted(films.size(), "film");
  out += patients.empty() ? " (patients unknown)" : " of " + counted(patients.size(), "patient");
  std::string classes;
  for (const std::string& name : d.run.classes) {
    classes += fmt::format("{}{} {}{}", classes.empty() ? ": " : ", ", by_class[name].size(), name,
                           name == d.run.positive ? " (positive)" : "");
  }
  return out + classes;
}

inline std::string operating_words(const RunData& d, const std::string& part) {
  std::string words = threshold_rule_words(d);
  const auto* r = d.result(part, "sensitivity");
  if (r == nullptr || !d.binary() || d.run.config.value("threshold", store::Json(0.5)).is_number()) return words;
  if (r->threshold) return words + fmt::format(": {:.4g}", *r->threshold);
  return d.run.folds > 1 ? words + ", one for each fold" : words;
}

/// How many films would do, were the values what they seem.
inline std::string needed(const RunData& d, const std::string& part) {
  std::string out;
  for (const auto& [id, who] : {std::pair{"sensitivity", "positive"}, {"specificity", "negative"}}) {
    const auto* r = d.result(part, id);
    if (r == nullptr || !r->estimate.value || !too_wide(r->estimate)) continue;
    out += fmt::format("{}{} {} films for a {} of {}", out.empty() ? "" : " and ",
                       stat::samples_for(*r->estimate.value), who, id, number(r->estimate.value));
  }
  return out.empty() ? out : " ±5 points take " + out + ", each of another patient.";
}

}  // namespace detail

/// What a reader takes away if they read nothing else: the numbers, on whom, at what threshold, what they are worth.
inline Section headline_section(const RunData& d, const std::string& prefix) {
  Section s{.id = prefix + "summary", .title = "Summary", .html = {}};
  const std::string part = d.main_part();
  if (d.run.status != "completed") {
    s.html += fmt::format("<p class=\"note stop\">This run is {}{}. What follows is what it stored so far.</p>\n",
                          escape(d.run.status), d.run.reason.empty() ? "" : ": " + escape(d.run.reason));
  }
  if (part.empty() || !d.results.contains(part)) {
    s.html += paragraph("There are no results yet.", "lead");
    return s;
  }
  s.html += paragraph(escape(capitalised(part_words(part)) + ", " + detail::counted_people(d, part) + ". " +
                             (d.run.positive.empty() ? "" : "Called " + d.run.positive + ": ") +
                             detail::operating_words(d, part) + "."),
                      "lead");
  s.html += "<div class=\"tiles\">";
  bool wide = false;
  for (const std::string& id : detail::headline_metrics(d, part)) {
    const auto& r = *d.result(part, id);
    s.html += detail::tile(id, r);
    wide = wide || (id != "youden_j" && too_wide(r.estimate));
  }
  s.html += detail::class_mean_tiles(d, part) + "</div>\n";
  if (wide) {
    s.html +=
        "<p class=\"note\"><strong>Too small to claim.</strong> At least one interval is wider than ±5 points: these "
        "data do not settle how good the model is." +
        detail::needed(d, part) + "</p>\n";
  }
  if (part == "val") {
    s.html +=
        "<p class=\"note\">These are validation values. What was chosen on this part looks better on it than "
        "elsewhere.</p>\n";
  }
  if (const std::string looks = looks_words(d); !looks.empty() && d.results.contains("test")) {
    s.html += paragraph("This is " + escape(looks) + ".", d.looks > 1 ? "note" : "soft");
  }
  if (drew_test_curve(d)) {
    s.html +=
        "<p class=\"note\">The test part was also looked at after every epoch, for the learning curves. Nothing was "
        "chosen on it, but it was not unseen.</p>\n";
  }
  const auto failed =
      std::count_if(d.findings.begin(), d.findings.end(), [](const auto& f) { return f.severity == "fail"; });
  if (failed > 0) {
    s.html += fmt::format(
        "<p class=\"note stop\"><strong>The audit failed these data on {}.</strong> Read <a href=\"#{}audit\">its "
        "findings</a> before you believe the numbers.</p>\n",
        counted(failed, "check"), prefix);
  } else if (d.findings.empty()) {
    s.html += "<p class=\"soft\">No audit of these data is stored with the run.</p>\n";
  }
  return s;
}

}  // namespace youden::report
