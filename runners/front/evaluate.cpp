#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "front_commands.hpp"
#include "tests_table.hpp"
#include "youden/base/threads.hpp"
#include "youden/evaluate/assessment.hpp"
#include "youden/evaluate/registered.hpp"
#include "youden/evaluate/score_file.hpp"
#include "youden/evaluate/score_file_pair.hpp"
#include "youden/stat/auc.hpp"
#include "youden/stat/class_average.hpp"
#include "youden/stat/precision_of_n.hpp"
#include "youden/store/run_json.hpp"
#include "youden/store/table.hpp"

namespace youden::runner {
namespace {

using evaluate::Assessed;
using evaluate::ScoreFile;
using store::Json;
using store::Table;

/// A table and its numbers, in the unit asked for.
struct Evaluated {
  std::string title;  ///< the table's file, or the column where a table has several models
  ScoreFile file;
  evaluate::ScoredTable units;  ///< what was counted: rows, or patients
  std::vector<Assessed> rows;

  /// The positive class's; of more than two classes what has a value over all of them, else the mean over classes.
  [[nodiscard]] std::vector<const Assessed*> headline() const {
    std::map<std::string, const Assessed*> best;
    std::vector<std::string> order;
    const auto& classes = file.table.classes;
    for (const Assessed& r : rows) {
      if (!r.slice.empty()) continue;
      const bool fits = file.table.binary() ? r.class_name == file.positive()
                                            : r.class_name.empty() || r.class_name == average(classes);
      if (!fits) continue;
      const auto [it, fresh] = best.try_emplace(r.metric, &r);
      if (fresh) order.push_back(r.metric);
      if (r.class_name.empty()) it->second = &r;
    }
    std::vector<const Assessed*> out;
    for (const std::string& name : order) out.push_back(best.at(name));
    return out;
  }
  [[nodiscard]] const Assessed* find(const std::string& metric) const {
    for (const Assessed* r : headline()) {
      if (r->metric == metric) return r;
    }
    return nullptr;
  }

