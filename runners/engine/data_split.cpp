#include <fmt/format.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "data_output.hpp"
#include "stored_experiment.hpp"
#include "youden/base/atomic_file.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/streams.hpp"
#include "youden/data/film_facts.hpp"
#include "youden/data/film_sheet.hpp"
#include "youden/data/manifest_csv.hpp"
#include "youden/registry/registry.hpp"
#include "youden/run/materials.hpp"
#include "youden/sample/exclusions.hpp"
#include "youden/sample/part.hpp"
#include "youden/store/table.hpp"

namespace youden::runner {
namespace {

using config::Json;
using sample::Part;

/// The lines of fold `fold`, of one part or (unused) of all.
std::string rows_of(const run::Materials& m, std::size_t fold, const std::filesystem::path& folder, Part only) {
  std::string out;
  for (std::size_t i = 0; i < m.folds()[fold].size(); ++i) {
    const Part part = m.folds()[fold][i];
    if (part == Part::unused || (only != Part::unused && part != only)) continue;
    const sample::Sample& s = m.dataset.manifest().samples[i];
    out += data::csv_row({data::path_from(folder, s.path), s.label, s.patient, std::to_string(fold),
                          sample::name_of(part), s.source, s.id});
  }
  return out;
}

/// One row a fold and part: films, patients, films of each class.
store::Table count(const run::Materials& m) {
  store::Table table{.columns = {"fold", "part", "films", "patients"}};
  table.columns.insert(table.columns.end(), m.classes.begin(), m.classes.end());
  for (std::size_t f = 0; f < m.folds().size(); ++f) {
    for (const Part part : sample::kShown) {
      if (part == Part::unused) continue;
      const auto films = m.part(f, part);
      if (films.empty()) continue;
      std::set<std::string> patients;
      std::vector<std::size_t> of_class(m.classes.size());
      for (const std::size_t i : films) {
        ++of_class[static_cast<std::size_t>(m.labels[i])];
        if (!m.patients[i].empty()) patients.insert(m.patients[i]);
      }
      std::vector<Json> row{f, sample::name_of(part), films.size(), patients.empty() ? Json() : Json(patients.size())};
      row.insert(row.end(), of_class.begin(), of_class.end());
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

/// The parts of the first fold, each by class.
std::vector<data::FilmGroup> groups_of(const run::Materials& m) {
  std::vector<data::FilmGroup> out;
  for (const Part part : sample::kShown) {
    if (part == Part::unused) continue;
    for (std::size_t c = 0; c < m.classes.size(); ++c) {
      data::FilmGroup group{std::string(sample::name_of(part)) + ": " + m.classes[c], {}};
      for (const std::size_t i : m.part(0, part)) {
        if (m.labels[i] == static_cast<int>(c)) group.films.push_back(i);
      }
      if (!group.films.empty()) out.push_back(std::move(group));
    }
  }
  return out;
}

}  // namespace

int data_split(const Invocation& in) {
  Arguments args(
      in, "EXP [key=value…] -o FILE",
      "The division of an experiment's films, as `train` makes it, for other tools: one row a film and fold,\n"
      "path, label, patient, fold, part, source, id. Into a folder it also writes one list a part.\n\n"
      "examples:\n"
      "  youden data split experiments/covid19-sound.yaml -o split.csv\n"
      "  youden data split run:7 -o split.csv\n"
      "  youden data split experiments/covid19-sound.yaml split=patient-kfold5 -o folds/");
  DataFiles::declare(args, "the file to write, or a folder");
  if (!args.parse(-1)) return 0;
  const std::string exp = args.first("the experiment");
  const DataFiles files(args, "split.csv");
  const auto document =
      resolve_experiment(registry::catalog(), exp, std::vector(args.words.begin() + 1, args.words.end()), in.db);
  const auto experiment = run::Experiment::from(document);
  base::Progress progress;
  const run::Materials m = run::gather(experiment, progress);
  const auto& samples = m.dataset.manifest().samples;
  files.keep(samples);
  const auto facts = data::all_film_facts(samples, m.threads, progress);

  const std::string header = data::csv_row({"path", "label", "patient", "fold", "part", "source", "id"});
  std::map<std::filesystem::path, std::string> texts{{files.csv(), header}};
  for (std::size_t f = 0; f < m.folds().size(); ++f) {
    texts[files.csv()] += rows_of(m, f, files.folder(), Part::unused);
    if (!files.into_folder()) continue;
    for (const Part part : sample::kShown) {
      if (part == Part::unused) continue;
      const std::string rows = rows_of(m, f, files.folder(), part);
      const std::string fold = m.folds().size() > 1 ? "fold-" + std::to_string(f) + "-" : "";
      if (!rows.empty()) texts[files.csv().parent_path() / (fold + sample::name_of(part) + ".csv")] = header + rows;
    }
  }
  for (const auto& [path, text] : texts) {
    if (path != files.csv()) files.require_free(path);
  }
  for (const auto& [path, text] : texts) base::write_atomically(path, text);

  std::vector<std::string> broken;
  const auto sheet = write_sheet(
      files,
      data::film_sheet(
          experiment.name + (m.folds().size() > 1 ? ", fold 0 of " + std::to_string(m.folds().size()) : ""), samples,
          facts, groups_of(m),
          [&](const sample::Sample& s) { return m.dataset.image(static_cast<std::size_t>(&s - samples.data())); }),
      broken);
  std::vector<std::string> skipped;
  for (const sample::Skipped& s : m.dataset.manifest().skipped) skipped.push_back(s.reason);
  name_left_out(data::counted(skipped.size(), "film") + " cannot be used and were skipped", skipped, true);
  for (const std::string& line : sample::exclusion_lines(m.dataset.manifest().excluded)) {
    base::print_err("excluded: {}\n", line);
  }

  const store::Table table = count(m);
  if (in.format == Format::json) {
    Json lists = Json::array();
    for (const auto& [path, text] : texts) lists.push_back(full_path(path));
    const Json answer{{"name", experiment.name},
                      {"films", samples.size()},
                      {"classes", m.classes},
                      {"folds", m.folds().size()},
                      {"parts", table.json()},
                      {"skipped", skipped},
                      {"excluded", m.dataset.manifest().excluded},
                      {"split", full_path(files.csv())},
                      {"files", lists},
                      {"sheet", sheet ? Json(full_path(*sheet)) : Json()}};
    fmt::print("{}\n", answer.dump(2, ' ', false, config::kAnyBytes));
  } else if (in.format == Format::csv) {
    fmt::print("{}", table.csv());
  } else {
    fmt::print("{}\nsplit     {}\n", table.text(), files.csv().string());
    if (sheet) fmt::print("sheet     {}\n", sheet->string());
  }
  return 0;
}

}  // namespace youden::runner
