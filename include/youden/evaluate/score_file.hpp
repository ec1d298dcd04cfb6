#pragma once
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "youden/base/csv.hpp"
#include "youden/base/error.hpp"
#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/evaluate/scored_table.hpp"
#include "youden/sample/patient_id.hpp"

namespace youden::evaluate {

/// Which column is what; what is empty is guessed where just one column can be meant.
struct ScoreFileOptions {
  std::filesystem::path file = {};
  std::optional<std::string> label = {};
  std::vector<std::string> scores = {};   ///< one; one a class, named like the classes; of two classes one a model
  std::vector<std::string> readers = {};  ///< columns of decisions, 1 for the positive class and 0
  std::optional<std::string> group = {};  ///< patient; `none`: there is none
  std::optional<std::string> id = {};     ///< `none`: there is none
  std::optional<std::string> positive = {};
  std::optional<std::string> mean_by = {};  ///< rows of one value become one row: the mean of their scores
  std::vector<std::string> slices = {};
  double threshold = 0.5;
};

/// A table of labels and scores that anyone made, as predictions.
struct ScoreFile {
  std::string name;
  ScoredTable table;
  std::vector<std::string> id = {};      ///< one a row; empty: there is no such column
  std::vector<std::string> places = {};  ///< file:line of each row
  std::string label_column;
  std::vector<std::string> score_columns;
  std::vector<std::string> models =
      {};  ///< score columns of several models, of which `table` has the first; else empty
  std::vector<std::string> readers = {};  ///< columns of decisions
  std::string group_column = {};          ///< empty: none
  std::string id_column = {};
  std::vector<std::string> notes = {};    ///< what a person should know of the rows
  std::vector<std::string> guesses = {};  ///< what was taken for what, and why it is plain

