#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "youden/report/page/html.hpp"
#include "youden/report/page/section.hpp"
#include "youden/report/run_data.hpp"
#include "youden/report/thumbnails.hpp"
#include "youden/report/words.hpp"

namespace youden::report {

namespace detail {

constexpr std::size_t kMistakesShown = 12;

struct Mistake {
  const store::ScoredRow* row;
  std::string called;
};

/// Wrong decisions of the first replicate, the most confident first.
inline std::vector<Mistake> mistakes(const RunData& d, const std::string& part) {
  std::vector<Mistake> out;
  for (const auto& row : d.units.at(part)) {
    if (row.replicate != 0 || row.y == row.decision) continue;
    if (!d.binary() && !row.decision) continue;  // a film's own row of the class that it was called
    const bool first = d.run.classes[0] == row.class_name;
    out.push_back({&row, row.decision ? row.class_name : d.run.classes[first ? 1 : 0]});
  }
  const auto confidence = [](const Mistake& m) { return m.row->decision ? m.row->score : 1 - m.row->score; };
  std::stable_sort(out.begin(), out.end(),
                   [&](const Mistake& a, const Mistake& b) { return confidence(a) > confidence(b); });
  return out;
}

/// `F 55, PA`
inline std::string person(const store::SampleRow& s) {
  std::string out;
  for (const char* name : {"sex", "age", "view"}) {
    const auto it = s.covariates.find(name);
    if (it != s.covariates.end() && !it->is_null()) out += (out.empty() ? "" : " ") + plain(*it);
  }
  return out;
}

inline std::string film_list(const RunData& d, const std::string& part, const std::vector<Mistake>& list,
                             Thumbnails& thumbnails) {
  std::string out = "<ul class=\"films\">\n";
  for (std::size_t i = 0; i < std::min(list.size(), kMistakesShown); ++i) {
    const store::ScoredRow& row = *list[i].row;
    const store::SampleRow* film = d.film(part, row.sample);
    const std::string words = fmt::format("{}, called {}", row.label, list[i].called);
    out += "<li>";
    if (film != nullptr) out += thumbnails.html(*film, row.sample + ": " + words);
    out += fmt::format(
        "<div class=\"film-pair\">{}</div><div>probability of {}: {:.3f}</div><div class=\"soft\">{}{}{}</div>",
        escape(words), escape(row.class_name), row.score, escape(row.sample),
        row.patient.empty() ? "" : escape(", patient " + row.patient),
        film == nullptr || person(*film).empty() ? "" : escape(", " + person(*film)));
    out += "</li>\n";
  }
  out += "</ul>\n";
  if (list.size() > kMistakesShown)
    out += paragraph(fmt::format("{} more are in the table of predictions.", list.size() - kMistakesShown), "soft");
  return out;
}

}  // namespace detail

/// The films that the model was most wrongly sure about: what to look at with a radiologist.
inline Section mistakes_section(const RunData& d, const std::string& prefix, Thumbnails& thumbnails) {
  Section s{.id = prefix + "mistakes", .title = "Worst mistakes", .html = {}};
  const std::string part = d.main_part();
  if (part.empty()) return s;
  const auto all = detail::mistakes(d, part);
  const std::string who = d.by_patient() ? "patients" : "films";
  if (all.empty()) {
    s.html = paragraph("None of the " + escape(part_words(part)) + " " + who + " was called wrongly.");
    return s;
  }
  s.html = paragraph(
      fmt::format("{} among the {} {}; the most confident first.{}{}", counted(all.size(), "wrong decision"),
                  escape(part_words(part)), who,
                  d.by_patient() ? " Each stands with its first film; the probability is the mean of all." : "",
                  thumbnails.shown() ? "" : " Films are left out of this page (<code>--no-images</code>)."),
      "soft");
  if (!d.binary() || d.run.positive.empty()) {
    s.html += detail::film_list(d, part, all, thumbnails);
    return s;
  }
  std::vector<detail::Mistake> missed;
  std::vector<detail::Mistake> alarms;
  for (const auto& m : all) (m.row->y ? missed : alarms).push_back(m);
  for (const auto& [title, list] : {std::pair{"Missed", &missed}, {"False alarms", &alarms}}) {
    s.html += fmt::format("<h3>{} ({})</h3>\n", title, list->size());
    s.html += list->empty() ? paragraph("None.") : detail::film_list(d, part, *list, thumbnails);
  }
  return s;
}

}  // namespace youden::report
