#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/sample/patient.hpp"
#include "youden/stat/groups.hpp"
#include "youden/stat/input.hpp"

namespace youden::evaluate {

/// Predictions with the truth, one row a film (or whatever was scored), whatever made them.
struct ScoredTable {
  std::vector<std::string> classes = {};
  std::size_t positive = 0;               ///< two classes: the one that sensitivity speaks of
  std::vector<int> truth = {};            ///< index of a class
  std::vector<double> score = {};         ///< two classes: the positive's, one a row; more: row-major, rows × classes
  std::vector<std::string> patient = {};  ///< one a row, empty text = unknown; empty: unknown for all
  /// What was scored, one a row; empty: all different. Only needed where folds score the same sample, which are then
  /// not independent even if its patient is unknown.
  std::vector<std::string> sample = {};
  std::vector<int> fold = {};            ///< one a row; empty: a single fold, 0
  std::map<int, double> threshold = {};  ///< two classes: of each fold; 0.5 where it is not named
  std::map<std::string, std::vector<std::string>> covariates = {};  ///< name -> one a row, empty text = unknown

  [[nodiscard]] std::size_t rows() const { return truth.size(); }
  [[nodiscard]] bool binary() const { return classes.size() == 2; }
  [[nodiscard]] std::size_t columns() const { return binary() ? 1 : classes.size(); }
  [[nodiscard]] int fold_of(std::size_t row) const { return fold.empty() ? 0 : fold[row]; }
  [[nodiscard]] double threshold_of(int of_fold) const {
    const auto it = threshold.find(of_fold);
    return it == threshold.end() ? 0.5 : it->second;
  }
  [[nodiscard]] bool knows_patients() const {
    return std::any_of(patient.begin(), patient.end(), [](const std::string& p) { return !p.empty(); });
  }

  /// Rows that belong together, as numbers: those of a patient, else of a sample. Empty where all are independent.
  [[nodiscard]] std::vector<std::uint32_t> groups() const {
    const std::vector<std::string> known = patient.empty() ? std::vector<std::string>(rows()) : patient;
    std::vector<std::uint32_t> group =
        stat::number_groups(sample.empty() ? known : sample::independent_units(known, sample));
    if (!stat::clustered(group)) group.clear();
    return group;
  }

  /// The class that a row is called: the positive from the threshold on; of more classes the one with the largest
  /// score, ties to the first.
  [[nodiscard]] int decided(std::size_t row) const {
    if (binary()) return static_cast<int>(score[row] >= threshold_of(fold_of(row)) ? positive : 1 - positive);
    const auto first = score.begin() + static_cast<std::ptrdiff_t>(row * columns());
    return static_cast<int>(std::max_element(first, first + static_cast<std::ptrdiff_t>(columns())) - first);
  }

  /// Throws DataError where columns differ in length, a class is unknown or a score is not finite.
  void require_sense() const {
    stat::require_same_length(rows() * columns(), score.size(), "scores");
    if (!patient.empty()) stat::require_same_length(rows(), patient.size(), "patients");
    if (!sample.empty()) stat::require_same_length(rows(), sample.size(), "samples");
    if (!fold.empty()) stat::require_same_length(rows(), fold.size(), "folds");
    for (const auto& [name, values] : covariates) stat::require_same_length(rows(), values.size(), name.c_str());
    stat::require_finite(score);
    if (classes.size() < 2 || positive >= classes.size()) {
      throw base::DataError({"the table tells no two classes apart", {}, "name the classes and the positive one"});
    }
    for (const int t : truth) {
      if (t < 0 || static_cast<std::size_t>(t) >= classes.size()) {
        throw base::DataError({"class " + std::to_string(t) + " among " + std::to_string(classes.size()) + " classes",
                               {},
                               "class indices run from 0 to the number of classes less one"});
      }
    }
  }

  /// Some rows, in the order given.
  [[nodiscard]] ScoredTable select(std::span<const std::size_t> chosen) const {
    ScoredTable out{.classes = classes, .positive = positive, .threshold = threshold};
    for (const auto& [name, values] : covariates) out.covariates[name];
    for (const std::size_t i : chosen) {
      out.truth.push_back(truth[i]);
      for (std::size_t c = 0; c < columns(); ++c) out.score.push_back(score[i * columns() + c]);
      if (!patient.empty()) out.patient.push_back(patient[i]);
      if (!sample.empty()) out.sample.push_back(sample[i]);
      if (!fold.empty()) out.fold.push_back(fold[i]);
      for (const auto& [name, values] : covariates) out.covariates[name].push_back(values[i]);
    }
    return out;
  }

  /// Patients whose films have different labels, sorted.
  [[nodiscard]] std::vector<std::string> patients_of_several_classes() const {
    std::map<std::string, int> first;
    std::set<std::string> mixed;
    for (std::size_t i = 0; i < patient.size(); ++i) {
      if (!patient[i].empty() && first.try_emplace(patient[i], truth[i]).first->second != truth[i]) {
        mixed.insert(patient[i]);
      }
    }
    return {mixed.begin(), mixed.end()};
  }

  /// Throws DataError naming patients whose films have different labels.
  void require_one_class_a_patient() const {
    const auto mixed = patients_of_several_classes();
    if (mixed.empty()) return;
    std::string names;
    for (std::size_t i = 0; i < mixed.size() && i < 20; ++i) names += (i == 0 ? "" : ", ") + mixed[i];
    if (mixed.size() > 20) names += " and " + std::to_string(mixed.size() - 20) + " more";
    throw base::DataError({std::to_string(mixed.size()) + " patient" + (mixed.size() == 1 ? " has" : "s have") +
                               " films of different classes and so no class of their own: " + names,
                           "unit", "write unit: image, or leave out the films that do not say what the patient had"});
  }

  /// One row a patient and fold: the mean of their scores. Throws DataError naming patients of several classes.
  [[nodiscard]] ScoredTable by_patient() const {
    require_one_class_a_patient();
    return mean_over(patient);
  }

  /// One row a fold and each of `who` (one a row, empty text = a row of its own): the mean of their scores, with the
  /// label and the patient of the first. Covariates, which may differ between rows, are left behind.
  [[nodiscard]] ScoredTable mean_over(const std::vector<std::string>& who) const {
    ScoredTable out{.classes = classes, .positive = positive, .threshold = threshold};
    std::map<std::pair<int, std::string>, std::size_t> place;
    std::vector<double> averaged;
    for (std::size_t i = 0; i < rows(); ++i) {
      std::size_t at = out.rows();
      if (!who.empty() && !who[i].empty()) at = place.try_emplace({fold_of(i), who[i]}, at).first->second;
      if (at == out.rows()) {
        out.truth.push_back(truth[i]);
        if (!patient.empty()) out.patient.push_back(patient[i]);
        if (!sample.empty()) out.sample.push_back(sample[i]);
        if (!fold.empty()) out.fold.push_back(fold[i]);
        out.score.resize(out.score.size() + columns());
        averaged.push_back(0);
      }
      ++averaged[at];
      for (std::size_t c = 0; c < columns(); ++c) out.score[at * columns() + c] += score[i * columns() + c];
    }
    for (std::size_t i = 0; i < out.score.size(); ++i) out.score[i] /= averaged[i / columns()];
    return out;
  }
};

}  // namespace youden::evaluate
