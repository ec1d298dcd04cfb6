#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "youden/report/page/html.hpp"
#include "youden/report/page/section.hpp"
#include "youden/report/run_data.hpp"
#include "youden/report/words.hpp"

namespace youden::report {

namespace detail {

/// Rows of `scored`, texts that repeat as indices into a list of words: a page of 10,000 predictions stays small.
inline config::Json prediction_data(const RunData& d) {
  using config::Json;
  static const std::vector<std::string> kColumns{"part",  "replicate", "fold", "sample", "patient",
                                                 "label", "class",     "y",    "score",  "decision"};
  const auto at = [](const std::string& name) {
    return static_cast<std::size_t>(std::find(kColumns.begin(), kColumns.end(), name) - kColumns.begin());
  };
  Json words = Json::array();
  std::vector<std::map<std::string, std::size_t>> known(kColumns.size());
  for (std::size_t c = 0; c < kColumns.size(); ++c) words.push_back(nullptr);
  const auto word = [&](const std::string& column, const std::string& text) -> Json {
    const std::size_t c = at(column);
    if (words[c].is_null()) words[c] = Json::array();
    const auto [it, fresh] = known[c].try_emplace(text, known[c].size());
    if (fresh) words[c].push_back(text.empty() ? Json() : Json(text));
    return it->second;
  };
  Json rows = Json::array();
  for (const std::string& part : d.parts) {
    for (const auto& r : d.scored.at(part)) {
      rows.push_back({word("part", r.part), r.replicate, r.fold, r.sample, word("patient", r.patient),
                      word("label", r.label), word("class", r.class_name), r.y ? 1 : 0, r.score, r.decision ? 1 : 0});
    }
  }
  Json shown = Json::array({at("sample"), at("part"), at("label"), at("score")});
  if (!d.binary()) shown.insert(shown.begin() + 3, at("class"));
  if (known[at("patient")].size() > 1) shown.insert(shown.begin() + 1, at("patient"));
  if (d.run.folds > 1) shown.push_back(at("fold"));
  if (d.run.replicates > 1) shown.push_back(at("replicate"));
  return {{"columns", kColumns}, {"words", words}, {"rows", rows}, {"shown", shown}, {"file", "predictions.csv"}};
}

inline std::string prediction_table(const RunData& d, const std::string& id, const config::Json& data) {
  std::string parts = "<option value=\"\">all parts</option>";
  for (const std::string& part : d.parts)
    parts += fmt::format("<option value=\"{}\">{}</option>", escape(part), escape(part_words(part)));
  std::string heads;
  for (const auto& c : data.at("shown")) {
    const auto& name = data.at("columns")[c.get<std::size_t>()].get_ref<const std::string&>();
    heads += fmt::format("<th scope=\"col\" aria-sort=\"none\"><button type=\"button\">{}</button></th>",
                         name == "score" && d.binary() ? "probability of " + escape(d.run.positive)
                         : name == "score"             ? "probability"
                                                       : name);
  }
  return fmt::format(
      "<div data-predictions=\"{0}\"><div class=\"tools\">"
      "<label>Find <input type=\"search\" id=\"{0}-text\" placeholder=\"film, patient, class\"></label>"
      "<label>Part <select id=\"{0}-part\">{1}</select></label>"
      "<label><input type=\"checkbox\" id=\"{0}-wrong\"> only wrong decisions</label>"
      "<button type=\"button\" class=\"download\">Download predictions.csv</button></div>\n"
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
      "aria-label=\"Predictions\"><table><caption>Predictions</caption>"
      "<thead><tr>{2}<th scope=\"col\">decision</th></tr></thead><tbody></tbody></table></div>\n"
      "<div class=\"pager\"><button type=\"button\">Earlier</button><button type=\"button\">Later</button>"
      "<span class=\"said\" aria-live=\"polite\"></span></div></div>\n",
      id, parts, heads);
}

/// Lines of R and Python that read predictions.csv and give the run's AUC.
inline std::string reproduce(const RunData& d) {
  const std::string part = d.main_part();
  const auto* auc = d.result(part, "auc");
  if (auc == nullptr || !d.binary()) return {};
  std::string quoted;
  for (const char c : part) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  const bool folds = d.run.folds > 1 && part == "oof";
  const bool patients = d.run.unit == "patient";
  const std::string r = fmt::format(
      "library(pROC)\nd <- read.csv(\"predictions.csv\")\nd <- d[d$part == \"{}\" & d$replicate == 0, ]\n{}{}", quoted,
      patients ? "d$patient <- ifelse(is.na(d$patient) | d$patient == \"\", d$sample, d$patient)\n"
                 "d <- aggregate(cbind(y, score) ~ fold + patient, d, mean)\n"
               : "",
      folds ? "mean(sapply(split(d, d$fold), function(f) auc(f$y, f$score, levels = c(0, 1), direction = \"<\")))"
            : "auc(d$y, d$score, levels = c(0, 1), direction = \"<\")");
  const std::string python = fmt::format(
      "import pandas as pd\nfrom sklearn.metrics import roc_auc_score\nd = pd.read_csv(\"predictions.csv\")\n"
      "d = d[(d.part == \"{}\") & (d.replicate == 0)]\n{}{}",
      quoted,
      patients ? "d[\"patient\"] = d.patient.fillna(d[\"sample\"])\n"
                 "d = d.groupby([\"fold\", \"patient\"], as_index=False)[[\"y\", \"score\"]].mean()\n"
               : "",
      folds ? "print(d.groupby(\"fold\").apply(lambda f: roc_auc_score(f.y, f.score)).mean())"
            : "print(roc_auc_score(d.y, d.score))");
  return fmt::format(
      "<h3>The same AUC with R and with Python</h3>\n<p>Of the downloaded file, {}: {}{}.</p>\n"
      "<pre tabindex=\"0\">{}</pre>\n<pre tabindex=\"0\">{}</pre>\n",
      escape(part_words(part)), number(auc->estimate.value, 6),
      d.run.replicates > 1 ? " is the mean over replicates, of which these lines give the first" : "", escape(r),
      escape(python));
}

}  // namespace detail

/// Every prediction with the truth: to sort, filter, download, and check with other software.
inline Section predictions_section(const RunData& d, const std::string& prefix) {
  Section s{.id = prefix + "films", .title = "Predictions", .html = {}};
  if (d.parts.empty()) return s;
  config::Json data = detail::prediction_data(d);
  data["file"] = fmt::format("predictions{}.csv", prefix.empty() ? "" : "-run" + std::to_string(d.run.id));
  s.html = detail::prediction_table(d, prefix + "predictions", data) + detail::reproduce(d);
  s.data[prefix + "predictions"] = std::move(data);
  return s;
}

}  // namespace youden::report
