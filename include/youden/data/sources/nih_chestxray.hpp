#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/data/columns.hpp"
#include "youden/data/csv.hpp"
#include "youden/data/patient_names.hpp"
#include "youden/data/source.hpp"
#include "youden/image/decode.hpp"
#include "youden/image/image_files.hpp"
#include "youden/registry/registry.hpp"

namespace youden::data {

struct NihChestxrayOptions {
  std::string root;
  std::optional<std::string> table = {};
  std::vector<std::string> view = {};
  std::optional<config::TextMap> columns = {};

  static const config::Fields<NihChestxrayOptions>& fields() {
    using Options = NihChestxrayOptions;
    static const auto f =
        config::Fields<Options>()
            .add(&Options::root, "root", "folder of its images, which are looked for below it too",
                 {.required = true, .path = config::PathRule::project})
            .add(&Options::table, "table",
                 "Data_Entry_2017.csv, which gives finding, age, sex and view; null = each film's folder is its label",
                 {.path = config::PathRule::project})
            .add(&Options::view, "view", "films wanted by View Position, e.g. [PA]; [] = all; takes the table")
            .add(&Options::columns, "columns", Columns::kHelp);
    return f;
  }
};

/// NIH ChestX-ray14 (Wang et al. 2017, arXiv:1705.02315), whole or in part:
///
///     root/images_001/images/00001280_004.png      patient 00001280, follow-up 4
///     Data_Entry_2017.csv                          Image Index, Finding Labels, Patient ID, Patient Age, …
///
/// id = file name. With the table, label = Finding Labels (several stand as `Effusion|Mass`) and films that it does not
/// list are refused; rows without a film are passed over, so that a part of the collection can be used.
class NihChestxray final : public Source {
 public:
  using Options = NihChestxrayOptions;
  NihChestxray(Options options, const SourceContext& context)
      : options_(std::move(options)), decoding_(context.decoding()) {
    if (!options_.view.empty() && !options_.table) {
      throw base::ConfigError({"dataset.view chooses by View Position, which only the table knows", "dataset.view",
                               "set dataset.table to Data_Entry_2017.csv"});
    }
  }

  [[nodiscard]] sample::Manifest load() const override {
    std::map<std::string, sample::Sample> films;  // by file name
    base::Faults faults;
    for (const auto& path :
         image::require_image_files(options_.root, "set dataset.root to the folder that holds the NIH images")) {
      const std::string name = path.filename().string();
      const std::string patient = nih_patient(name);
      if (patient.empty()) faults.add("the file name is not PPPPPPPP_FFF.png", path.string(), "remove or rename it");
      const auto [at, fresh] =
          films.emplace(name, sample::Sample{.id = name,
                                             .path = std::filesystem::absolute(path).lexically_normal().string(),
                                             .sha256 = {},
                                             .label = path.parent_path().filename().string(),
                                             .patient = patient,
                                             .source = "nih"});
      if (!fresh) faults.add("'" + name + "' is there twice", path.string(), "first at " + at->second.path);
    }
    faults.raise<base::DataError>("files do not fit the collection:");
    sample::Manifest manifest;
    if (options_.table) films = described(std::move(films), manifest);
    for (auto& [name, sample] : films) manifest.samples.push_back(std::move(sample));
    return manifest;
  }

  [[nodiscard]] cv::Mat image(const sample::Sample& sample) const override {
    return image::decode_film(sample.path, decoding_);
  }

 private:
  /// Films of a view that is not wanted leave, and are counted in the manifest.
  [[nodiscard]] std::map<std::string, sample::Sample> described(std::map<std::string, sample::Sample> films,
                                                                sample::Manifest& manifest) const {
    const Csv csv = Csv::read(*options_.table);
    base::Faults faults;
    Columns columns(csv, options_.columns, faults);
    const std::size_t file = columns.require("path", {"image index"}, faults);
    const std::size_t finding = columns.require("label", {"finding labels"}, faults);
    const auto patient = columns.find("patient", {"patient id"});
    const auto age = columns.find("age", {"patient age"});
    const auto sex = columns.find("sex", {"patient gender", "patient sex"});
    const auto view = columns.find("view", {"view position"});
    if (!options_.view.empty() && !view) faults.add("no column 'View Position'", csv.name() + ":1");
    faults.raise<base::DataError>("faults in the table:");
    std::map<std::string, sample::Sample> out;
    for (const Csv::Row& row : csv.rows()) {
      const auto film = films.find(Columns::cell(row, file));
      if (film == films.end()) continue;
      sample::Sample s = std::move(film->second);
      films.erase(film);
      const std::string position = Columns::cell(row, view);
      if (!options_.view.empty() && !base::any_same(options_.view, position)) {
        manifest.exclude("view", position);
        continue;
      }
      s.label = Columns::cell(row, finding);
      if (const auto id = Columns::cell(row, patient); !id.empty()) s.patient = id;
      s.covariates = columns.covariates(row);
      for (const auto& [name, at] : {std::pair("age", age), std::pair("sex", sex), std::pair("view", view)}) {
        if (const auto value = Columns::cell(row, at); !value.empty()) s.covariates[name] = value;
      }
      out.emplace(s.id, std::move(s));
    }
    for (const auto& [name, s] : films) faults.add("the table does not list " + name, s.path);
    faults.raise<base::DataError>("films without a row:");
    if (out.empty()) throw base::DataError({"no film has a wanted view", *options_.table, "widen dataset.view"});
    return out;
  }

  Options options_;
  image::Decoding decoding_;
};

inline const registry::Register<Source, NihChestxray> kNihChestxray{
    "nih_chestxray", "NIH ChestX-ray14: patient from the file name, findings from its table or the folders"};

}  // namespace youden::data
