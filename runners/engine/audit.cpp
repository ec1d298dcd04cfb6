#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "engine_commands.hpp"
#include "stored_experiment.hpp"
#include "youden/base/progress.hpp"
#include "youden/registry/registry.hpp"
#include "youden/run/audit.hpp"
#include "youden/store/table.hpp"

namespace youden::runner {
namespace {

using audit::Finding;
using config::Json;

/// Words wrapped to the width of a page, later lines under the first.
std::string wrapped(const std::string& text, std::size_t indent) {
  constexpr std::size_t kWidth = 100;
  std::string out;
  std::string line;
  for (const std::string& word : base::split(text, ' ')) {
    if (!line.empty() && indent + store::display_width(line) + 1 + store::display_width(word) > kWidth) {
      out += line + "\n" + std::string(indent, ' ');
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return out + line + "\n";
}

/// The films of a finding's examples, a line each.
std::string examples_text(const Finding& f) {
  std::string out;
  if (!f.evidence.contains("examples") || f.severity == audit::Severity::pass) return out;
  for (const Json& example : f.evidence["examples"]) {
    std::string line;
    for (const Json& film : example["films"]) line += (line.empty() ? "" : ", ") + film.get<std::string>();
    if (example.contains("patient")) line = "patient " + example["patient"].get<std::string>() + ": " + line;
    if (const auto parts = example.find("parts"); parts != example.end() && parts->is_array()) {
      line += " (" + (*parts)[0].get<std::string>() + ", " + (*parts)[1].get<std::string>() + ")";
    }
    if (example.contains("ncc")) line += fmt::format(", correlation {:.3f}", example["ncc"].get<double>());
    out += "        " + line + "\n";
  }
  return out;
}

std::string text_of(const std::string& name, std::size_t films, const std::vector<Finding>& findings) {
  std::string out = fmt::format("{}: {} films, verdict {}\n\n", name, films, audit::name_of(audit::verdict(findings)));
  for (const Finding& f : findings) {
    out +=
        fmt::format("{:<6}  {}\n        ", audit::name_of(f.severity), f.rule) + wrapped(f.text, 8) + examples_text(f);
  }
  return out;
}

store::Table table_of(const std::vector<Finding>& findings) {
  store::Table table{.columns = {"rule", "severity", "value", "text"}};
  for (const Finding& f : findings) {
    table.rows.push_back({f.rule, audit::name_of(f.severity), f.value ? Json(*f.value) : Json(), f.text});
  }
  return table;
}

}  // namespace

int command_audit(const Invocation& in) {
  Arguments args(
      in, "EXP [key=value…]",
      "Looks for what makes a result worth less than it seems: patients in two parts, copies of films, sources\n"
      "and file headers that betray the label, classes of different age, sex or view, parts too small to\n"
      "claim anything by. Reads every film, trains nothing, writes nothing. Exit 3 when a check fails.\n\n"
      "examples:\n"
      "  youden audit experiments/covid19.yaml\n"
      "  youden audit experiments/covid19-sound.yaml split=patient-kfold5 --format json\n"
      "  youden audit run:7");
  if (!args.parse(-1)) return 0;
  const std::string exp = args.first("the experiment");
  const auto document =
      resolve_experiment(registry::catalog(), exp, std::vector(args.words.begin() + 1, args.words.end()), in.db);
  const auto experiment = run::Experiment::from(document);
  for (const std::string& note : document.notes) spdlog::info("{}", note);
  std::vector<Finding> findings;
  std::size_t films = 0;
  {
    base::Progress progress;
    const run::Materials m = run::gather(experiment, progress);
    films = m.dataset.size();
    findings = run::full_audit(m, progress);
  }
  const auto verdict = audit::verdict(findings);
  if (in.format == Format::json) {
    Json j{
        {"name", experiment.name}, {"films", films}, {"verdict", audit::name_of(verdict)}, {"findings", Json::array()}};
    for (const Finding& f : findings) j["findings"].push_back(f.json());
    fmt::print("{}\n", j.dump(2, ' ', false, config::kAnyBytes));
  } else if (in.format == Format::csv) {
    fmt::print("{}", table_of(findings).csv());
  } else {
    fmt::print("{}", text_of(experiment.name, films, findings));
  }
  return static_cast<int>(verdict == audit::Severity::fail ? base::Exit::check_said_no : base::Exit::done);
}

}  // namespace youden::runner
