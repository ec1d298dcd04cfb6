#pragma once
#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/data/covid_metadata.hpp"
#include "youden/data/source.hpp"
#include "youden/image/decode.hpp"
#include "youden/registry/registry.hpp"

namespace youden::data {

struct CovidChestxrayOptions {
  std::string root;
  std::optional<std::string> metadata = {};
  std::optional<std::string> images = {};
  std::vector<std::string> finding = {};
  std::vector<std::string> view = {};
  std::vector<std::string> modality = {};
  std::optional<config::TextMap> columns = {};

  static const config::Fields<CovidChestxrayOptions>& fields() {
    using Options = CovidChestxrayOptions;
    static const auto f =
        config::Fields<Options>()
            .add(&Options::root, "root", "the collection's folder, with metadata.csv and images/",
                 {.required = true, .path = config::PathRule::project})
            .add(&Options::metadata, "metadata", "the table; null = metadata.csv in root",
                 {.path = config::PathRule::project})
            .add(&Options::images, "images", "folder of its images, which no row may leave; null = images in root",
                 {.path = config::PathRule::project})
            .add(&Options::finding, "finding",
                 "rows wanted by finding, whole or between slashes, e.g. [COVID-19]; [] = all")
            .add(&Options::view, "view", "rows wanted by view, e.g. [PA, AP]; [] = all")
            .add(&Options::modality, "modality", "rows wanted by modality, X-ray or CT; [] = all")
            .add(&Options::columns, "columns", Columns::kHelp);
    return f;
  }
};

/// The covid-chestxray-dataset as published (Cohen et al. 2020, arXiv:2003.11597), early or late form of its table:
///
///     root/metadata.csv            patientid, finding, view, modality, filename, …
///     root/images/<filename>
///
/// id = file name (with its folder where that is not images), label = the finding as written (map it with `labels`),
/// group = the patient, other columns covariates.
class CovidChestxray final : public Source {
 public:
  using Options = CovidChestxrayOptions;
  CovidChestxray(Options options, const SourceContext& context)
      : options_(std::move(options)), decoding_(context.decoding()) {}

  [[nodiscard]] sample::Manifest load() const override {
    const std::filesystem::path root = options_.root;
    const CovidMetadata table(options_.metadata ? std::filesystem::path(*options_.metadata) : root / "metadata.csv",
                              options_.images ? std::filesystem::path(*options_.images) : root / "images",
                              options_.columns);
    sample::Manifest manifest;
    base::Faults faults;
    std::set<std::string> seen;
    const CovidFilter filter{options_.finding, options_.view, options_.modality};
    for (const CovidRow& row : table.rows()) {
      if (const auto why = filter.unwanted(row)) {
        manifest.exclude(why->first, why->second);
        continue;
      }
      if (!row.confined) {
        faults.add("the path '" + base::excerpt(row.id) + "' leads out of the collection", row.place, "remove the row");
      }
      if (!seen.insert(row.path).second) faults.add("'" + row.id + "' is listed twice", row.place, "remove one row");
      manifest.samples.push_back({.id = row.id,
                                  .path = row.path,
                                  .sha256 = {},
                                  .label = row.finding,
                                  .patient = row.patient,
                                  .source = "covid-chestxray",
                                  .covariates = row.covariates});
    }
    faults.raise<base::DataError>("faults in the metadata:");
    if (manifest.samples.empty()) {
      throw base::DataError({"no row of " + std::to_string(table.rows().size()) + " fits finding, view and modality",
                             options_.root, "widen dataset.finding, dataset.view or dataset.modality"});
    }
    std::sort(manifest.samples.begin(), manifest.samples.end(),
              [](const sample::Sample& a, const sample::Sample& b) { return a.id < b.id; });
    return manifest;
  }

  [[nodiscard]] cv::Mat image(const sample::Sample& sample) const override {
    return image::decode_film(sample.path, decoding_);
  }

 private:
  Options options_;
  image::Decoding decoding_;
};

inline const registry::Register<Source, CovidChestxray> kCovidChestxray{
    "covid_chestxray", "the public covid-chestxray-dataset: metadata.csv and images"};

}  // namespace youden::data