 private:
  static std::string average(const std::vector<std::string>& classes) {
    return stat::name_of(stat::ClassAverage::macro, classes);
  }
};

Evaluated evaluate_file(const evaluate::ScoreFileOptions& options, evaluate::AssessmentSettings settings) {
  Evaluated out{
      .title = options.file.filename().string(), .file = evaluate::read_score_file(options), .units = {}, .rows = {}};
  if (!out.file.models.empty()) out.title = out.file.score_columns.front();
  settings.slices = options.slices;
  for (Assessed& row : evaluate::assess(out.file.table, settings)) {
    if (row.unit == settings.unit && row.fold == -1) out.rows.push_back(std::move(row));
  }
  out.units = settings.unit == "patient" ? out.file.table.by_patient() : out.file.table;
  return out;
}

Json to_json(const Assessed& row) {
  Json j = store::to_json(store::PooledResult{row.estimate, row.threshold, row.n_patients});
  if (!row.class_name.empty()) j["class"] = row.class_name;
  return j;
}

std::vector<std::vector<std::int64_t>> matrix_of(const evaluate::ScoredTable& table) {
  std::vector<std::vector<std::int64_t>> n(table.classes.size(), std::vector<std::int64_t>(table.classes.size()));
  for (std::size_t i = 0; i < table.rows(); ++i) {
    ++n[static_cast<std::size_t>(table.truth[i])][static_cast<std::size_t>(table.decided(i))];
  }
  return n;
}

/// Proportions whose interval is wider than ±5 %, with the samples that would do.
std::vector<const Assessed*> too_small(const Evaluated& e) {
  std::vector<const Assessed*> out;
  for (const char* name : {"sensitivity", "specificity", "accuracy"}) {
    const Assessed* row = e.find(name);
    if (row != nullptr && row->estimate.value && stat::too_small_to_claim(row->estimate)) out.push_back(row);
  }
  return out;
}
std::int64_t samples_needed(const Assessed& row) {
  return stat::samples_for(*row.estimate.value, stat::kClaimHalfWidth, row.estimate.level);
}

std::vector<std::string> notes_of(const Evaluated& e, bool threshold_given) {
  std::vector<std::string> out;
  if (!e.file.guesses.empty()) out.push_back("taken to be " + base::join(e.file.guesses, ", "));
  out.insert(out.end(), e.file.notes.begin(), e.file.notes.end());
  const auto& score = e.file.table.score;
  const bool probabilities = std::all_of(score.begin(), score.end(), [](double s) { return s >= 0 && s <= 1; });
  if (!probabilities && e.file.table.binary()) {
    out.push_back(std::string("the scores are no probabilities: Brier score, log loss and calibration are undefined") +
                  (threshold_given ? "" : ", and the threshold of 0.5 may mean nothing; name one with --threshold"));
  }
  const auto small = too_small(e);
  if (!small.empty()) {
    std::string text = "too small to claim (wider than ±5 %):";
    for (const Assessed* row : small) {
      text +=
          fmt::format("{} {} {}, where ±5 % takes {}", row == small.front() ? "" : ";", row->metric,
                      interval_text(row->estimate.value, row->estimate.low, row->estimate.high), samples_needed(*row));
      const bool several = row->n_patients && *row->n_patients < row->estimate.n;
      text += several ? fmt::format(", each of another patient, instead of {} of {} patients", row->estimate.n,
                                    *row->n_patients)
                      : fmt::format(" instead of {}", row->estimate.n);
    }
    out.push_back(text);
  }
  return out;
}

Json columns_json(const ScoreFile& f) {
  return {{"label", f.label_column},
          {"score", f.score_columns},
          {"group", store::or_null(f.group_column)},
          {"id", store::or_null(f.id_column)}};
}

Json to_json(const Evaluated& e, const std::string& unit, bool threshold_given) {
  const evaluate::ScoredTable& t = e.file.table;
  Json j{{"file", std::filesystem::absolute(e.file.name).string()},
         {"rows", t.rows()},
         {"unit", unit},
         {"classes", t.classes},
         {"positive", t.binary() ? Json(e.file.positive()) : Json()},
         {"threshold", t.binary() ? Json(t.threshold_of(0)) : Json()},
         {"columns", columns_json(e.file)},
         {"n", Json::object()},
         {"metrics", Json::object()},
         {"confusion", {{"labels", t.classes}, {"matrix", matrix_of(e.units)}}},
         {"too_small_to_claim", Json::array()},
         {"notes", notes_of(e, threshold_given)}};
  for (std::size_t c = 0; c < t.classes.size(); ++c) {
    j["n"][t.classes[c]] = std::count(e.units.truth.begin(), e.units.truth.end(), static_cast<int>(c));
  }
  for (const Assessed* row : e.headline()) j["metrics"][row->metric] = to_json(*row);
  if (!t.binary()) {
    for (const Assessed& row : e.rows) {
      if (row.slice.empty() && !row.class_name.empty()) j["by_class"][row.class_name][row.metric] = to_json(row);
    }
  }
  for (const Assessed& row : e.rows) {
    if (!row.slice.empty()) j["slices"][row.slice][row.metric] = to_json(row);
  }
  for (const Assessed* row : too_small(e)) {
    j["too_small_to_claim"].push_back(
        {{"metric", row->metric}, {"n", row->estimate.n}, {"needed", samples_needed(*row)}});
  }
  return j;
}

void add_rows(Table& table, const std::vector<const Assessed*>& rows, bool text, bool with_class) {
  table.columns = {"metric", "value", "low", "high", "method", "n"};
  if (with_class) table.columns.insert(table.columns.begin(), {"slice", "class"});
  for (const Assessed* r : rows) {
    const stat::Estimate& e = r->estimate;
    std::vector<Json> row;
    if (with_class) row = {r->slice, r->class_name};
    row.emplace_back(r->metric);
    if (text) {
      for (const std::string& cell : {number_text(e.value), number_text(e.low, "-"), number_text(e.high, "-")}) {
        row.emplace_back(cell);
      }
    } else {
      for (const auto& v : {e.value, e.low, e.high}) row.push_back(compare::number_or_null(v));
    }
    row.emplace_back(text && e.method.empty() ? "-" : e.method);
    row.emplace_back(e.n);
    table.rows.push_back(std::move(row));
  }
}

std::string confusion_text(const Evaluated& e) {
  Table table{{"true \\ called"}};
  const auto& classes = e.file.table.classes;
  table.columns.insert(table.columns.end(), classes.begin(), classes.end());
  const auto n = matrix_of(e.units);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    std::vector<Json> row{classes[i]};
    row.insert(row.end(), n[i].begin(), n[i].end());
    table.rows.push_back(std::move(row));
  }
  return "\nconfusion\n" + indented(table);
}

void print_text(const Evaluated& e, const std::string& unit, bool threshold_given) {
  const evaluate::ScoredTable& t = e.file.table;
  fmt::print("{}: {} {}", base::printable(e.file.name), e.units.rows(), unit == "patient" ? "patients" : "rows");
  for (std::size_t c = 0; c < t.classes.size(); ++c) {
    const bool positive = t.binary() && c == t.positive;
    fmt::print("{} {} {}{}", c == 0 ? ":" : ",",
               std::count(e.units.truth.begin(), e.units.truth.end(), static_cast<int>(c)),
               base::printable(t.classes[c]), positive ? " (positive)" : "");
  }
  if (t.binary()) fmt::print("; positive from a score of {:g}", t.threshold_of(0));
  const double level = e.rows.empty() ? 0.95 : e.rows.front().estimate.level;
  Table table;
  add_rows(table, e.headline(), true, false);
  fmt::print("\n\nmetrics, {:g} % intervals{}\n{}{}", 100 * level,
             t.binary() ? "" : "; over all classes, else the mean over classes", indented(table), confusion_text(e));
  std::vector<const Assessed*> more;
  for (const Assessed& row : e.rows) {
    if (!row.slice.empty()) more.push_back(&row);
  }
  if (!more.empty()) {
    Table slices;
    add_rows(slices, more, true, true);
    fmt::print("\nslices\n{}", indented(slices));
  }
  for (const std::string& note : notes_of(e, threshold_given)) fmt::print("\n{}\n", base::printable(note));
}

Json compared_metrics(const Evaluated& a, const Evaluated& b) {
  Json out = Json::object();
  for (const Assessed* row : a.headline()) {
    const Assessed* other = b.find(row->metric);
    out[row->metric] = Json::array({to_json(*row), other == nullptr ? Json() : to_json(*other)});
  }
  return out;
}

/// Readers' decisions as points of the same films: sensitivity and specificity.
struct Readers {
  std::vector<Evaluated> points;