  [[nodiscard]] const std::string& positive() const { return table.classes[table.positive]; }
};

namespace detail {

inline std::string bare(std::string_view name) {
  std::string out = base::lower(base::trim(name));
  std::erase_if(out, [](char c) { return c == ' ' || c == '_' || c == '-' || c == '.'; });
  return out;
}

/// A finite number and nothing else, whatever the locale.
inline std::optional<double> parse_score(std::string_view text) {
  text = base::trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

inline constexpr std::array<std::string_view, 9> kScoreNames{"score",  "scores", "probability", "prob",      "p",
                                                             "yscore", "yprob",  "ypred",       "prediction"};

class ScoreFileReader {
 public:
  explicit ScoreFileReader(const ScoreFileOptions& options) : options_(options), csv_(base::Csv::read(options.file)) {}

  ScoreFile read() {
    out_.name = csv_.name();
    if (csv_.rows().empty()) throw base::DataError({"the table has no rows", csv_.name()});
    const auto label =
        choose("label", options_.label, {"label", "y", "ytrue", "truth", "true", "class", "target", "befund"}, true);
    faults_.raise<base::DataError>("faults in the columns:");
    out_.label_column = csv_.names()[*label];
    find_classes(*label);
    const auto group =
        choose("group", options_.group, {"group", "patient", "patientid", "subject", "subjectid"}, false);
    auto id = choose("id", options_.id,
                     {"id", "sample", "sampleid", "film", "image", "imageid", "path", "file", "filename"}, false);
    std::vector<std::size_t> slices;
    for (const std::string& name : options_.slices) slices.push_back(csv_.required(name, faults_));
    taken_.insert(slices.begin(), slices.end());
    for (const std::string& name : options_.readers) taken_.insert(csv_.required(name, faults_));
    out_.readers = options_.readers;
    Column mean_by;
    if (options_.mean_by) {
      mean_by = csv_.required(*options_.mean_by, faults_);
      taken_.insert(*mean_by);
      if (!options_.slices.empty()) {
        faults_.add("rows are averaged, so that a slice is of no row", "command line",
                    "leave out --slice or --mean-by");
      }
      if (id && *id == *mean_by) id.reset();
    }
    const std::vector<std::size_t> scores = score_columns();
    faults_.raise<base::DataError>("faults in the columns:");
    for (const std::size_t c : scores) out_.score_columns.push_back(csv_.names()[c]);
    if (group) out_.group_column = csv_.names()[*group];
    if (id) out_.id_column = csv_.names()[*id];

    out_.table.threshold[0] = options_.threshold;
    std::map<std::string, std::string> seen;
    std::size_t nameless = 0;
    for (const base::Csv::Row& row : csv_.rows()) {
      out_.places.push_back(csv_.place(row));
      read_label(row, *label);
      for (const std::size_t c : scores) read_score(row, c);
      if (group) {
        const auto who = base::trim(row.cells[*group]);
        if (sample::says_nothing(who)) ++nameless;
        out_.table.patient.emplace_back(sample::says_nothing(who) ? "" : who);
      }
      for (std::size_t s = 0; s < slices.size(); ++s) {
        out_.table.covariates[options_.slices[s]].emplace_back(base::trim(row.cells[slices[s]]));
      }
      if (!id) continue;
      out_.id.emplace_back(base::trim(row.cells[*id]));
      const auto [first, fresh] = seen.emplace(out_.id.back(), out_.places.back());
      if (!fresh && options_.id) {
        faults_.add("'" + base::excerpt(out_.id.back()) + "' is listed twice", out_.places.back(),
                    "first at " + first->second);
      }
    }
    if (id && !options_.id && seen.size() < out_.id.size()) {  // guessed, and no id at all
      out_.notes.push_back(std::to_string(out_.id.size()) + " rows are of " + std::to_string(seen.size()) +
                           " different '" + out_.id_column + "': rows of one belong together");
      out_.table.sample = std::move(out_.id);
      out_.id.clear();
      out_.id_column.clear();
    }
    if (nameless > 0) {
      out_.notes.push_back(std::to_string(nameless) + (nameless == 1 ? " row names" : " rows name") +
                           " no patient (empty, nan, unknown …): each counts as a patient of its own");
    }
    if (auto note = sample::spelling_note(out_.table.patient); !note.empty()) out_.notes.push_back(std::move(note));
    if (mean_by) average(*mean_by);
    faults_.raise<base::DataError>("faults in the table:");
    return std::move(out_);
  }

 private:
  using Column = std::optional<std::size_t>;

  /// One row a value of the column, which is its id from then on. Rows of one must agree on label and patient.
  void average(std::size_t column) {
    std::vector<std::string> who;
    std::map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < csv_.rows().size(); ++i) {
      const base::Csv::Row& row = csv_.rows()[i];
      who.emplace_back(base::trim(row.cells[column]));
      const std::string name = "'" + base::excerpt(who.back()) + "'";
      if (who.back().empty()) faults_.add("'" + csv_.names()[column] + "' is empty", csv_.place(row), "fill it in");
      const auto [it, fresh] = first.emplace(who.back(), i);
      if (fresh) continue;
      const std::string place = "first at " + out_.places[it->second];
      if (out_.table.truth[it->second] != out_.table.truth[i]) {
        faults_.add("rows of " + name + " have different labels", csv_.place(row), place);
      }
      if (!out_.table.patient.empty() && out_.table.patient[it->second] != out_.table.patient[i]) {
        faults_.add("rows of " + name + " are of different patients", csv_.place(row), place);
      }
    }
    out_.notes.push_back(std::to_string(who.size()) + " rows were averaged to " + std::to_string(first.size()) +
                         ", one a value of '" + csv_.names()[column] + "'");
    std::vector<std::string> places;
    out_.id.clear();
    for (std::size_t i = 0; i < who.size(); ++i) {
      if (first.at(who[i]) != i) continue;
      out_.id.push_back(who[i]);
      places.push_back(out_.places[i]);
    }
    out_.places = std::move(places);
    out_.id_column = csv_.names()[column];
    out_.table.sample.clear();  // which is of rows, not of what they were averaged to
    out_.table = out_.table.mean_over(who);
  }

  Column choose(const std::string& ours, const std::optional<std::string>& given,
                const std::vector<std::string_view>& usual, bool needed) {
    if (given && !needed && *given == "none") return {};
    if (given) {
      const Column at = csv_.column_or_number(*given);
      if (!at) faults_.add("no column '" + *given + "'", csv_.name() + ":1", base::suggestion(*given, csv_.names()));
      if (at) taken_.insert(*at);
      return at;
    }
    std::vector<std::size_t> fits;
    for (std::size_t c = 0; c < csv_.names().size(); ++c) {
      const std::string name = bare(csv_.names()[c]);
      if (!taken_.contains(c) && std::find(usual.begin(), usual.end(), name) != usual.end()) fits.push_back(c);
    }
    for (const std::size_t c : std::vector(fits)) {
      if (bare(csv_.names()[c]) != ours) continue;
      (void)csv_.column(csv_.names()[c]);  // refused where two columns have the name
      fits = {c};
    }
    if (fits.size() == 1) {
      taken_.insert(fits.front());
      out_.guesses.push_back(ours + ": column '" + csv_.names()[fits.front()] + "'");
      return fits.front();
    }
    if (ours == "id") return fits.empty() ? Column() : Column(fits.front());  // which of several ids does not matter
    if (!fits.empty()) {
      faults_.add("the " + ours + " could be in several columns", csv_.name() + ":1", "say which: --" + ours + " COL");
    } else if (needed) {
      faults_.add("no column is named like a " + ours, csv_.name() + ":1",
                  "name it: --" + ours + " COL, one of: " + base::join(csv_.names(), ", "));
    }
    return {};
  }

  /// Classes are the labels that occur and, of more than two, the score columns; sorted.
  void find_classes(std::size_t label) {
    std::set<std::string> labels;
    for (const auto& row : csv_.rows()) {
      if (const auto text = base::trim(row.cells[label]); !text.empty()) labels.emplace(text);
    }
    if (labels.empty()) {
      throw base::DataError({"no row has a label: the column '" + out_.label_column + "' is empty", csv_.name(),
                             "name the column of the classes: --label COL"});
    }
    constexpr std::size_t kMost = 1000;
    if (labels.size() > kMost) {
      throw base::DataError({std::to_string(labels.size()) + " different labels in column '" + out_.label_column + "'",
                             csv_.name(), "name the column of the classes: --label COL"});
    }
    const auto is_label = [&](const std::string& name) { return labels.contains(name); };
    if (options_.scores.size() > 1 && std::any_of(options_.scores.begin(), options_.scores.end(), is_label)) {
      labels.insert(options_.scores.begin(), options_.scores.end());
    }
    if (options_.positive && labels.size() == 1) labels.insert(*options_.positive);
    if (labels.size() == 1 && labels.contains("1")) labels.insert("0");
    if (labels.size() == 1) labels.insert(labels.contains("0") ? "1" : "not " + *labels.begin());
    out_.table.classes.assign(labels.begin(), labels.end());
    if (labels.size() == 2) find_positive(labels);
  }

  void find_positive(const std::set<std::string>& labels) {
    std::optional<std::string> positive = options_.positive;
    if (!positive) {
      static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kPlain{
          {{"1", "0"}, {"true", "false"}, {"yes", "no"}, {"positive", "negative"}, {"positiv", "negativ"}}};
      for (const auto& [yes, no] : kPlain) {
        const bool plain = std::all_of(labels.begin(), labels.end(), [yes = yes, no = no](const auto& l) {
          return base::lower(l) == yes || base::lower(l) == no;
        });
        for (const std::string& l : labels) {
          if (plain && base::lower(l) == yes) positive = l;
        }
      }
      if (positive) out_.guesses.push_back("positive: label '" + *positive + "'");
    }
    const auto& classes = out_.table.classes;
    const auto it = positive ? std::find(classes.begin(), classes.end(), *positive) : classes.end();
    if (it == classes.end()) {
      throw base::DataError({positive ? "no row is labelled '" + *positive + "'"
                                      : "the positive class is not named: sensitivity needs to know which it speaks of",
                             csv_.name(), "write --positive " + classes[0] + ", or --positive " + classes[1]});
    }
    out_.table.positive = static_cast<std::size_t>(it - classes.begin());
  }

  /// Two classes: the positive's score. More: one a class, in their order.
  std::vector<std::size_t> score_columns() {
    const auto& classes = out_.table.classes;
    std::vector<std::size_t> named;
    for (const std::string& name : classes) {
      const Column at = csv_.column(name);
      if (at && !taken_.contains(*at)) named.push_back(*at);
    }
    if (classes.size() > 2) {
      for (const std::string& name : options_.scores) (void)csv_.required(name, faults_);
      for (const std::string& name : classes) {
        const Column at = csv_.column(name);
        if (!at || taken_.contains(*at)) {
          faults_.add("no column holds the score of the class '" + name + "'", csv_.name() + ":1",
                      "of " + std::to_string(classes.size()) + " classes each needs a column of its name");
        }
      }
      if (options_.scores.empty() && faults_.empty())
        out_.guesses.push_back("scores: the columns of the classes' names");
      return named;
    }
    const std::string& positive = out_.positive();
    const std::string& other = classes[1 - out_.table.positive];
    const bool by_class = std::find(options_.scores.begin(), options_.scores.end(), positive) != options_.scores.end();
    if (options_.scores.size() > 1 && !by_class) return one_a_model(options_.scores);
    if (options_.scores.size() > 1 || (options_.scores.empty() && named.size() == 2)) {
      if (options_.scores.empty()) out_.guesses.push_back("score: column '" + positive + "'");
      return {csv_.required(positive, faults_)};
    }
    Column at;
    if (options_.scores.size() == 1) {
      at = choose("score", options_.scores.front(), {}, true);
    } else if (at = csv_.column(positive); at && !taken_.contains(*at)) {
      out_.guesses.push_back("score: column '" + csv_.names()[*at] + "'");
    } else if (std::vector<std::string> models = columns_of_models(); !models.empty()) {
      return one_a_model(models);
    } else {
      at = choose("score", {}, {kScoreNames.begin(), kScoreNames.end()}, true);
    }
    if (at && base::lower(csv_.names()[*at]) == base::lower(other)) {
      faults_.add("the score column '" + csv_.names()[*at] + "' is named like the class that is not positive",
                  csv_.name() + ":1", "a higher score must mean more of '" + positive + "'");
    }
    if (at) taken_.insert(*at);
    return at ? std::vector{*at} : std::vector<std::size_t>();
  }

  std::vector<std::size_t> one_a_model(const std::vector<std::string>& models) {
    for (const std::string& name : models) taken_.insert(csv_.required(name, faults_));
    if (models.size() > 1) out_.models = models;
    return {csv_.required(models.front(), faults_)};
  }

  /// Where no column is named like a score and all that nothing else claims hold numbers from 0 to 1: those that are
  /// not just 0 and 1 are scores of models, two or more, the others decisions of readers. Else none.
  std::vector<std::string> columns_of_models() {
    std::vector<std::string> models;
    std::vector<std::string> readers;
    for (std::size_t c = 0; c < csv_.names().size(); ++c) {
      if (taken_.contains(c)) continue;
      bool decisions = true;
      for (const base::Csv::Row& row : csv_.rows()) {
        const auto value = number_in(row, c);
        if (!value || *value < 0 || *value > 1) return {};
        decisions = decisions && (*value == 0 || *value == 1);
      }
      (decisions ? readers : models).push_back(csv_.names()[c]);
    }
    const auto is_named = [](const std::string& name) {
      return std::find(kScoreNames.begin(), kScoreNames.end(), bare(name)) != kScoreNames.end();
    };
    if (models.size() < 2 || std::any_of(models.begin(), models.end(), is_named)) return {};
    out_.guesses.push_back("models: columns '" + base::join(models, "', '") + "'");
    if (!readers.empty()) out_.guesses.push_back("readers' decisions: '" + base::join(readers, "', '") + "'");
    out_.readers.insert(out_.readers.end(), readers.begin(), readers.end());
    return models;
  }

  /// A comma that stands in a cell (between semicolons, or quoted) stands before decimals, unless other cells of the
  /// column have a point there.
  [[nodiscard]] std::optional<double> number_in(const base::Csv::Row& row, std::size_t column) {
    std::string text = row.cells[column];
    if (std::count(text.begin(), text.end(), ',') != 1) return parse_score(text);
    const auto has_point = [&](const base::Csv::Row& r) { return r.cells[column].find('.') != std::string::npos; };
    const auto [known, fresh] = points_.try_emplace(column, false);
    if (fresh) known->second = std::any_of(csv_.rows().begin(), csv_.rows().end(), has_point);
    if (!known->second) text[text.find(',')] = '.';
    return parse_score(text);
  }

  void read_label(const base::Csv::Row& row, std::size_t column) {
    const std::string text(base::trim(row.cells[column]));
    if (text.empty()) faults_.add("the label is empty", csv_.place(row), "remove the row or name its class");
    const auto& classes = out_.table.classes;
    out_.table.truth.push_back(
        static_cast<int>(std::lower_bound(classes.begin(), classes.end(), text) - classes.begin()));
  }
  void read_score(const base::Csv::Row& row, std::size_t column) {
    const auto value = number_in(row, column);
    if (!value) {
      faults_.add("the score '" + base::excerpt(row.cells[column], 30) + "' in column '" + csv_.names()[column] +
                      "' is no finite number",
                  csv_.place(row), faults_.empty() ? "remove the row or mend its score" : "");
    }
    out_.table.score.push_back(value.value_or(0));
  }

  const ScoreFileOptions& options_;
  base::Csv csv_;
  base::Faults faults_;
  std::set<std::size_t> taken_;
  std::map<std::size_t, bool> points_;  ///< by column: does a cell hold a decimal point?
  ScoreFile out_;
};

}  // namespace detail

/// Throws DataError with every fault of the columns, then with every fault of the rows, by file:line.
inline ScoreFile read_score_file(const ScoreFileOptions& options) { return detail::ScoreFileReader(options).read(); }

}  // namespace youden::evaluate
