#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/audit/finding.hpp"
#include "youden/audit/predictability.hpp"
#include "youden/audit/subject.hpp"
#include "youden/data/film_facts.hpp"
#include "youden/stat/placements.hpp"

namespace youden::audit {

namespace detail {

/// Width, height, aspect, bit depth, channels; one column a codec; and one for each size that a twentieth of
/// the films have exactly: "1024 × 1024" lies between others and would escape a straight line.
inline Traits header_traits(const Subject& s) {
  const std::size_t n = s.headers.size();
  Traits t;
  const auto column = [&](const std::string& name, const auto& value) {
    std::vector<double> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = s.headers[i].width > 0 ? value(s.headers[i]) : 0;
    t.add(name, std::move(values));
  };
  const auto log_of = [](auto v) { return std::log(std::max(static_cast<double>(v), 1.0)); };
  column("width", [&](const auto& h) { return log_of(h.width); });
  column("height", [&](const auto& h) { return log_of(h.height); });
  column("aspect", [&](const auto& h) { return log_of(h.width) - log_of(h.height); });
  column("bit depth", [](const auto& h) { return static_cast<double>(h.bit_depth); });
  column("channels", [](const auto& h) { return static_cast<double>(h.channels); });
  std::set<std::string> codecs;
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> sizes;
  for (const image::ImageHeader& h : s.headers) {
    if (h.width <= 0) continue;
    codecs.insert(h.format);
    ++sizes[{h.width, h.height}];
  }
  for (const std::string& codec : codecs) {
    column("codec " + codec, [&](const auto& h) { return h.format == codec ? 1.0 : 0.0; });
  }
  for (const auto& [size, films] : sizes) {
    if (films < 3 || films * 20 < n) continue;
    column(fmt::format("size {} × {}", size.first, size.second), [&, wanted = size](const auto& h) {
      return std::pair{h.width, h.height} == wanted ? 1.0 : 0.0;
    });
  }
  return t;
}

/// The trait that tells `cls` best by itself, whichever way it points, with the AUC that it then has.
inline std::pair<std::string, double> strongest(const Subject& s, const Traits& t,
                                                const std::vector<std::size_t>& chosen, const std::string& cls) {
  std::vector<std::uint8_t> positive;
  for (const std::size_t i : chosen) positive.push_back(s.label(i) == cls ? 1 : 0);
  std::pair<std::string, double> best{"", 0};
  for (std::size_t c = 0; c < t.columns.size(); ++c) {
    std::vector<double> values;
    for (const std::size_t i : chosen) values.push_back(t.columns[c][i]);
    const double auc = stat::placements(positive, values).auc.value_or(0.5);
    if (std::max(auc, 1 - auc) > best.second) best = {t.names[c], std::max(auc, 1 - auc)};
  }
  return best;
}

}  // namespace detail

/// Whether files betray their label before a pixel is looked at: such a data set lets a network score without having
/// seen a lung.
inline Finding header_shortcut(const Subject& s) {
  Finding f{.rule = "header-shortcut", .text = {}};
  std::vector<std::size_t> chosen;
  std::map<std::string, data::LabelFacts> facts;
  for (std::size_t i = 0; i < s.headers.size(); ++i) {
    if (s.headers[i].width <= 0) continue;
    chosen.push_back(i);
    facts[s.label(i)].add(s.samples()[i], {.header = s.headers[i]});
  }
  if (chosen.empty()) {
    f.text = "the films are drawn: there are no files whose headers could betray them";
    return f;
  }
  const Traits traits = detail::header_traits(s);
  const Predictability p = predictability(s, traits, chosen);
  f.value = p.auc.value;
  f.severity = p.severity();
  f.evidence["auc"] = p.json();
  f.evidence["by_class"] = config::Json::object();
  for (const auto& [label, of_label] : facts) f.evidence["by_class"][label] = of_label.json();
  if (!p.auc.value) {
    f.severity = Severity::warn;
    f.evidence["unverifiable"] = true;
    f.text = "unverifiable: a class has films of too few patients to try it out";
    return f;
  }
  const auto best = detail::strongest(s, traits, chosen, p.of);
  f.evidence["strongest"] = {{"trait", best.first}, {"auc", best.second}};
  f.text = fmt::format("width, height, depth, channels and codec alone tell '{}': {}; '{}' by itself {:.3f}", p.of,
                       auc_text(p.auc), best.first, best.second);
  if (f.severity == Severity::pass) return f;
  for (const auto& [label, of_label] : facts) {
    const auto kind = std::max_element(of_label.kinds.begin(), of_label.kinds.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    f.text += fmt::format("; {}: {}, {} of {} {}", label, of_label.sizes(), kind->second, of_label.films, kind->first);
  }
  return f;
}

}  // namespace youden::audit
