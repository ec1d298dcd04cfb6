#pragma once
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/text.hpp"
#include "youden/data/contact_sheet.hpp"
#include "youden/data/film_facts.hpp"

namespace youden::data {

/// Up to `most` of the films, in their order: evenly spread over them all, and of the broken ones up to a quarter, so
/// that they are seen.
inline std::vector<std::size_t> films_to_show(const std::vector<std::size_t>& films,
                                              const std::vector<FilmFacts>& facts, std::size_t most) {
  std::vector<std::size_t> sound;
  std::vector<std::size_t> broken;
  for (const std::size_t i : films) (facts[i].broken.empty() ? sound : broken).push_back(i);
  const auto spread = [](const std::vector<std::size_t>& from, std::size_t n, std::vector<std::size_t>& into) {
    for (std::size_t k = 0; k < n; ++k) into.push_back(from[(2 * k + 1) * from.size() / (2 * n)]);
  };
  std::vector<std::size_t> out;
  const std::size_t spare = most - std::min(most, sound.size());
  const std::size_t marked = std::min(broken.size(), std::max(most / 4, spare));
  spread(sound, std::min(sound.size(), most - marked), out);
  spread(broken, marked, out);
  std::sort(out.begin(), out.end());
  return out;
}

/// Films that belong together on the sheet.
struct FilmGroup {
  std::string title;
  std::vector<std::size_t> films;  ///< indices of samples
};

/// One group a label, the largest first.
inline std::vector<FilmGroup> groups_by_label(const std::vector<sample::Sample>& samples) {
  std::map<std::string, FilmGroup> groups;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    groups[samples[i].label].title = samples[i].label;
    groups[samples[i].label].films.push_back(i);
  }
  std::vector<FilmGroup> out;
  for (auto& [label, group] : groups) out.push_back(std::move(group));
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.films.size() > b.films.size(); });
  return out;
}

/// `55 films`, `1 film`.
inline std::string counted(std::size_t n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

/// `patient 46, F 55, PA`, as far as it is known.
inline std::string caption(const sample::Sample& s) {
  const auto known = [&](const char* name) {
    const auto it = s.covariates.find(name);
    if (it == s.covariates.end() || it->is_null()) return std::string();
    return it->is_string() ? it->get<std::string>() : it->dump();
  };
  std::string out = s.patient.empty() ? "patient unknown" : "patient " + s.patient;
  const std::string person = known("sex") + " " + known("age");
  for (const std::string& more : {std::string(base::trim(person)), known("view")}) {
    if (!more.empty()) out += ", " + more;
  }
  return out;
}

/// The contact sheet of a data set, at most `kMostRows` groups of it. `look`: how a sample that is no file is drawn.
inline ContactSheet film_sheet(const std::string& title, const std::vector<sample::Sample>& samples,
                               const std::vector<FilmFacts>& facts, std::vector<FilmGroup> groups,
                               const std::function<cv::Mat(const sample::Sample&)>& look = {}) {
  constexpr std::size_t kMostRows = 16;
  const std::size_t all = groups.size();
  if (all > kMostRows) groups.resize(kMostRows);
  // Two classes have room for three lines each, from seven on it is one.
  const std::size_t lines = all == 0 ? 1 : std::clamp<std::size_t>(6 / all, 1, 3);
  std::vector<SheetRow> rows;
  for (const FilmGroup& group : groups) {
    LabelFacts known;
    for (const std::size_t i : group.films) known.add(samples[i], facts[i]);
    SheetRow row{.title = group.title, .note = counted(known.films, "film"), .films = {}};
    if (!known.patients.empty()) row.note += "  |  " + counted(known.patients.size(), "patient");
    if (known.width.second > 0) row.note += "  |  " + known.sizes() + " pixels";
    if (known.broken > 0) row.note += "  |  " + std::to_string(known.broken) + " not readable";
    const auto shown = films_to_show(group.films, facts, lines * ContactSheet::kAcross);
    if (shown.size() < group.films.size()) row.note += "  |  " + std::to_string(shown.size()) + " shown";
    for (const std::size_t i : shown) {
      const sample::Sample& s = samples[i];
      const auto file = s.path.empty() ? s.id : std::filesystem::path(s.path).filename().string();
      const auto picture = [&s, look, broken = facts[i].broken](int side) {
        if (!broken.empty()) throw base::DataError({broken});
        return s.path.empty() ? image::shrink(look(s), side) : image::thumbnail(s.path, side);
      };
      row.films.push_back({picture, caption(s), file});
    }
    rows.push_back(std::move(row));
  }
  LabelFacts whole;
  for (std::size_t i = 0; i < samples.size(); ++i) whole.add(samples[i], facts[i]);
  std::string note = counted(whole.films, "film");
  if (!whole.patients.empty()) note += " of " + counted(whole.patients.size(), "patient");
  if (!whole.sources.empty() && whole.sources.size() <= 4) note += ", from " + base::join(whole.sources, ", ");
  if (all > kMostRows) note += "; " + std::to_string(all - kMostRows) + " further rows are not shown";
  return {title, note, std::move(rows)};
}

}  // namespace youden::data