  [[nodiscard]] Json json() const {
    Json out = Json::array();
    for (const Evaluated& r : points) {
      out.push_back({{"reader", r.title}});
      for (const char* name : kOf) {
        if (const Assessed* row = r.find(name)) out.back()[name] = to_json(*row);
      }
    }
    return out;
  }
  [[nodiscard]] std::string text() const {
    if (points.empty()) return "";
    Table table{{"reader", "sensitivity", "specificity"}};
    for (const Evaluated& r : points) {
      std::vector<Json> row{r.title};
      for (const char* name : kOf) {
        const Assessed* v = r.find(name);
        row.emplace_back(v == nullptr ? "-" : interval_text(v->estimate.value, v->estimate.low, v->estimate.high));
      }
      table.rows.push_back(std::move(row));
    }
    return "\nreaders, as they decided\n" + indented(table);
  }

 private:
  static constexpr std::array<const char*, 2> kOf{"sensitivity", "specificity"};
};

int print_pair(const Invocation& in, const Evaluated& a, const Evaluated& b, const evaluate::AssessmentSettings& asked,
               const Readers& readers, bool every_p) {
  const std::string& unit = asked.unit;
  const auto as_units = [&](const Evaluated& e) {
    ScoreFile f = e.file;
    f.table = e.units;
    if (unit != "patient") return f;
    if (std::any_of(e.units.patient.begin(), e.units.patient.end(), [](const auto& p) { return p.empty(); })) {
      throw base::DataError({"some rows name no patient, so that patients cannot be matched", e.file.name,
                             "fill the column in (--group), or compare by film: --unit image"});
    }
    f.id = e.units.patient;
    f.places.assign(e.units.rows(), e.file.name);
    return f;
  };
  evaluate::ComparisonSettings settings;
  settings.bootstrap.threads = base::usable_threads();
  settings.bootstrap.sampling = asked.sampling;
  for (const evaluate::NamedMetric& m : evaluate::registered_metrics()) {
    if (a.find(m.name) != nullptr && b.find(m.name) != nullptr) settings.metrics.push_back(m);
  }
  const ScoreFile first = as_units(a);
  const ScoreFile second = as_units(b);
  const evaluate::ScoreFilePair pair = evaluate::compare_score_files(first, second, settings);
  std::vector<std::string> notes;
  for (const Evaluated* e : {&a, &b}) {
    const bool again = e == &b && a.file.name == b.file.name;  // two models of one table
    if (!e->file.guesses.empty() && !again) {
      notes.push_back(e->file.name + ": taken to be " + base::join(e->file.guesses, ", "));
    }
    if (!again) notes.insert(notes.end(), e->file.notes.begin(), e->file.notes.end());
  }
  if (pair.rows.empty()) {
    notes.push_back("the tables share no " + pair.matched_by +
                    ": DeLong's unpaired test of the AUC (Welch's degrees of freedom), nothing else");
  } else {
    notes.push_back(fmt::format("{} rows are matched by {}, of {} and {}", pair.rows.size(), pair.matched_by,
                                first.table.rows(), second.table.rows()));
  }
  if (std::any_of(pair.tests.begin(), pair.tests.end(), [](const auto& t) { return t.assumes_independent_films; })) {
    notes.emplace_back("* assumes independent films, but some patients have several; the cluster bootstrap does not");
  }
  notes.emplace_back("compares two fitted models, not two recipes");

  if (in.format == Format::json) {
    Json j{
        {"files", {std::filesystem::absolute(a.file.name).string(), std::filesystem::absolute(b.file.name).string()}},
        {"models", {a.title, b.title}},
        {"unit", unit},
        {"positive", a.file.table.binary() ? Json(a.file.positive()) : Json()},
        {"columns", {columns_json(a.file), columns_json(b.file)}},
        {"matched_by", pair.matched_by},
        {"shared", pair.rows.size()},
        {"metrics", compared_metrics(a, b)},
        {"tests", Json::array()},
        {"readers", readers.json()},
        {"notes", notes}};
    for (const auto& t : pair.tests) j["tests"].push_back(compare::to_json(t));
    fmt::print("{}\n", j.dump(2, ' ', false, config::kAnyBytes));
    return 0;
  }
  Table tests;
  add_tests(tests, "first − second", pair.tests, in.format == Format::text, every_p);
  if (in.format == Format::csv) {
    fmt::print("{}", tests.csv());
    return 0;
  }
  Table metrics{{"metric", a.title, b.title}};
  for (const Assessed* row : a.headline()) {
    const Assessed* other = b.find(row->metric);
    const auto text = [](const Assessed* r) {
      return r == nullptr ? "-" : interval_text(r->estimate.value, r->estimate.low, r->estimate.high);
    };
    metrics.rows.push_back({row->metric, text(row), text(other)});
  }
  fmt::print("metrics, with 95 % intervals\n{}{}\ntests, first − second{}\n{}\n", indented(metrics), readers.text(),
             every_p ? "" : "; --all-tests shows the p of exploratory ones", indented(tests));
  for (const std::string& note : notes) fmt::print("{}\n", note);
  return 0;
}

}  // namespace

