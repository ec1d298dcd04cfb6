#pragma once
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "youden/report/page/section.hpp"
#include "youden/report/page/table.hpp"
#include "youden/report/run_data.hpp"

namespace youden::report {

/// What was asked for: every setting, and the file and command as written.
inline Section configuration_section(const RunData& d, const std::string& prefix) {
  Section s{.id = prefix + "config", .title = "Configuration", .html = {}};
  HtmlTable table("Every setting, defaults included", {"key", "value"});
  for (const auto& [key, value] : d.params.items()) table.add({Cell::text(key), Cell::text(plain(value))});
  if (!d.run.command_line.empty())
    s.html += "<p>Command as typed</p><pre tabindex=\"0\">" + escape(d.run.command_line) + "</pre>\n";
  if (!d.run.yaml.empty())
    s.html += "<p>Experiment as written</p><pre tabindex=\"0\">" + escape(d.run.yaml) + "</pre>\n";
  if (!table.empty()) s.html += details("All settings, resolved", table.html());
  return s;
}

/// What it ran on and what it left: enough to run it again, and to know when it cannot be the same.
inline Section environment_section(const RunData& d, const std::string& prefix) {
  Section s{.id = prefix + "environment", .title = "Provenance", .html = {}};
  std::vector<std::pair<std::string, std::string>> facts{
      {"run", fmt::format("{} (number {} here)", escape(d.run.uid), d.run.id)},
      {"fingerprint", "<code>" + escape(d.run.fingerprint) + "</code>"},
      {"data set hash", "<code>" + escape(d.dataset_hash) + "</code>"}};
  if (!d.run.test_hash.empty())
    facts.emplace_back("test set hash", "<code>" + escape(d.run.test_hash) +
                                            "</code>; completed runs scored on it: " + std::to_string(d.looks));
  facts.emplace_back("seed", std::to_string(d.run.seed));
  facts.emplace_back("protocol", fmt::format("{} fold{}, {} replicate{}", d.run.folds, d.run.folds == 1 ? "" : "s",
                                             d.run.replicates, d.run.replicates == 1 ? "" : "s"));
  facts.emplace_back("created", escape(d.run.created));
  facts.emplace_back("finished", d.run.finished.empty() ? "–" : escape(d.run.finished));
  for (const auto& [name, value] : d.tags.items()) facts.emplace_back("tag " + name, escape(plain(value)));
  s.html = definition_list(facts);
  for (const auto& note : d.notes)
    s.html += fmt::format("<blockquote><p>{}</p><p class=\"soft small\">note of {}</p></blockquote>\n",
                          escape(note.body), escape(note.created));
  HtmlTable files("Files", {"kind", "file", "bytes", "SHA-256"});
  for (const auto& a : d.artifacts)
    files.add({Cell::text(a.kind),
               Cell::text(a.path.filename().string()),
               Cell::integer(a.bytes),
               {.html = "<code>" + escape(a.sha256) + "</code>"}});
  if (!files.empty()) s.html += details("Files of the run", files.html());
  HtmlTable environment("Versions and machine", {"name", "value"});
  for (const auto& [name, value] : d.environment.items()) environment.add({Cell::text(name), Cell::text(plain(value))});
  if (!environment.empty()) s.html += details("Versions and machine", environment.html());
  return s;
}

}  // namespace youden::report
