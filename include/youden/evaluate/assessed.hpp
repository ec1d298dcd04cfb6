#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "youden/config/fields.hpp"
#include "youden/stat/bootstrap.hpp"
#include "youden/stat/estimate.hpp"

namespace youden::evaluate {

/// What is reported unless something else is asked for.
inline std::vector<config::Component> default_metrics() {
  return {{"sensitivity"},
          {"specificity"},
          {"youden_j"},
          {"accuracy"},
          {"balanced_accuracy"},
          {"auc"},
          {"average_precision"},
          {"ppv"},
          {"npv"},
          {"f1"},
          {"mcc"},
          {"kappa"},
          {"lr_positive"},
          {"lr_negative"},
          {"brier"},
          {"log_loss"},
          {"ece_positive"},
          {"ece_top_label"},
          {"calibration_slope"},
          {"calibration_intercept"}};
}

struct AssessmentSettings {
  std::vector<config::Component> metrics = default_metrics();
  std::vector<double> prevalence = {0.01, 0.05, 0.2};  ///< at which PPV and NPV are also given; two classes only
  std::vector<std::string> slices = {};                ///< covariates by whose values the headline is also given
  std::string unit = "image";                          ///< patient: refuse a table that cannot be read by patient
  double level = 0.95;
  std::uint64_t seed = 0;
  stat::Sampling sampling = stat::Sampling::cohort;
  int draws = stat::kDraws;  ///< of the bootstrap; 0: only intervals that need none
  int threads = 1;           ///< changes no number
};

/// One number, as a row of the results has it.
struct Assessed {
  std::string unit;             ///< image or patient
  std::string slice = {};       ///< empty: all rows; else "sex=F"
  int fold = -1;                ///< −1: over all folds
  std::string class_name = {};  ///< the class called positive, or the name of an average; empty: over all classes
  std::string metric;
  std::optional<double> threshold = {};
  stat::Estimate estimate = {};
  std::optional<std::int64_t> n_patients = {};  ///< known ones among the rows
};

}  // namespace youden::evaluate
