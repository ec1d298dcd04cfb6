#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "youden/report/card/answer.hpp"
#include "youden/report/card/data_answers.hpp"
#include "youden/report/run_data.hpp"
#include "youden/report/sections/headline.hpp"
#include "youden/report/sections/mistakes.hpp"
#include "youden/report/words.hpp"

/// What the database knows about the model, its training and its results.
namespace youden::report::answers {

inline std::string weights_words(const RunData& d) {
  const auto weights = setting(d, "backbone.weights");
  return weights.is_null() ? "random initial weights" : "weights from “" + plain(weights) + "”";
}

inline Answer technique(const RunData& d) {
  return {fmt::format("Deep learning: a {} network with {}, freeze {}; classes {}.", plain(setting(d, "backbone.type")),
                      weights_words(d), plain(setting(d, "backbone.freeze")), base::join(d.run.classes, ", ")),
          from_config(d)};
}

/// Where the document leaves it to the program, as the run noted it.
inline std::string image_size(const RunData& d) {
  const auto noted = d.environment.find("image_size");
  return plain(noted == d.environment.end() ? setting(d, "dataset.size") : *noted);
}

inline Answer preprocessing(const RunData& d) {
  const std::string size = image_size(d);
  std::string text = fmt::format("Images decoded to RGB, resized to {0} × {0} pixels, normalised ({1}).", size,
                                 settings_words(d, "normalize"));
  const std::string steps = settings_words(d, "augment");
  return {text + " Augmentation of training images: " + (steps.empty() ? "none" : steps) + ".", from_config(d)};
}

inline Answer model(const RunData& d) {
  return {
      fmt::format(
          "Input {0} × {0} × 3. Backbone: {1}. Head: {2}. Output: a probability for each of {3} classes ({4}); {5}.",
          image_size(d), settings_words(d, "backbone"), settings_words(d, "head"), d.run.classes.size(),
          base::join(d.run.classes, ", "), detail::operating_words(d, d.main_part())),
      from_config(d)};
}

inline Answer software(const RunData& d) {
  std::string text;
  for (const auto& [name, value] : d.environment.items()) {
    if (!value.is_null() && !plain(value).empty()) text += (text.empty() ? "" : ", ") + name + " " + plain(value);
  }
  return {text.empty() ? "" : capitalised(text) + ".", "environment of run " + d.run.uid};
}

inline Answer initialisation(const RunData& d) {
  return {fmt::format("Backbone: {}, frozen up to: {}. What is trained was drawn from seed {}.", weights_words(d),
                      plain(setting(d, "backbone.freeze")), d.run.seed),
          from_config(d)};
}

inline Answer training(const RunData& d) {
  return {fmt::format("{}. Replicates: {}; folds: {}.", capitalised(settings_words(d, "train")), d.run.replicates,
                      d.run.folds),
          from_config(d)};
}

inline Answer selection(const RunData& d) {
  const auto metric = setting(d, "train.select.metric");
  std::string text = metric.is_null() ? "The weights of the last epoch; none was selected."
                                      : fmt::format("The epoch with the best validation {} (patience {}).",
                                                    plain(metric), plain(setting(d, "train.select.patience")));
  text += " " + capitalised(threshold_rule_words(d)) + ".";
  if (d.results.contains("test"))
    text += fmt::format(" Nothing was chosen on the test set, on which this database has scored {}.",
                        counted(d.looks, "completed run"));
  return {text, from_config(d)};
}

inline Answer ensembling(const RunData& d) {
  return {d.run.folds > 1
              ? fmt::format("None in the results: each film is scored by the one model of {} that did not see it.",
                            d.run.folds)
              : "None: one model.",
          from_config(d)};
}

inline Answer metrics(const RunData& d) {
  std::string text;
  const std::string part = d.main_part();
  if (!d.results.contains(part)) return {};
  for (const auto& [id, r] : d.results.at(part)) text += (text.empty() ? "" : ", ") + metric_title(id);
  return {text + (d.run.positive.empty() ? "." : "; positive: " + d.run.positive + "; by " + d.run.unit + "."),
          from_results(d)};
}

inline Answer uncertainty(const RunData& d) {
  std::set<std::string> methods;
  const std::string part = d.main_part();
  if (!d.results.contains(part)) return {};
  double level = 0.95;
  for (const auto& [id, r] : d.results.at(part)) {
    if (r.estimate.low && !r.estimate.method.empty()) methods.insert(r.estimate.method);
    level = r.estimate.level;
  }
  if (methods.empty()) return {};
  return {fmt::format("{:g} % intervals: {}.", 100 * level, base::join(methods, ", ")), from_results(d)};
}

/// Every headline number of one part with its interval.
inline std::string numbers(const RunData& d, const std::string& part) {
  std::string text;
  if (!d.results.contains(part)) return text;
  for (const char* id :
       {"youden_j", "sensitivity", "specificity", "auc", "accuracy", "ppv", "npv", "average_precision", "brier"}) {
    if (const auto* r = d.result(part, id))
      text += fmt::format("{}{} {} (n = {})", text.empty() ? "" : "; ", metric_title(id), estimate_text(r->estimate),
                          r->estimate.n);
  }
  return text.empty() ? text : fmt::format("{}: {}.", capitalised(part_words(part)), text);
}

inline Answer performance(const RunData& d) {
  std::string text;
  for (const std::string& part : d.parts) {
    if (part != "train" && !part.starts_with("external:")) text += (text.empty() ? "" : " ") + numbers(d, part);
  }
  if (const std::string looks = looks_words(d); !text.empty() && !looks.empty() && d.results.contains("test"))
    text += " This is " + looks + ".";
  return {text, from_results(d)};
}
inline Answer internal_evaluation(const RunData& d) {
  if (!d.results.contains("test") && !d.results.contains("oof")) return {};
  return performance(d);
}
inline Answer external_evaluation(const RunData& d) {
  std::string text;
  for (const std::string& part : d.parts) {
    if (part.starts_with("external:")) text += (text.empty() ? "" : " ") + numbers(d, part);
  }
  return {text, from_results(d)};
}

inline Answer robustness(const RunData& d) {
  std::string text;
  if (d.run.replicates > 1) text = fmt::format("{} replicates with different seeds.", d.run.replicates);
  for (const auto& f : d.findings)
    text += fmt::format("{}{}: {}{}.", text.empty() ? "" : " ", f.rule, f.severity,
                        f.value ? " (" + number(f.value) + ")" : "");
  return {text, "findings of run " + d.run.uid};
}

inline Answer subgroups(const RunData& d) {
  std::string text;
  for (const auto& r : d.rows) {
    const bool whole = r.fold == -1 && r.replicate <= 0 && r.unit == d.run.unit && r.part == d.main_part();
    if (!whole || r.slice.empty() || (d.binary() && !r.class_name.empty() && r.class_name != d.run.positive)) continue;
    if (r.metric != "sensitivity" && r.metric != "specificity" && r.metric != "auc") continue;
    text += fmt::format("{}{}{}: {} {} (n = {})", text.empty() ? "" : "; ", r.slice,
                        d.binary() || r.class_name.empty() ? "" : ", " + r.class_name, metric_title(r.metric),
                        estimate_text(r.estimate), r.estimate.n);
  }
  return {text.empty() ? text : text + ".", from_results(d)};
}

inline Answer failures(const RunData& d) {
  const std::string part = d.main_part();
  if (part.empty()) return {};
  const auto wrong = detail::mistakes(d, part);
  std::string text = fmt::format("{} among the {} films", counted(wrong.size(), "wrong decision"), part_words(part));
  constexpr std::size_t kNamed = 5;
  for (std::size_t i = 0; i < std::min(wrong.size(), kNamed); ++i)
    text += fmt::format("{}{} ({}, called {})", i == 0 ? "; the most confident: " : ", ", wrong[i].row->sample,
                        wrong[i].row->label, wrong[i].called);
  return {text + ".", "predictions of run " + d.run.uid};
}

inline Answer output(const RunData& d) {
  return {fmt::format("A probability for each class; {}.", detail::operating_words(d, d.main_part())), from_config(d)};
}

inline Answer parameters(const RunData& d) {
  std::string text;
  for (const auto& a : d.artifacts) {
    if (a.kind == "model")
      text += fmt::format("{}{} (SHA-256 {})", text.empty() ? "" : ", ", a.path.filename().string(), a.sha256);
  }
  return {text.empty() ? text : "The whole model is in " + text + "; `youden predict` applies it.",
          "files of run " + d.run.uid};
}

inline Answer code(const RunData& d) {
  const auto value = [&](const char* name) {
    const auto it = d.environment.find(name);
    return it == d.environment.end() || it->is_null() ? std::string() : plain(*it);
  };
  std::string text = "Youden " + value("youden") + ", library hash " + value("library_hash");
  if (!value("git_revision").empty()) text += ", git revision " + value("git_revision");
  return {text + "; the configuration is stored with the run and can be run again.", "environment of run " + d.run.uid};
}

/// Training against what it is evaluated on, as far as covariates say.
inline Answer development_and_evaluation(const RunData& d) {
  if (d.run.folds > 1 || !d.results.contains("test")) return {};
  return characteristics(d);
}

}  // namespace youden::report::answers
