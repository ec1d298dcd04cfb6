#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/report/page/section.hpp"
#include "youden/report/page/table.hpp"
#include "youden/report/run_data.hpp"
#include "youden/report/sections/flow.hpp"
#include "youden/report/words.hpp"
#include "youden/sample/bands.hpp"

namespace youden::report {

/// A named set of films, one column of the table.
struct FilmColumn {
  std::string name;
  std::vector<const store::SampleRow*> films;
};

namespace detail {

/// The covariate as text; empty where it is unknown.
inline std::string covariate(const store::SampleRow& s, const std::string& name) {
  if (name == "source") return s.source;
  const auto it = s.covariates.find(name);
  if (it == s.covariates.end() || it->is_null()) return {};
  return plain(*it);
}
inline std::optional<double> covariate_number(const store::SampleRow& s, const std::string& name) {
  const auto it = s.covariates.find(name);
  if (it == s.covariates.end()) return {};
  if (it->is_string()) return sample::finite_number(it->get_ref<const std::string&>());  // tables hold numbers as text
  return it->is_number() ? std::optional(it->get<double>()) : std::nullopt;
}

/// `54.2 ± 17.0 (19–88)`; unknown ones are counted behind it.
inline std::string numeric_cell(const FilmColumn& column, const std::string& name) {
  std::vector<double> v;
  for (const auto* s : column.films) {
    if (const auto x = covariate_number(*s, name)) v.push_back(*x);
  }
  const std::size_t unknown = column.films.size() - v.size();
  if (v.empty()) return "unknown";
  double mean = 0;
  for (const double x : v) mean += x / static_cast<double>(v.size());
  double squares = 0;
  for (const double x : v) squares += (x - mean) * (x - mean);
  std::string out = fmt::format("{:.4g}", mean);
  if (v.size() > 1) out += fmt::format(" ± {:.3g}", std::sqrt(squares / static_cast<double>(v.size() - 1)));
  out += fmt::format(" ({:.4g}–{:.4g})", *std::min_element(v.begin(), v.end()), *std::max_element(v.begin(), v.end()));
  return unknown == 0 ? out : out + fmt::format("; {} unknown", unknown);
}

inline std::string share_cell(std::size_t n, std::size_t of) {
  return of == 0 ? "0" : fmt::format("{} ({:.0f} %)", n, 100.0 * static_cast<double>(n) / static_cast<double>(of));
}

/// Whether each value deserves a line: few, and none of them a sentence.
inline bool is_category(const std::map<std::string, std::size_t>& values) {
  constexpr std::size_t kMostValues = 12;
  constexpr std::size_t kLongest = 40;
  std::size_t longest = 0;
  for (const auto& [value, n] : values) longest = std::max(longest, value.size());
  return values.size() <= kMostValues && longest <= kLongest;
}

inline std::string characteristics(const std::string& caption, const std::vector<FilmColumn>& columns,
                                   const std::vector<std::string>& classes) {
  std::vector<std::string> names{""};
  for (const auto& c : columns) names.push_back(c.name);
  HtmlTable table(caption, names);
  const auto row = [&](const std::string& title, auto&& value) {
    std::vector<Cell> cells{Cell::text(title)};
    for (const auto& c : columns) cells.push_back({.html = escape(value(c)), .number = true});
    table.add(std::move(cells));
  };
  row("films", [](const FilmColumn& c) { return std::to_string(c.films.size()); });
  row("patients", [](const FilmColumn& c) {
    std::set<std::string> who;
    for (const auto* s : c.films) who.insert(s->patient);
    return who.erase("") != 0 ? (who.empty() ? "unknown" : fmt::format("{} and unknown ones", who.size()))
                              : std::to_string(who.size());
  });
  for (const auto& name : classes) {
    row("class " + name, [&](const FilmColumn& c) {
      return share_cell(std::count_if(c.films.begin(), c.films.end(), [&](const auto* s) { return s->label == name; }),
                        c.films.size());
    });
  }
  std::set<std::string> known{"source"};
  for (const auto& c : columns) {
    for (const auto* s : c.films) {
      for (const auto& [name, value] : s->covariates.items()) known.insert(name);
    }
  }
  for (const std::string& name : known) {
    std::map<std::string, std::size_t> values;
    bool numbers = false;
    for (const auto& c : columns) {
      for (const auto* s : c.films) {
        ++values[covariate(*s, name)];
        numbers = numbers || covariate_number(*s, name);
      }
    }
    if (values.size() == 1 && values.contains("")) continue;
    if (numbers && values.size() > 2) {
      row(name + ", mean ± sd (range)", [&](const FilmColumn& c) { return numeric_cell(c, name); });
      continue;
    }
    if (!is_category(values)) {
      row(name, [&](const FilmColumn& c) {
        std::set<std::string> different;
        for (const auto* s : c.films) different.insert(covariate(*s, name));
        return fmt::format("{} values", different.size());
      });
      continue;
    }
    for (const auto& [value, n] : values) {
      row(name + " " + (value.empty() ? "unknown" : value), [&, &value = value](const FilmColumn& c) {
        return share_cell(
            std::count_if(c.films.begin(), c.films.end(), [&](const auto* s) { return covariate(*s, name) == value; }),
            c.films.size());
      });
    }
  }
  return table.html(false);
}

}  // namespace detail

/// One column a part (as `part_counts` has them), in their order of use.
inline std::vector<FilmColumn> columns_by_part(const RunData& d) {
  std::vector<FilmColumn> out;
  const auto counts = part_counts(d);
  const auto take = [&](const std::string& part, const PartCount& n) {
    std::string name = part_words(part);
    if (d.run.folds > 1 && (part == "train" || part == "val")) name += ", fold 0";
    FilmColumn column{.name = name, .films = {}};
    for (const std::string& id : n.films) column.films.push_back(d.film(part, id));
    out.push_back(std::move(column));
  };
  for (const sample::Part each : sample::kShown) {
    const std::string part = sample::name_of(each);
    if (const auto n = counts.find(part); n != counts.end()) take(part, n->second);
  }
  for (const auto& [part, n] : counts) {
    if (part.starts_with("external:")) take(part, n);
  }
  return out;
}

/// Who is in which part, and who has which class.
inline Section data_by_part_section(const RunData& d, const std::string& prefix) {
  Section s{.id = prefix + "data", .title = "Data", .html = {}};
  if (d.films.at("").empty()) return s;
  s.html = paragraph(fmt::format("Data set <strong>{}</strong>, content hash <code>{}</code>.", escape(d.dataset_name),
                                 escape(d.dataset_hash)),
                     "soft");
  const auto parts = columns_by_part(d);
  if (!parts.empty()) s.html += detail::characteristics("By part", parts, d.run.classes);
  std::vector<FilmColumn> classes;
  for (const auto& name : d.run.classes) {
    FilmColumn column{.name = name, .films = {}};
    for (const auto& [id, film] : d.films.at("")) {
      if (film.label == name) column.films.push_back(&film);
    }
    classes.push_back(std::move(column));
  }
  s.html += detail::characteristics("By class", classes, {});
  s.html += paragraph("What differs between the classes may be what the model learned.", "soft");
  return s;
}

}  // namespace youden::report
