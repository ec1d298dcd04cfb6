#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "front_commands.hpp"
#include "labels.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/progress.hpp"
#include "youden/sample/part.hpp"
#include "youden/store/run_json.hpp"
#include "youden/store/run_ref.hpp"
#include "youden/store/sweeps.hpp"
#include "youden/store/table.hpp"

namespace youden::runner {
namespace {

using store::Json;
using store::Table;

constexpr std::size_t kEpochsShown = 5;

std::string plain(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string indented(const std::string& text) {
  std::string out;
  for (const std::string& line : base::split(text, '\n')) out += line.empty() ? "\n" : "  " + line + "\n";
  return out.substr(0, out.size() - 1);
}

/// `type, key value, key value`; nested maps in braces.
std::string flow(const Json& value, bool outermost = true) {
  if (!value.is_object()) return plain(value);
  std::vector<std::string> parts;
  for (const auto& [key, child] : value.items()) {
    parts.push_back(key == "type" && child.is_string() ? child.get<std::string>() : key + " " + flow(child, false));
  }
  const std::string text = base::join(parts, ", ");
  return outermost ? text : "{" + text + "}";
}

std::string heading(const store::RunRecord& run) {
  std::string out = fmt::format("run {}  {}  {}\n", run.id, run.name, run.status);
  if (!run.reason.empty()) out += fmt::format("  reason       {}\n", run.reason);
  if (run.status == "running") out += fmt::format("  owner        process {} on {}\n", run.owner.pid, run.owner.host);
  if (run.status == "interrupted") out += fmt::format("  next         youden resume {}\n", run.id);
  out += fmt::format("  uid          {}\n  fingerprint  {}\n  seed         {}\n", run.uid, run.fingerprint, run.seed);
  out += fmt::format("  created      {}, took {}\n", run.created, base::duration_text(run.seconds));
  if (run.folds > 1 || run.replicates > 1)
    out += fmt::format("  protocol     {} folds, {} replicates\n", run.folds, run.replicates);
  if (!run.command_line.empty()) out += fmt::format("  command      {}\n", run.command_line);
  return out;
}

std::string trials_text(store::Database& database, std::int64_t run) {
  std::string out;
  for (const store::TrialOf& t : store::trials_of_run(database, run)) out += "  picked       " + t.text() + "\n";
  return out;
}

std::string config_text(const store::RunRecord& run) {
  std::size_t width = 0;
  for (const auto& [key, value] : run.config.items()) width = std::max(width, key.size());
  std::string out = "\nconfig\n";
  for (const auto& [key, value] : run.config.items()) out += fmt::format("  {:<{}}  {}\n", key, width, flow(value));
  return out;
}

/// Images a class and part, in the first replicate's first fold (out-of-fold: over all folds).
std::string data_text(store::Database& database, const store::RunRecord& run) {
  std::map<std::string, std::map<std::string, std::int64_t>> n;  // class → part → images
  std::map<std::string, std::set<std::string>> patients;
  std::map<std::string, const store::SampleRow*> by_id;
  const auto samples = store::read_samples(database, run.dataset);
  for (const auto& s : samples) by_id[s.id] = &s;
  for (const auto& a : store::read_assignments(database, run.id)) {
    if (a.replicate != 0 || (a.fold != 0 && a.part != "oof")) continue;
    const store::SampleRow& s = *by_id.at(a.sample);
    ++n[s.label][a.part];
    if (!s.patient.empty()) patients[a.part].insert(s.patient);
  }
  Table table{{"class"}};
  for (const sample::Part each : sample::kShown) {
    const std::string part = sample::name_of(each);
    const bool any = std::any_of(n.begin(), n.end(), [&](const auto& c) { return c.second.contains(part); });
    if (any) table.columns.push_back(part);
  }
  std::vector<Json> total{"images"};
  std::vector<Json> groups{"patients"};
  for (std::size_t c = 1; c < table.columns.size(); ++c) {
    std::int64_t sum = 0;
    for (const auto& [label, parts] : n) sum += parts.contains(table.columns[c]) ? parts.at(table.columns[c]) : 0;
    total.emplace_back(sum);
    groups.emplace_back(patients.contains(table.columns[c]) ? Json(patients[table.columns[c]].size())
                                                            : Json("unknown"));
  }
  for (const std::string& label : run.classes) {
    std::vector<Json> row{label == run.positive ? label + " (positive)" : label};
    for (std::size_t c = 1; c < table.columns.size(); ++c) row.emplace_back(n[label][table.columns[c]]);
    table.rows.push_back(std::move(row));
  }
  table.rows.push_back(std::move(total));
  table.rows.push_back(std::move(groups));
  return n.empty() ? "" : "\ndata\n" + indented(table.text());
}

struct EpochLine {
  std::tuple<int, int, int> place;  // replicate, fold, epoch
  std::map<std::string, Json> values;
};

std::vector<EpochLine> epochs_of(store::Database& database, std::int64_t run) {
  std::vector<EpochLine> lines;
  for (const auto& h : store::read_history(database, run)) {
    const std::tuple place{h.replicate, h.fold, h.epoch};
    if (lines.empty() || lines.back().place != place) lines.push_back({place, {}});
    lines.back().values[h.part + "." + h.metric] = h.value ? Json(*h.value) : Json();
  }
  return lines;
}

std::string history_text(store::Database& database, const store::RunRecord& run) {
  const auto lines = epochs_of(database, run.id);
  if (lines.empty()) return {};
  const std::size_t from = lines.size() - std::min(lines.size(), kEpochsShown);
  const bool several = run.folds > 1 || run.replicates > 1;
  Table table{several ? std::vector<std::string>{"replicate", "fold", "epoch"} : std::vector<std::string>{"epoch"}};
  const std::size_t fixed = table.columns.size();
  std::set<std::string> names;
  for (std::size_t i = from; i < lines.size(); ++i) {
    for (const auto& [name, value] : lines[i].values) names.insert(name);
  }
  table.columns.insert(table.columns.end(), names.begin(), names.end());
  for (std::size_t i = from; i < lines.size(); ++i) {
    const auto [replicate, fold, epoch] = lines[i].place;
    std::vector<Json> row = several ? std::vector<Json>{replicate, fold, epoch} : std::vector<Json>{epoch};
    for (std::size_t c = fixed; c < table.columns.size(); ++c) {
      const auto it = lines[i].values.find(table.columns[c]);
      row.push_back(it == lines[i].values.end() ? Json() : it->second);
    }
    table.rows.push_back(std::move(row));
  }
  return fmt::format("\nhistory, the last {} of {} epochs\n", lines.size() - from, lines.size()) +
         indented(table.text());
}

Table metric_table(const store::PooledResults& results) {
  bool repeated = false;
  for (const auto& [part, metrics] : results) {
    for (const auto& [name, r] : metrics) repeated = repeated || r.replicates > 1;
  }
  Table table{{"part", "metric", "value", "low", "high", "method", "n"}};
  if (repeated) table.columns.insert(table.columns.begin() + 3, "sd");
  for (const auto& [part, metrics] : results) {
    for (const auto& [name, r] : metrics) {
      const Json j = store::to_json(r);
      std::vector<Json> row{part,     name,      j["value"].is_null() ? Json("undefined") : j["value"],
                            j["low"], j["high"], j["method"].get<std::string>().empty() ? Json() : j["method"],
                            j["n"]};
      if (repeated) row.insert(row.begin() + 3, r.sd ? Json(*r.sd) : Json());
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

std::string metrics_text(store::Database& database, const store::RunRecord& run) {
  const auto results = store::read_pooled(database, run.id);
  if (results.empty()) return {};
  Table table = metric_table(results);
  for (auto& row : table.rows) {
    for (std::size_t c = 2; c + 2 < row.size(); ++c) {
      if (row[c].is_number()) row[c] = fmt::format("{:.4f}", row[c].get<double>());
    }
  }
  const double level = results.begin()->second.begin()->second.estimate.level;
  std::string out = fmt::format("\nmetrics, by {}, {:g} % intervals\n", run.unit, 100 * level);
  out += indented(table.text());
  if (results.contains("test") && !run.test_hash.empty()) {
    out += fmt::format("  {} completed run(s) were scored on this test set\n",
                       store::count_scored(database, run.test_hash));
  }
  return out;
}

std::string confusion_text(const Json& confusions) {
  std::string out;
  for (const auto& [part, c] : confusions.items()) {
    Table table{{"true \\ called"}};
    for (const Json& label : c["labels"]) table.columns.push_back(label.get<std::string>());
    for (std::size_t i = 0; i < c["labels"].size(); ++i) {
      std::vector<Json> row{c["labels"][i]};
      for (const Json& n : c["matrix"][i]) row.push_back(n);
      table.rows.push_back(std::move(row));
    }
    out += "\nconfusion, " + part + (c["unit"] == "patient" ? ", by patient" : "") + "\n" + indented(table.text());
  }
  return out;
}

std::string pairs_text(const std::string& title, const Json& pairs) {
  if (pairs.empty()) return {};
  Table table{{"name", "value"}};
  for (const auto& [name, value] : pairs.items()) table.rows.push_back({name, plain(value)});
  const std::string text = table.text();
  return "\n" + title + "\n" + indented(text.substr(text.find('\n') + 1));
}

std::string findings_text(store::Database& database, std::int64_t run) {
  Table table{{"severity", "rule", "value", "evidence"}};
  for (const auto& f : store::read_findings(database, run)) {
    const bool told = f.evidence.is_object() && f.evidence.contains("text");
    table.rows.push_back({f.severity, f.rule, f.value ? Json(*f.value) : Json(),
                          f.evidence.is_null() ? Json() : Json(plain(told ? f.evidence["text"] : f.evidence))});
  }
  return table.rows.empty() ? "" : "\naudit\n" + indented(table.text());
}

std::string notes_text(store::Database& database, std::int64_t run) {
  std::string out;
  for (const store::Note& note : store::read_notes(database, run)) {
    out += fmt::format("  {}\n{}", note.created, indented(indented(note.body + "\n")));
  }
  return out.empty() ? "" : "\nnotes\n" + out;
}

std::string artifacts_text(store::Database& database, std::int64_t run) {
  Table table{{"kind", "bytes", "path"}};
  for (const auto& a : store::read_artifacts(database, run)) table.rows.push_back({a.kind, a.bytes, a.path.string()});
  return table.rows.empty() ? "" : "\nartifacts\n" + indented(table.text());
}

void print_text(store::Database& database, std::int64_t id) {
  const store::RunRecord run = store::read_run(database, id);
  const Json j = store::run_json(database, id);
  const std::string text = fmt::format(
      "{}{}{}{}{}{}{}{}{}{}{}{}", heading(run), trials_text(database, id), config_text(run), data_text(database, run),
      history_text(database, run), metrics_text(database, run), confusion_text(j["confusions"]),
      findings_text(database, id), pairs_text("tags", store::read_tags(database, id)), notes_text(database, id),
      pairs_text("environment", store::read_environment(database, id)), artifacts_text(database, id));
  fmt::print("{}", base::printable(text, true));
}

void print_json(store::Database& database, std::int64_t id) {
  Json j = store::run_json(database, id);
  const store::RunRecord run = store::read_run(database, id);
  j["command_line"] = run.command_line;
  j["config"] = run.config;
  j["environment"] = store::read_environment(database, id);
  j["tags"] = store::read_tags(database, id);
  j["notes"] = notes_json(database, id);
  j["trial_of"] = Json::array();
  for (const store::TrialOf& t : store::trials_of_run(database, id)) {
    j["trial_of"].push_back(
        {{"sweep", t.sweep}, {"trial", t.number}, {"objective", t.objective}, {"best_of", t.completed}});
  }
  j["findings"] = Json::array();
  for (const auto& f : store::read_findings(database, id)) {
    j["findings"].push_back({{"rule", f.rule},
                             {"severity", f.severity},
                             {"value", f.value ? Json(*f.value) : Json()},
                             {"evidence", f.evidence}});
  }
  j["history"] = Json::array();
  for (const auto& h : store::read_history(database, id)) {
    j["history"].push_back({{"replicate", h.replicate},
                            {"fold", h.fold},
                            {"epoch", h.epoch},
                            {"part", h.part},
                            {"metric", h.metric},
                            {"value", h.value ? Json(*h.value) : Json()}});
  }
  fmt::print("{}\n", j.dump(2, ' ', false, config::kAnyBytes));
}

/// Prints each epoch as it is committed, until nobody works on the run any more. False: interrupted by a signal.
bool follow(store::Database& database, std::int64_t run, bool print) {
  base::watch_interrupts();
  std::set<std::tuple<int, int, int>> seen;
  while (!base::interrupted()) {
    const std::string status = store::read_run(database, run).status;  // before the history, so that none is missed
    for (const EpochLine& line : epochs_of(database, run)) {
      if (!seen.insert(line.place).second || !print) continue;
      const auto [replicate, fold, epoch] = line.place;
      std::string text = fmt::format("replicate {} fold {} epoch {:>3} ", replicate, fold, epoch);
      for (const auto& [name, value] : line.values) {
        text += value.is_number() ? fmt::format("  {} {:.4g}", name, value.get<double>()) : "  " + name + " undefined";
      }
      fmt::print("{}\n", text);
    }
    std::fflush(stdout);
    if (status != "running") {
      if (print) fmt::print("\n");
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  return false;
}

}  // namespace

int command_show(const Invocation& in) {
  Arguments args(in, "RUN [--follow]",
                 "Everything about one run. RUN is a number, a name, the start of a uid, @last or @best.\n\n"
                 "examples:\n"
                 "  youden show 7\n"
                 "  youden show @best --format json\n"
                 "  youden show @last --follow");
  args.options.add_options()("follow,f", "print epochs as they come until the run ends, then everything");
  if (!args.parse(1)) return 0;
  const std::string ref = args.first("the run");
  auto database = store::Database::open_read_only(in.db);
  const auto run = store::find_run(database, ref);
  if (args.has("follow") && !follow(database, run, in.format == Format::text)) {
    return static_cast<int>(base::Exit::interrupted);
  }
  if (in.format == Format::json) {
    print_json(database, run);
  } else if (in.format == Format::csv) {
    fmt::print("{}", metric_table(store::read_pooled(database, run)).csv());
  } else {
    print_text(database, run);
  }
  return 0;
}

}  // namespace youden::runner
