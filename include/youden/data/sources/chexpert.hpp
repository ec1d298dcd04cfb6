#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/data/columns.hpp"
#include "youden/data/confine.hpp"
#include "youden/data/csv.hpp"
#include "youden/data/source.hpp"
#include "youden/image/decode.hpp"
#include "youden/registry/registry.hpp"

namespace youden::data {

struct ChexpertOptions {
  std::string root;
  std::vector<std::string> tables = {"train.csv"};
  std::string finding;
  std::string uncertain = "drop";
  std::string blank = "negative";
  std::vector<std::string> view = {};

  static const config::Fields<ChexpertOptions>& fields() {
    using Options = ChexpertOptions;
    static const auto f =
        config::Fields<Options>()
            .add(&Options::root, "root", "the collection's folder, with train.csv, valid.csv, train/ and valid/",
                 {.required = true, .path = config::PathRule::project})
            .add(&Options::tables, "tables", "its tables within root; valid.csv marks the part val, test.csv test")
            .add(&Options::finding, "finding", "the column that is the label, e.g. Pneumonia", {.required = true})
            .add(&Options::uncertain, "uncertain", "what -1 (uncertain) means",
                 {.choices = {"positive", "negative", "drop"}})
            .add(&Options::blank, "blank", "what an empty cell (not mentioned) means",
                 {.choices = {"positive", "negative", "drop"}})
            .add(&Options::view, "view", "films wanted: Lateral, Frontal, AP, PA; [] = all");
    return f;
  }
};

/// CheXpert (Irvin et al. 2019, arXiv:1901.07031):
///
///     root/train.csv        Path, Sex, Age, Frontal/Lateral, AP/PA, then 14 findings: 1, 0, -1 or empty
///     root/train/patient00001/study1/view1_frontal.jpg
///
/// Paths may begin with the collection's own name (`CheXpert-v1.0-small/`). id = path, label = `positive` or
/// `negative`, group = the patient.
class Chexpert final : public Source {
 public:
  using Options = ChexpertOptions;
  Chexpert(Options options, const SourceContext& context)
      : options_(std::move(options)), decoding_(context.decoding()) {}

  [[nodiscard]] sample::Manifest load() const override {
    std::map<std::string, sample::Sample> samples;
    sample::Manifest manifest;
    base::Faults faults;
    for (const std::string& table : options_.tables) read(table, samples, manifest, faults);
    faults.raise<base::DataError>("faults in the tables:");
    for (auto& [id, sample] : samples) manifest.samples.push_back(std::move(sample));
    if (manifest.samples.empty()) {
      throw base::DataError(
          {"no row is left", options_.root, "widen dataset.view, dataset.uncertain or dataset.blank"});
    }
    return manifest;
  }

  [[nodiscard]] cv::Mat image(const sample::Sample& sample) const override {
    return image::decode_film(sample.path, decoding_);
  }

 private:
  void read(const std::string& table, std::map<std::string, sample::Sample>& samples, sample::Manifest& manifest,
            base::Faults& faults) const {
    const std::filesystem::path root = options_.root;
    const Csv csv = Csv::read(confined(root, table, "dataset.tables", "name tables within dataset.root", faults));
    Columns columns(csv, {}, faults);
    const std::size_t before = faults.size();
    const std::size_t path = columns.require("path", {}, faults);
    const std::size_t finding = columns.require(options_.finding, {}, faults);
    const auto side = columns.find("frontal/lateral");
    const auto projection = columns.find("ap/pa");
    if (faults.size() > before) return;
    const std::string stem = std::filesystem::path(table).stem().string();
    static const std::regex kPatient("(patient[0-9]+)/");
    for (const Csv::Row& row : csv.rows()) {
      const std::string written = Columns::cell(row, path);
      const std::string frontal = Columns::cell(row, side);
      const std::string view =
          frontal == "Lateral" || Columns::cell(row, projection).empty() ? frontal : Columns::cell(row, projection);
      if (!options_.view.empty() && !base::any_same(options_.view, view) && !base::any_same(options_.view, frontal)) {
        manifest.exclude("view", view);
        continue;
      }
      const std::string value = Columns::cell(row, finding);
      const auto meaning = meant(value);
      if (!meaning) {
        faults.add("'" + base::excerpt(value) + "' in " + options_.finding + " is not 1, 0, -1 or empty",
                   csv.place(row));
        continue;
      }
      if (*meaning == "drop") {
        manifest.exclude(options_.finding, value);
        continue;
      }
      const std::string id = written.starts_with("CheXpert-") ? written.substr(written.find('/') + 1) : written;
      sample::Sample s{
          .id = id,
          .path = confined(root, id, csv.place(row), "dataset.root is the folder that holds train/", faults),
          .sha256 = {},
          .label = *meaning,
          .source = "chexpert",
          .part = stem == "valid" ? "val" : stem,
          .covariates = covariates(columns, row, view)};
      std::smatch patient;
      if (std::regex_search(id, patient, kPatient)) s.patient = patient[1];
      if (!samples.emplace(id, std::move(s)).second) faults.add("'" + id + "' is listed twice", csv.place(row));
    }
  }

  /// Age, sex and view; the other thirteen findings are left to the table.
  static config::Json covariates(const Columns& columns, const Csv::Row& row, const std::string& view) {
    config::Json out = config::Json::object();
    const config::Json all = columns.covariates(row);
    for (const auto& [name, value] : all.items()) {
      const std::string low = base::lower(name);
      if (low == "age" || low == "sex") out[low] = value;
    }
    if (!view.empty()) out["view"] = view;
    return out;
  }

  [[nodiscard]] std::optional<std::string> meant(const std::string& value) const {
    if (value.empty()) return options_.blank;
    if (value == "1" || value == "1.0") return "positive";
    if (value == "0" || value == "0.0") return "negative";
    if (value == "-1" || value == "-1.0") return options_.uncertain;
    return std::nullopt;
  }

  Options options_;
  image::Decoding decoding_;
};

inline const registry::Register<Source, Chexpert> kChexpert{"chexpert",
                                                            "CheXpert: one of its 14 findings from its tables"};

}  // namespace youden::data