int command_evaluate(const Invocation& in) {
  namespace po = boost::program_options;
  Arguments args(in, "FILE.csv [FILE2.csv] … | RUN --on DATASET …",
                 "All metrics, with intervals, of any table of labels and scores, whatever made it; of two tables the\n"
                 "paired comparison as well. Columns are guessed where that is plain, and what was guessed is said.\n"
                 "With --on, a run's models score labelled data that the run has never seen, at its frozen threshold:\n"
                 "see `youden evaluate RUN --on DATASET --help`.\n\n"
                 "examples:\n"
                 "  youden evaluate scores.csv --positive covid\n"
                 "  youden evaluate scores.csv --label truth --score p_covid --group patient --positive covid\n"
                 "  youden evaluate three.csv --label finding --score covid --score normal --score other\n"
                 "  youden evaluate both.csv --score model_a --score model_b --reader dr_k\n"
                 "  youden evaluate crops.csv --mean-by film\n"
                 "  youden evaluate ours.csv theirs.csv --id film --positive covid --format json\n"
                 "  youden evaluate 7 --on ward-b/manifest.csv");
  evaluate::ScoreFileOptions options;
  evaluate::AssessmentSettings settings;
  std::string auc_interval = "logit";
  std::string sampling = "cohort";
  std::string label;
  std::string group;
  std::string id;
  std::string positive;
  std::string mean_by;
  args.options.add_options()("label", po::value(&label)->value_name("COL"), "column of the true class")(
      "score", po::value(&options.scores)->value_name("COL"),
      "column of the positive class's score, higher = more positive; once a class where there are more than two; "
      "twice for two models")("reader", po::value(&options.readers)->value_name("COL"),
                              "column of a reader's decisions, 1 and 0: a point beside the models; may be repeated")(
      "mean-by", po::value(&mean_by)->value_name("COL"),
      "rows with one value of this column become one: the mean of their scores")(
      "group", po::value(&group)->value_name("COL"), "column of the patient; none = films are independent")(
      "id", po::value(&id)->value_name("COL"), "column by which the rows of two tables are matched")(
      "positive", po::value(&positive)->value_name("X"), "the label that sensitivity speaks of")(
      "threshold", po::value(&options.threshold)->value_name("X")->default_value(0.5, "0.5"),
      "positive from this score on")("unit", po::value(&settings.unit)->value_name("U")->default_value("image"),
                                     "image, or patient: the mean score of a patient's films")(
      "slice", po::value(&options.slices)->value_name("COL"), "metrics for each value of this column as well")(
      "sampling", po::value(&sampling)->value_name("S")->default_value("cohort"),
      "cohort, or by_class: the numbers of each class were fixed by design (case and control)")(
      "all-tests", "of two tables: show the p of exploratory tests as well")(
      "auc-interval", po::value(&auc_interval)->value_name("I")->default_value("logit"),
      "logit, or delong as pROC gives it");
  if (!args.parse(2)) return 0;
  const std::string& first = args.first("the table");
  if (settings.unit != "image" && settings.unit != "patient") {
    throw base::ConfigError({"--unit is '" + settings.unit + "'; it is image or patient", "command line"});
  }
  std::error_code ignored;
  if (!std::filesystem::exists(first, ignored) && !first.ends_with(".csv") && args.words.size() == 1) {
    throw base::ConfigError({"there is no table '" + first + "'", "command line",
                             "name a CSV file; to score a run on new data add --on DATASET"});
  }
  (void)stat::parse_auc_interval(auc_interval);
  settings.sampling = stat::parse_sampling(sampling);
  for (config::Component& m : settings.metrics) {
    if (m.type == "auc") m.options["interval"] = auc_interval;
  }
  const auto given = [&](const char* name, const std::string& value) {
    return args.has(name) ? std::optional(value) : std::nullopt;
  };
  options.label = given("label", label);
  options.group = given("group", group);
  options.id = given("id", id);
  options.positive = given("positive", positive);
  options.mean_by = given("mean-by", mean_by);
  settings.threads = base::usable_threads();
  const bool threshold_given = !args.values["threshold"].defaulted();

  std::vector<Evaluated> evaluated;
  for (const std::string& word : args.words) {
    options.file = word;
    evaluated.push_back(evaluate_file(options, settings));
  }
  const std::vector<std::string> models = evaluated.front().file.models;
  if (!models.empty() && (models.size() != 2 || evaluated.size() != 1)) {
    throw base::ConfigError(
        {fmt::format("{} models in {} table(s): {}", models.size(), evaluated.size(), base::join(models, ", ")),
         "command line", "compare two: --score " + models[0] + " --score " + models[1]});
  }
  const auto column = [&](const std::string& name) {
    evaluate::ScoreFileOptions one = options;
    one.scores = {name};
    one.readers.clear();
    Evaluated out = evaluate_file(one, settings);
    out.title = name;
    return out;
  };
  Readers readers;
  if (evaluated.size() == 1) {
    for (const std::string& name : evaluated.front().file.readers) readers.points.push_back(column(name));
    if (!models.empty()) evaluated.push_back(column(models[1]));
  }
  if (evaluated.size() == 2)
    return print_pair(in, evaluated[0], evaluated[1], settings, readers, args.has("all-tests"));
  const Evaluated& e = evaluated.front();
  if (in.format == Format::json) {
    Json j = to_json(e, settings.unit, threshold_given);
    j["readers"] = readers.json();
    fmt::print("{}\n", j.dump(2, ' ', false, config::kAnyBytes));
  } else if (in.format == Format::csv) {
    Table table;
    std::vector<const Assessed*> all;
    for (const Assessed& row : e.rows) all.push_back(&row);
    add_rows(table, all, false, true);
    fmt::print("{}", table.csv());
  } else {
    print_text(e, settings.unit, threshold_given);
    fmt::print("{}", readers.text());
  }
  return 0;
}

}  // namespace youden::runner
