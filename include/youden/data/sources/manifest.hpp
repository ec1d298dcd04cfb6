#pragma once
#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/data/csv.hpp"
#include "youden/data/decode.hpp"
#include "youden/data/source.hpp"
#include "youden/registry/registry.hpp"

namespace youden::data {

struct ManifestOptions {
  std::string file;
  std::optional<std::string> root;

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
                 {.path = config::PathRule::project});
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
  ManifestSource(Options options, const SourceContext& context) : options_(std::move(options)), size_(context.size) {}

  [[nodiscard]] Manifest load() const override {
    const Csv csv = Csv::read(options_.file);
    base::Faults faults;
    const std::size_t path = csv.required("path", faults);
    const std::size_t label = csv.required("label", faults);
    faults.raise<base::DataError>("faults in the manifest:");
    const auto id = csv.column("id");
    const auto group = csv.column("patient") ? csv.column("patient") : csv.column("group");
    const auto source = csv.column("source");
    const auto part = csv.column("part");
    const auto cell = [](const Csv::Row& row, std::optional<std::size_t> at) {
      return at ? std::string(base::trim(row.cells[*at])) : std::string();
    };

    Manifest manifest;
    std::map<std::string, std::string> seen;
    for (const Csv::Row& row : csv.rows()) {
      Sample s{.id = cell(row, id), .path = {}, .sha256 = {}, .label = cell(row, label)};
      const std::string written = cell(row, path);
      if (s.id.empty()) s.id = written;
      if (written.empty()) {
        faults.add("the path is empty", csv.place(row), "remove the row or name its film");
        continue;
      }
      if (s.label.empty()) {
        faults.add("the label of '" + s.id + "' is empty", csv.place(row), "remove the row or name its class");
      }
      if (const auto [first, fresh] = seen.emplace(s.id, csv.place(row)); !fresh) {
        faults.add("duplicate id '" + s.id + "'", csv.place(row), "first at " + first->second + "; ids are unique");
      }
      s.path = confined(written, csv.place(row), faults);
      s.group = cell(row, group);
      s.source = cell(row, source);
      s.part = base::lower(cell(row, part));
      for (std::size_t i = 0; i < row.cells.size(); ++i) {
        if (i == path || i == label || i == id || i == group || i == source || i == part) continue;
        if (const auto value = base::trim(row.cells[i]); !value.empty()) s.covariates[csv.names()[i]] = value;
      }
      manifest.samples.push_back(std::move(s));
    }
    faults.raise<base::DataError>("faults in the manifest:");
    if (manifest.samples.empty()) throw base::DataError({"the manifest has no rows", options_.file});
    std::sort(manifest.samples.begin(), manifest.samples.end(),
              [](const Sample& a, const Sample& b) { return a.id < b.id; });
    return manifest;
  }

  [[nodiscard]] cv::Mat image(const Sample& sample) const override { return decode_film(sample.path, size_); }

 private:
  [[nodiscard]] std::string confined(const std::string& written, const std::string& place, base::Faults& faults) const {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const fs::path beside = fs::absolute(options_.file, ignored).parent_path();
    const fs::path root = fs::absolute(options_.root ? fs::path(*options_.root) : beside, ignored).lexically_normal();
    const fs::path path = (root / written).lexically_normal();
    const bool trusted = fs::path(written).is_absolute() && !options_.root;
    const fs::path inside = path.lexically_relative(root);
    if (!trusted && (inside.empty() || *inside.begin() == "..")) {
      faults.add("the path '" + written + "' leads out of " + root.string(), place,
                 "set dataset.root to the folder that holds every film");
    }
    return path.string();
  }

  Options options_;
  int size_;
};

inline const registry::Register<Source, ManifestSource> kManifest{
    "manifest", "a CSV with one row an image: path, label, patient, …"};

}  // namespace youden::data
