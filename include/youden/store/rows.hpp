#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/config/json.hpp"
#include "youden/stat/estimate.hpp"

namespace youden::store {

using config::Json;

/// One image of a dataset. Empty patient or source: unknown.
struct SampleRow {
  std::string id;
  std::string path;
  std::string sha256;
  std::string label;
  std::string patient = {};
  std::string source = {};
  Json covariates = Json::object();
};
struct SkippedRow {
  std::string id;
  std::string path;
  std::string reason;
};
/// A dataset is stored once per content hash and shared by all runs on it.
struct DatasetRow {
  std::string hash;
  std::string name;
  std::vector<SampleRow> samples;
  std::vector<SkippedRow> skipped = {};
  std::map<std::string, std::size_t> excluded = {};  ///< why -> how many; of the run, not of the content
};

/// Everything about a run that is known before it starts.
struct NewRun {
  std::string name;
  std::uint64_t seed = 0;
  std::string fingerprint;
  Json config = Json::object();  ///< resolved
  std::string yaml = {};         ///< as written
  std::string command_line = {};
  Json params = Json::object();  ///< flat: dotted name → value
  std::vector<std::pair<std::string, std::string>> environment = {};
  std::vector<std::pair<std::string, std::string>> tags = {};
  DatasetRow dataset;
  int folds = 1;
  int replicates = 1;
  std::string positive = {};  ///< empty: none is named (more than two classes)
  std::vector<std::string> classes;
  std::string unit = "image";  ///< of the headline: image or patient
};

struct AssignmentRow {
  int replicate = 0;
  int fold = 0;
  std::string sample;
  std::string part;
};
/// One value of an epoch. NaN is stored as NULL.
struct HistoryRow {
  std::string part;
  std::string metric;
  double value;
};
struct PredictionRow {
  int replicate = 0;
  int fold = 0;
  std::string part;
  std::string sample;
  std::string class_name;
  double probability;
};
/// A metric of one part. fold −1: over all folds; replicate −1: over all replicates.
struct ResultRow {
  int replicate = 0;
  int fold = -1;
  std::string part;
  std::string unit = "image";
  std::string slice = {};       ///< empty: all samples; else "sex=F"
  std::string class_name = {};  ///< empty: over all classes
  std::optional<double> threshold = {};
  std::string metric;
  stat::Estimate estimate;
  std::optional<std::int64_t> n_patients = {};
};
struct FindingRow {
  std::string rule;
  std::string severity;  ///< fail, warn or pass
  std::optional<double> value = {};
  Json evidence = nullptr;
};

}  // namespace youden::store
