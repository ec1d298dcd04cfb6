#pragma once
#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/data/columns.hpp"
#include "youden/data/confine.hpp"
#include "youden/data/csv.hpp"
#include "youden/data/found_file.hpp"
#include "youden/data/source.hpp"
#include "youden/image/decode.hpp"
#include "youden/registry/registry.hpp"

namespace youden::data {

struct ManifestOptions {
  std::string file;
  std::optional<std::string> root = {};
  std::optional<config::TextMap> columns = {};

  static const config::Fields<ManifestOptions>& fields() {
    static const auto f =
        config::Fields<ManifestOptions>()
            .add(
                &ManifestOptions::file, "file",
                "CSV with columns path and label, and optionally id, patient (or group), source, part; further columns "
                "become covariates",
                {.required = true, .path = config::PathRule::project})
            .add(&ManifestOptions::root, "root",
                 "folder that relative paths start from and that none may leave; null = the manifest's own folder",
                 {.path = config::PathRule::project})
            .add(&ManifestOptions::columns, "columns", Columns::kHelp);
    return f;
  }
};

/// One row a film:
///
///     path,label,patient,source,part,age
///     films/a.png,covid,p1,hospital-a,train,64
///
/// Relative paths start from the manifest and may not climb out of its folder; absolute ones are taken as written
/// unless `root` is given, which then holds every film.
class ManifestSource final : public Source {
 public:
  using Options = ManifestOptions;
  ManifestSource(Options options, const SourceContext& context)
      : options_(std::move(options)), decoding_(context.decoding()), maps_labels_(context.maps_labels) {}

  [[nodiscard]] sample::Manifest load() const override {
    const Csv csv = Csv::read(options_.file);
    base::Faults faults;
    Columns columns(csv, options_.columns, faults);
    const std::size_t path = columns.require("path", {}, faults);
    const std::size_t label = columns.require("label", {}, faults);
    faults.raise<base::DataError>("faults in the manifest:");
    const auto id = columns.find("id");
    const auto patient = columns.find("patient", {"group"});
    const auto source = columns.find("source");
    const auto part = columns.find("part");

    sample::Manifest manifest;
    std::map<std::string, std::string> seen;
    for (const Csv::Row& row : csv.rows()) {
      const std::string written = Columns::cell(row, path);
      sample::Sample s{.id = Columns::cell(row, id), .path = {}, .sha256 = {}, .label = Columns::cell(row, label)};
      if (s.id.empty()) s.id = written;
      if (written.empty()) {
        faults.add("the path is empty", csv.place(row), "remove the row or name its film");
        continue;
      }
      if (s.label.empty() && !maps_labels_) {
        faults.add("the label of '" + s.id + "' is empty", csv.place(row), "remove the row or name its class");
      }
      if (const auto [first, fresh] = seen.emplace(s.id, csv.place(row)); !fresh) {
        faults.add("duplicate id '" + s.id + "'", csv.place(row), "first at " + first->second + "; ids are unique");
      }
      s.path = found_file(place_of(written, csv.place(row), faults));
      s.patient = Columns::cell(row, patient);
      s.source = Columns::cell(row, source);
      s.part = base::lower(Columns::cell(row, part));
      s.covariates = columns.covariates(row);
      manifest.samples.push_back(std::move(s));
    }
    faults.raise<base::DataError>("faults in the manifest:");
    if (manifest.samples.empty()) throw base::DataError({"the manifest has no rows", options_.file});
    std::sort(manifest.samples.begin(), manifest.samples.end(),
              [](const sample::Sample& a, const sample::Sample& b) { return a.id < b.id; });
    return manifest;
  }

  [[nodiscard]] cv::Mat image(const sample::Sample& sample) const override {
    return image::decode_film(sample.path, decoding_);
  }

 private:
  [[nodiscard]] std::string place_of(const std::string& written, const std::string& place, base::Faults& faults) const {
    namespace fs = std::filesystem;
    if (fs::path(written).is_absolute() && !options_.root) return fs::path(written).lexically_normal().string();
    std::error_code ignored;
    const fs::path root = options_.root ? fs::path(*options_.root) : fs::absolute(options_.file, ignored).parent_path();
    return confined(root, written, place, "set dataset.root to the folder that holds every film", faults);
  }

  Options options_;
  image::Decoding decoding_;
  bool maps_labels_;
};

inline const registry::Register<Source, ManifestSource> kManifest{
    "manifest", "a CSV with one row an image: path, label, patient, …"};

}  // namespace youden::data
