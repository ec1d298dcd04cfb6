#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "youden/base/text.hpp"
#include "youden/report/card/answer.hpp"
#include "youden/report/run_data.hpp"
#include "youden/report/sections/data_by_part.hpp"
#include "youden/report/sections/flow.hpp"
#include "youden/report/words.hpp"
#include "youden/sample/exclusions.hpp"

/// What the database knows about the data: sources, exclusions, parts, who is in them.
namespace youden::report::answers {

inline std::string from_data(const RunData& d) { return "data set " + d.dataset_hash; }
inline std::string from_config(const RunData& d) { return "configuration of fingerprint " + d.run.fingerprint; }
inline std::string from_results(const RunData& d) { return "results of run " + d.run.uid; }

inline Answer data_sources(const RunData& d) {
  std::map<std::string, int> sources;
  std::set<std::string> patients;
  for (const auto& [id, film] : d.films.at("")) {
    ++sources[film.source];
    if (!film.patient.empty()) patients.insert(film.patient);
  }
  if (d.films.at("").empty()) return {};
  std::string named;
  for (const auto& [name, n] : sources)
    named += fmt::format("{}{} from {}", named.empty() ? ": " : ", ", counted(n, "film"),
                         name.empty() ? "an unnamed source" : name);
  return {fmt::format("Data set “{}” ({}), {} of {}{}.", d.dataset_name, plain(setting(d, "dataset.type")),
                      counted(d.films.at("").size(), "film"),
                      patients.empty() ? "unknown patients" : counted(patients.size(), "patient"), named),
          from_data(d)};
}

inline Answer exclusions(const RunData& d) {
  std::string text = d.skipped.empty()
                         ? "No file was left out as missing or unreadable."
                         : fmt::format("{} left out as missing or unreadable, each listed with its reason.",
                                       counted(d.skipped.size(), "film"));
  if (const auto n = d.left_out(); n && *n > 0) {
    text += fmt::format(" {} excluded by the configuration", counted(*n, "film"));
    const auto reasons = d.excluded.find("");
    text += reasons == d.excluded.end() ? "." : ": " + base::join(sample::exclusion_lines(reasons->second), "; ") + ".";
  }
  if (const auto classes = setting(d, "classes"); !classes.is_null() && classes != store::Json("auto"))
    text += " Only these classes were used: " + plain(classes) + ".";
  if (const auto labels = setting(d, "dataset.labels"); !labels.is_null())
    text += " Labels were mapped to classes, or dropped, as follows: " + plain(labels) + ".";
  return {text, from_data(d) + "; " + from_config(d)};
}

inline Answer missing_data(const RunData& d) {
  std::map<std::string, std::size_t> known;
  const auto& films = d.films.at("");
  for (const auto& [id, film] : films) {
    known["patient"] += film.patient.empty() ? 0 : 1;
    for (const auto& [name, value] : film.covariates.items()) known[name] += value.is_null() ? 0 : 1;
  }
  std::string text = fmt::format("Missing or unreadable images: {} left out ({}).", counted(d.skipped.size(), "film"),
                                 plain(setting(d, "dataset.on_error")));
  for (const auto& [name, n] : known) {
    if (n < films.size())
      text += fmt::format(" {} unknown for {}.", capitalised(name), counted(films.size() - n, "film"));
  }
  return {text + " Nothing was imputed.", from_data(d)};
}

inline Answer flow(const RunData& d) {
  std::string text =
      d.found ? fmt::format("{} found, {} excluded by the configuration, {} left out as missing or unreadable.",
                            counted(*d.found, "film"), *d.left_out(), d.skipped.size())
              : fmt::format(
                    "{} used, {} left out as missing or unreadable; what the configuration excluded "
                    "was not recorded.",
                    counted(d.films.at("").size(), "film"), d.skipped.size());
  for (const auto& [part, n] : part_counts(d)) {
    std::string classes;
    for (const auto& [name, films] : n.by_class)
      classes += fmt::format("{}{} {}", classes.empty() ? "" : ", ", films.size(), name);
    text += fmt::format(" {}{}: {}{} ({}).", capitalised(part_words(part)),
                        d.run.folds > 1 && (part == "train" || part == "val") ? " in fold 0" : "",
                        counted(n.films.size(), "film"),
                        n.patients.empty() ? "" : " of " + counted(n.patients.size(), "patient"), classes);
  }
  return {text, from_data(d) + "; split of run " + d.run.uid};
}

inline Answer characteristics(const RunData& d) {
  std::set<std::string> names;
  for (const auto& [id, film] : d.films.at("")) {
    for (const auto& [name, value] : film.covariates.items()) names.insert(name);
  }
  if (names.empty()) return {};
  std::string text;
  for (const FilmColumn& column : columns_by_part(d)) {
    text += fmt::format("{}{}: ", text.empty() ? "" : " ", capitalised(column.name));
    std::string each;
    for (const std::string& name : names) {
      std::map<std::string, std::size_t> values;
      bool numbers = false;
      for (const auto* s : column.films) {
        ++values[report::detail::covariate(*s, name)];
        numbers = numbers || report::detail::covariate_number(*s, name);
      }
      std::string one;
      if (numbers && values.size() > 2) {
        one = name + " " + report::detail::numeric_cell(column, name);
      } else if (report::detail::is_category(values)) {
        for (const auto& [value, n] : values)
          one += fmt::format("{}{} {} {}", one.empty() ? "" : ", ", name, value.empty() ? "unknown" : value,
                             report::detail::share_cell(n, column.films.size()));
      } else {
        one = fmt::format("{}: {} values", name, values.size());
      }
      each += (each.empty() ? "" : "; ") + one;
    }
    text += each + ".";
  }
  return {text, from_data(d)};
}

inline Answer assignment(const RunData& d) {
  std::string text = "Split " + settings_words(d, "split") + fmt::format("; seed {}.", d.run.seed);
  if (d.run.folds > 1) text += fmt::format(" {} folds, every film held out once.", d.run.folds);
  return {text, from_config(d)};
}

/// Whether a patient stands on both sides of any fold; from the stored assignment, not from what was asked for.
inline Answer disjoint_level(const RunData& d) {
  std::map<std::pair<int, int>, std::map<std::string, std::set<std::string>>> patients;  // fold → part → patients
  std::size_t unknown = 0;
  for (const auto& a : d.assignments) {
    if (a.part == "unused") continue;
    const auto* film = d.film("", a.sample);
    if (film == nullptr) continue;
    if (film->patient.empty())
      ++unknown;
    else
      patients[{a.replicate, a.fold}][a.part].insert(film->patient);
  }
  if (d.assignments.empty()) return {};
  if (patients.empty()) return {"Patients are unknown; the parts are disjoint by film only.", from_data(d)};
  std::set<std::string> shared;
  for (const auto& [fold, parts] : patients) {
    for (auto a = parts.begin(); a != parts.end(); ++a) {
      for (auto b = std::next(a); b != parts.end(); ++b)
        std::set_intersection(a->second.begin(), a->second.end(), b->second.begin(), b->second.end(),
                              std::inserter(shared, shared.end()));
    }
  }
  std::string text =
      shared.empty()
          ? "By patient: no patient has films in two parts of a fold (checked on the stored assignment)."
          : fmt::format("By film only: {} films in more than one part of a fold.",
                        shared.size() == 1 ? "one patient has" : fmt::format("{} patients have", shared.size()));
  if (unknown > 0) text += " The patient of some films is unknown.";
  return {text, "split of run " + d.run.uid};
}

inline Answer sample_size(const RunData& d) {
  const std::string part = d.main_part();
  std::string text;
  for (const char* id : {"sensitivity", "specificity", "auc", "accuracy"}) {
    const auto* r = d.result(part, id);
    if (r == nullptr || !r->estimate.low || !r->estimate.high) continue;
    text += fmt::format("{}{}: n = {}, interval {} wide", text.empty() ? "" : "; ", metric_title(id), r->estimate.n,
                        number(*r->estimate.high - *r->estimate.low));
    if (too_wide(r->estimate)) text += " (too small to claim: wider than ±5 points)";
  }
  if (text.empty()) return {};
  return {fmt::format("Precision reached on {}: {}.", part_words(part), text), from_results(d)};
}

inline Answer class_balance(const RunData& d) {
  std::map<std::string, int> n;
  for (const auto& [id, film] : d.films.at("")) ++n[film.label];
  std::string text;
  for (const auto& [name, films] : n) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", films, name);
  if (text.empty()) return {};
  const auto weights = setting(d, "train.class_weights");
  return {fmt::format("Films a class: {}. Class weights in the loss: {}. Probabilities were not adjusted for it "
                      "afterwards unless said under calibration.",
                      text, plain(weights)),
          from_data(d) + "; " + from_config(d)};
}

}  // namespace youden::report::answers
