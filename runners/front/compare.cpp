#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "front_commands.hpp"
#include "tests_table.hpp"
#include "youden/base/threads.hpp"
#include "youden/compare/comparison.hpp"
#include "youden/compare/comparison_json.hpp"
#include "youden/compare/curves_plot.hpp"
#include "youden/compare/notes.hpp"
#include "youden/evaluate/registered.hpp"
#include "youden/store/run_ref.hpp"
#include "youden/store/table.hpp"

namespace youden::runner {
namespace {

using store::Json;
using store::Table;

constexpr std::size_t kFlippedShown = 20;

std::string run_title(const store::RunRecord& run) { return fmt::format("run {}", run.id); }

std::string heading(const compare::Comparison& c) {
  Table table{{"run", "name", "part", "n", "replicates", "seed"}};
  for (std::size_t i = 0; i < c.runs.size(); ++i) {
    table.rows.push_back({c.runs[i].id, c.runs[i].name, c.choice.parts[i], c.parts[i].samples.size(),
                          c.parts[i].replicates.size(), c.runs[i].seed});
  }
  return table.text() + fmt::format("part: {}\n", c.choice.reason);
}

Table difference_table(const compare::Comparison& c) {
  Table table{{"key"}};
  for (const auto& run : c.runs) table.columns.push_back(run_title(run));
  for (const compare::Difference& d : c.differences) {
    std::vector<Json> row{d.key};
    for (const Json& v : d.values) row.push_back(v.is_null() ? Json("null") : v);
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table metric_table(const compare::Comparison& c) {
  Table table{{"metric"}};
  for (const auto& run : c.runs) table.columns.push_back(run_title(run));
  std::set<std::string> names;
  for (const auto& metrics : c.metrics) {
    for (const auto& [name, result] : metrics) names.insert(name);
  }
  for (const std::string& name : names) {
    std::vector<Json> row{name};
    for (const auto& metrics : c.metrics) {
      const auto it = metrics.find(name);
      row.emplace_back(it == metrics.end() ? "-"
                                           : interval_text(it->second.estimate.value, it->second.estimate.low,
                                                           it->second.estimate.high));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table test_table(const compare::Comparison& c, bool text, bool every_p) {
  Table table;
  for (const compare::PairComparison& pair : c.pairs) {
    add_tests(table, fmt::format("{} − {}", c.runs.front().id, c.runs[pair.other].id), pair.tests, text, every_p);
  }
  return table;
}

std::string flipped_text(const compare::Comparison& c) {
  if (c.flipped.empty()) return "\nno sample is called otherwise\n";
  Table table{{"sample", "label"}};
  for (const auto& run : c.runs) table.columns.push_back(run_title(run));
  table.columns.emplace_back("path");
  for (std::size_t k = 0; k < std::min(c.flipped.size(), kFlippedShown); ++k) {
    const compare::FlippedSample& f = c.flipped[k];
    std::vector<Json> row{f.sample, f.label};
    for (std::size_t i = 0; i < f.scores.size(); ++i) {
      row.emplace_back(f.scores[i] ? fmt::format("{} ({:.4f})", f.decisions[i], *f.scores[i]) : "-");
    }
    row.emplace_back(f.path);
    table.rows.push_back(std::move(row));
  }
  const std::string of = c.runs.front().positive.empty() ? "the true class" : c.runs.front().positive;
  std::string out = fmt::format("\n{} sample(s) called otherwise (in brackets the probability of {})\n{}",
                                c.flipped.size(), of, indented(table));
  if (c.flipped.size() > kFlippedShown) {
    out += fmt::format("  … and {} more; --format json lists them all\n", c.flipped.size() - kFlippedShown);
  }
  return out;
}

std::string claim_text(const compare::Comparison& c) {
  if (!c.claim) return {};
  const auto verdict = [&](bool passed) {
    std::string out;
    for (const compare::PairComparison& pair : c.pairs) {
      for (const compare::Gate& g : pair.gates) {
        if (g.passed != passed) continue;
        const std::string runs =
            c.pairs.size() > 1 ? fmt::format("{} − {}  ", c.runs.front().id, c.runs[pair.other].id) : "";
        out += fmt::format("  {:<6} {}{:<10}  {}\n", passed ? "passed" : "FAILED", runs, g.name, g.reason);
      }
    }
    return out;
  };
  return fmt::format("\n{}: run {} is better in {} by more than {:g}\n{}{}",
                     c.supported() ? "SUPPORTED" : "NOT SUPPORTED", c.runs.front().id, c.claim->metric, c.claim->margin,
                     verdict(false), verdict(true));
}

void print_text(const compare::Comparison& c, bool every_p) {
  fmt::print("{}", heading(c));
  if (c.differences.empty()) {
    fmt::print("\nthe configurations do not differ\n");
  } else {
    fmt::print("\nconfigurations differ in\n{}", indented(difference_table(c)));
  }
  const bool none = std::all_of(c.metrics.begin(), c.metrics.end(), [](const auto& m) { return m.empty(); });
  if (!none) fmt::print("\nmetrics, with 95 % intervals\n{}", indented(metric_table(c)));
  const Table tests = test_table(c, true, every_p);
  if (!tests.rows.empty()) {
    fmt::print("\ntests, first − other, 95 % intervals; p_holm: over all pairs, one family a metric{}\n{}",
               every_p ? "" : "; --all-tests shows the other p", indented(tests));
  }
  fmt::print("{}\n", flipped_text(c));
  for (const std::string& note : compare::comparison_notes(c)) fmt::print("{}\n", note);
  fmt::print("{}", claim_text(c));
}

}  // namespace

int command_compare(const Invocation& in) {
  namespace po = boost::program_options;
  Arguments args(
      in, "RUN RUN… [--claim METRIC [--margin X]] [--metric METRIC] [--part PART] [--plot FILE.png|svg]",
      "What differs between runs: configuration, metrics, and whether the difference may be chance.\n"
      "Each run is compared with the first, on the samples that both scored, matched by content. Accuracy is\n"
      "tested by McNemar's exact test, the AUC by DeLong's, other metrics by a bootstrap of patients; p_holm\n"
      "is adjusted (Holm) over the pairs of runs, for the --metric and for the decisions; all other tests are\n"
      "exploratory. With --claim the answer is SUPPORTED, or NOT SUPPORTED (exit 3) and\n"
      "the gates that failed.\n\n"
      "examples:\n"
      "  youden compare 7 8\n"
      "  youden compare @best 3 4 5 --format json\n"
      "  youden compare 7 8 --claim auc --margin 0.02\n"
      "  youden compare 7 8 --plot curves.svg");
  compare::CompareOptions options;
  std::string claimed;
  double margin = 0;
  args.options.add_options()("claim", po::value(&claimed)->value_name("METRIC"),
                             "claim that the first run is better in this metric")(
      "margin", po::value(&margin)->value_name("X")->default_value(0.0, "0"), "by more than this")(
      "metric", po::value(&options.primary)->value_name("METRIC")->default_value(options.primary),
      "the metric whose comparison is the question")("all-tests", "show the p of exploratory tests as well")(
      "part", po::value(&options.part)->value_name("PART"),
      "the part to compare; else out-of-fold where there is one, test, or validation")(
      "plot", po::value<std::string>()->value_name("FILE"), "draw ROC and precision-recall curves over each other");
  if (!args.parse(-1)) return 0;
  if (args.words.size() < 2) {
    throw base::ConfigError({args.words.empty() ? "the runs are missing" : "comparing takes two runs", "command line",
                             fmt::format("usage: {} compare RUN RUN…", in.program)});
  }
  if (!args.has("claim") && !args.values["margin"].defaulted()) {
    throw base::ConfigError({"--margin belongs to a claim", "command line", "name the metric: --claim auc"});
  }
  if (!(margin >= 0 && margin < 1e9)) {
    throw base::ConfigError({"--margin is negative or no number", "command line",
                             "a claim says by how much the first run is better: --margin 0.02"});
  }
  if (args.has("claim")) options.claim = compare::ComparisonClaim{claimed, margin};
  options.metrics = evaluate::registered_metrics();
  options.bootstrap.threads = base::usable_threads();

  auto database = store::Database::open_read_only(in.db);
  std::vector<std::int64_t> runs;
  for (const std::string& word : args.words) runs.push_back(store::find_run(database, word));
  const compare::Comparison c = compare::compare_runs(database, runs, options);
  std::string plot;
  if (args.has("plot")) plot = compare::plot_curves(c, args.values["plot"].as<std::string>()).string();

  if (in.format == Format::json) {
    Json j = compare::to_json(c);
    if (!plot.empty()) j["plot"] = plot;
    fmt::print("{}\n", j.dump(2, ' ', false, config::kAnyBytes));
  } else if (in.format == Format::csv) {
    fmt::print("{}", test_table(c, false, true).csv());
  } else {
    print_text(c, args.has("all-tests"));
    if (!plot.empty()) fmt::print("\nplot  {}\n", plot);
  }
  if (c.claim && !c.supported()) return static_cast<int>(base::Exit::check_said_no);
  return 0;
}

}  // namespace youden::runner
