#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/report/page/html.hpp"
#include "youden/report/page/section.hpp"
#include "youden/report/page/table.hpp"
#include "youden/report/run_data.hpp"
#include "youden/report/words.hpp"
#include "youden/sample/exclusions.hpp"
#include "youden/sample/part.hpp"

namespace youden::report {

/// Films and patients of one part, by class.
struct PartCount {
  std::set<std::string> films;
  std::set<std::string> patients;
  std::map<std::string, std::set<std::string>> by_class;

  void add(const store::SampleRow& s) {
    films.insert(s.id);
    by_class[s.label].insert(s.id);
    if (!s.patient.empty()) patients.insert(s.patient);
  }
};

/// Part → who is in it: of the first replicate's first fold, out-of-fold over all folds, external parts as predicted.
/// With folds, training and validation are those of fold 0, so their films occur out-of-fold as well.
inline std::map<std::string, PartCount> part_counts(const RunData& d) {
  std::map<std::string, PartCount> out;
  for (const auto& a : d.assignments) {
    if (a.replicate != 0 || (a.fold != 0 && a.part != "oof")) continue;
    if (const auto* film = d.film("", a.sample)) out[a.part].add(*film);
  }
  for (const auto& [part, rows] : d.scored) {
    if (!part.starts_with("external:")) continue;
    for (const auto& row : rows) {
      if (const auto* film = d.film(part, row.sample)) out[part].add(*film);
    }
  }
  return out;
}

namespace detail {

inline std::string people(const PartCount& n) {
  std::string out = counted(n.films.size(), "film");
  if (!n.patients.empty()) out += ", " + counted(n.patients.size(), "patient");
  std::string classes;
  for (const auto& [name, films] : n.by_class)
    classes += fmt::format("{}{} {}", classes.empty() ? "" : ", ", films.size(), name);
  return escape(out) + "<br><span class=\"soft small\">" + escape(classes) + "</span>";
}
/// "32 films", and beneath, a reason a line, where reasons are known.
inline std::string exclusions(const RunData& d, const std::string& part, std::size_t n) {
  std::string out = counted(n, "film");
  const auto known = d.excluded.find(part);
  if (known == d.excluded.end()) return out;
  for (const std::string& reason : sample::exclusion_lines(known->second)) {
    out += "<br><span class=\"soft small\">" + escape(reason) + "</span>";
  }
  return out;
}
inline std::string flow_box(const std::string& title, const std::string& html, bool side = false) {
  return fmt::format("<div class=\"box{}\"><strong>{}</strong><br>{}</div>", side ? " side" : "", escape(title), html);
}

}  // namespace detail

/// Found, excluded, and into which part: the diagram that reporting guidelines ask for.
inline Section flow_section(const RunData& d, const std::string& prefix) {
  Section s{.id = prefix + "flow", .title = "Participant flow", .html = {}};
  const auto counts = part_counts(d);
  PartCount used;
  for (const auto& [id, film] : d.films.at("")) used.add(film);
  const std::string down = "<div class=\"down\"></div>\n";
  s.html = "<div class=\"flow\" role=\"group\" aria-label=\"Participant flow\">\n";
  s.html += detail::flow_box("Found", d.found ? counted(*d.found, "film") : "not recorded", false) + down;
  if (const auto n = d.left_out(); n && *n > 0) {
    s.html += detail::flow_box("Excluded by the configuration", detail::exclusions(d, "", *n), true) + down;
  }
  if (!d.skipped.empty()) {
    s.html += detail::flow_box("Left out: missing or unreadable", counted(d.skipped.size(), "film"), true) + down;
  }
  s.html += detail::flow_box("In the data set", detail::people(used)) + down;
  s.html += "<div class=\"row\">\n";
  for (const sample::Part each : sample::kShown) {
    const std::string part = sample::name_of(each);
    const auto n = counts.find(part);
    if (n == counts.end()) continue;
    std::string title = capitalised(part_words(part));
    if (d.run.folds > 1 && part != "oof" && part != "test") title += ", fold 0";
    if (part == "oof") title += fmt::format(", {} folds", d.run.folds);
    s.html += detail::flow_box(title, detail::people(n->second), std::string(part) == "unused") + "\n";
  }
  s.html += "</div>\n</div>\n";
  for (const auto& [part, n] : counts) {
    if (!part.starts_with("external:")) continue;
    std::string text = escape(capitalised(part_words(part))) + ": " + detail::people(n);
    if (const auto known = d.excluded.find(part); known != d.excluded.end()) {
      std::size_t n_excluded = 0;
      for (const auto& [reason, of] : known->second) n_excluded += of;
      text += "<br>Excluded by the configuration: " + detail::exclusions(d, part, n_excluded);
    }
    s.html += paragraph(text);
  }
  if (!d.skipped.empty()) {
    HtmlTable table("Left out", {"film", "file", "why"});
    constexpr std::size_t kMost = 200;
    for (std::size_t i = 0; i < std::min(d.skipped.size(), kMost); ++i) {
      const auto& k = d.skipped[i];
      table.add({Cell::text(k.id), Cell::text(k.path), Cell::text(k.reason)});
    }
    s.html += details(fmt::format("{} left out{}", counted(d.skipped.size(), "film"),
                                  d.skipped.size() > kMost ? fmt::format(" (the first {})", kMost) : ""),
                      table.html());
  }
  s.html += paragraph("What was excluded before these data were collected, the database cannot know.", "soft");
  return s;
}

}  // namespace youden::report
