#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/data/covid_metadata.hpp"
#include "youden/data/normal_films.hpp"
#include "youden/sample/manifest.hpp"

namespace youden::data {

struct Covid19Options {
  std::filesystem::path metadata;
  std::filesystem::path images;
  CovidFilter filter = {};
  std::string label = "covid";                        ///< class of the rows whose finding is COVID-19
  std::optional<std::filesystem::path> normals = {};  ///< folder of films without finding
  std::string normal_label = "normal";
  std::optional<std::size_t> n = {};  ///< normals; as many as films of COVID-19 unless given
  std::uint64_t seed = 42;            ///< of their drawing
};

/// A row that was left out.
struct LeftOut {
  std::string file;   ///< as written
  std::string place;  ///< file:line
};

/// The data set of the 2020 tutorial, and what became of every row. Films of the metadata stand first.
struct Covid19Manifest {
  sample::Manifest manifest;
  std::size_t rows = 0;                  ///< of the metadata
  std::size_t selected = 0;              ///< rows that fit the filter and may be followed
  std::size_t found = 0;                 ///< of the selected, films that are there
  std::size_t covid = 0;                 ///< of the found, those whose finding is COVID-19
  std::size_t patients = 0;              ///< of the found
  std::vector<LeftOut> missing = {};     ///< no such file
  std::vector<LeftOut> refused = {};     ///< the path leads out of the collection, or is empty
  std::vector<LeftOut> repeated = {};    ///< the same film again
  std::vector<LeftOut> unlabelled = {};  ///< no finding
  std::size_t normals_found = 0;         ///< films in the normals' folder
  std::size_t normals = 0;               ///< of these, drawn
  std::size_t normal_patients = 0;
  std::map<std::string, std::size_t> normal_folders = {};  ///< folder below normals -> films drawn from it

  /// Throws DataError when the metadata cannot be read, no row fits the filter, no film is there, or no normal.
  static Covid19Manifest build(const Covid19Options& options) {
    Covid19Manifest out;
    out.add_metadata(options);
    if (options.normals) out.add_normals(options);
    return out;
  }

 private:
  void add_metadata(const Covid19Options& options) {
    const CovidMetadata table(options.metadata, options.images);
    const CovidFilter covid19{.finding = {"COVID-19"}};
    rows = table.rows().size();
    std::set<std::string> seen;
    std::set<std::string> known_patients;
    for (const CovidRow& row : table.rows()) {
      if (!options.filter.wants(row)) continue;
      const LeftOut left{row.id, row.place};
      if (!row.confined) {
        refused.push_back(left);
        continue;
      }
      ++selected;
      const bool fresh = seen.insert(row.path).second;
      std::error_code error;
      if (!fresh) {
        repeated.push_back(left);
      } else if (!std::filesystem::is_regular_file(row.path, error)) {
        missing.push_back(left);
      } else if (row.finding.empty()) {
        unlabelled.push_back(left);
      } else {
        ++found;
        if (!row.patient.empty()) known_patients.insert(row.patient);
        const bool is_covid = covid19.wants(row);
        covid += is_covid ? 1 : 0;
        manifest.samples.push_back({.id = row.id,
                                    .path = row.path,
                                    .sha256 = {},
                                    .label = is_covid ? options.label : row.finding,
                                    .patient = row.patient,
                                    .source = "covid-chestxray",
                                    .covariates = row.covariates});
      }
    }
    patients = known_patients.size();
    if (selected == 0) {
      throw base::DataError({"no row of " + std::to_string(rows) + " fits finding, view and modality",
                             options.metadata.string(), what_there_is(table)});
    }
    if (found == 0) {
      std::error_code error;
      const bool above = std::filesystem::is_directory(options.images / "images", error);
      throw base::DataError({"none of the " + std::to_string(selected) + " films is there, for example not " +
                                 (missing.empty() ? std::string("any with a finding") : missing.front().file),
                             options.images.string(),
                             above ? "did you mean '" + (options.images / "images").string() + "'?"
                                   : "name the folder that holds the images of the metadata"});
    }
    sort_from(0);
  }

  void add_normals(const Covid19Options& options) {
    const std::filesystem::path& root = *options.normals;
    const auto films = image::require_image_files(root, "name a folder with films that show no finding");
    const std::size_t wanted = options.n.value_or(covid > 0 ? covid : found);
    const std::size_t first = manifest.samples.size();
    std::set<std::string> taken;
    for (const sample::Sample& s : manifest.samples) taken.insert(s.id);
    std::set<std::string> known_patients;
    for (const auto& film : draw_films(films, wanted, options.seed)) {
      sample::Sample s = film_by_name(root, film, options.normal_label);
      if (s.source.empty())
        s.source = std::filesystem::absolute(root / ".").lexically_normal().parent_path().filename();
      while (!taken.insert(s.id).second) s.id = options.normal_label + "/" + s.id;
      if (!s.patient.empty()) known_patients.insert(s.patient);
      ++normal_folders[film.parent_path().lexically_relative(root).generic_string()];
      manifest.samples.push_back(std::move(s));
    }
    normals_found = films.size();
    normals = manifest.samples.size() - first;
    normal_patients = known_patients.size();
    sort_from(first);
  }

  void sort_from(std::size_t first) {
    std::sort(manifest.samples.begin() + static_cast<std::ptrdiff_t>(first), manifest.samples.end(),
              [](const sample::Sample& a, const sample::Sample& b) { return a.id < b.id; });
  }
  /// What the columns hold that the filter asks for, so that the next try is right.
  static std::string what_there_is(const CovidMetadata& table) {
    std::set<std::string> findings;
    std::set<std::string> views;
    std::set<std::string> modalities;
    for (const CovidRow& row : table.rows()) {
      findings.insert(row.finding);
      views.insert(row.view);
      modalities.insert(row.modality);
    }
    return base::excerpt("findings: " + base::join(findings, ", "), 400) + "\n    views: " + base::join(views, ", ") +
           "\n    modalities: " + base::join(modalities, ", ");
  }
};

}  // namespace youden::data
