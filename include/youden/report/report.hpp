#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "youden/report/page/chart_library.hpp"
#include "youden/report/page/page.hpp"
#include "youden/report/run_data.hpp"
#include "youden/report/sections/card.hpp"
#include "youden/report/sections/charts.hpp"
#include "youden/report/sections/comparison.hpp"
#include "youden/report/sections/configuration.hpp"
#include "youden/report/sections/confusion.hpp"
#include "youden/report/sections/data_by_part.hpp"
#include "youden/report/sections/findings.hpp"
#include "youden/report/sections/flow.hpp"
#include "youden/report/sections/headline.hpp"
#include "youden/report/sections/history.hpp"
#include "youden/report/sections/mistakes.hpp"
#include "youden/report/sections/predictions.hpp"
#include "youden/report/sections/results.hpp"
#include "youden/report/sections/slices.hpp"
#include "youden/report/sections/sweep.hpp"
#include "youden/report/thumbnails.hpp"

namespace youden::report {

/// All sections of one run, in the order in which they are read. `prefix` keeps the ids of several runs apart.
inline std::vector<Section> run_sections(const RunData& d, const std::string& prefix, Thumbnails& thumbnails) {
  return {headline_section(d, prefix),
          charts_section(d, prefix),
          results_section(d, prefix),
          confusion_section(d, prefix),
          mistakes_section(d, prefix, thumbnails),
          history_section(d, prefix),
          flow_section(d, prefix),
          data_by_part_section(d, prefix),
          slices_section(d, prefix),
          findings_section(d, prefix),
          predictions_section(d, prefix),
          card_section(d, prefix),
          configuration_section(d, prefix),
          environment_section(d, prefix)};
}

/// One self-contained page. The same runs give the same bytes. Throws ConfigError where Chart.js is not installed.
/// `comparison`, of the same runs in the same order, or null and `fault` says why there is none.
inline std::string report_page(const std::vector<RunData>& runs, Thumbnails& thumbnails,
                               const compare::Comparison* comparison = nullptr, const std::string& fault = {}) {
  const auto identity = [](const RunData& d) {
    return paragraph(fmt::format("run {} · {} · {}", d.run.id, escape(d.run.uid), escape(d.run.status)), "soft");
  };
  PageFrame frame{.title = runs.front().run.name, .lead = identity(runs.front()), .chart_script = chart_library()};
  if (runs.size() == 1) return page_html(frame, run_sections(runs.front(), "", thumbnails));

  frame.title = fmt::format("{} runs", runs.size());
  frame.lead.clear();
  std::vector<Section> sections{comparison_section(runs, comparison, fault, thumbnails)};
  for (const RunData& d : runs) {
    const std::string prefix = fmt::format("r{}-", d.run.id);
    Section whole{.id = prefix + "run", .title = detail::run_title(d), .html = identity(d)};
    for (const Section& s : run_sections(d, prefix, thumbnails)) whole.add(s);
    sections.push_back(std::move(whole));
  }
  return page_html(frame, sections);
}

/// A sweep's page: its trials beside each other.
inline std::string sweep_page(const SweepData& d) {
  const store::SweepRecord& sweep = d.standing.sweep;
  std::string lead =
      paragraph(fmt::format("sweep {} · {} · {}", sweep.id, escape(sweep.uid), escape(sweep.state)), "soft");
  if (const auto* best = d.standing.best()) {
    lead += paragraph(fmt::format("Best: <strong>{}</strong>, run {} with {}", escape(sweep::values_text(sweep, *best)),
                                  best->run.value_or(0), escape(sweep::params_text(best->params))));
  }
  return page_html({.title = sweep.name, .lead = lead, .chart_script = chart_library()}, sweep_sections(d));
}

/// The reporting card alone, as a page without charts.
inline std::string card_page(const RunData& d) {
  Section s = card_section(d, "");
  s.title.clear();
  std::string facts;
  for (const auto& [name, value] : card_facts(d))
    facts += fmt::format("{}{}: {}", facts.empty() ? "" : " · ", name, escape(value));
  return page_html(
      {.title = "Reporting card: " + d.run.name, .lead = paragraph(facts, "soft small"), .chart_script = {}}, {s});
}

}  // namespace youden::report
