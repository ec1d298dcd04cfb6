#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data_output.hpp"
#include "youden/data/film_sheet.hpp"
#include "youden/data/group_regex.hpp"
#include "youden/data/normal_films.hpp"
#include "youden/data/sources/image_folder.hpp"

namespace youden::runner {
namespace {

/// Patients by the expression, else by the published forms of file names. Says how.
std::string find_patients(sample::Manifest& manifest, const std::optional<data::GroupRegex>& regex,
                          const std::filesystem::path& root) {
  for (sample::Sample& s : manifest.samples) {
    const std::filesystem::path film = s.path;
    if (regex) {
      s.patient = (*regex)(film.filename().string());
    } else {
      sample::Sample known = data::film_by_name(std::filesystem::absolute(root).lexically_normal(), film, s.label);
      s.patient = std::move(known.patient);
      s.source = std::move(known.source);
    }
  }
  if (regex && !manifest.has_patients()) {
    throw base::DataError({regex->text() + " matches no file name, for example not " + manifest.samples.front().id,
                           root.string(), "mend the expression; its first group is the patient"});
  }
  const auto& all = manifest.samples;
  std::vector<std::string> untold;
  for (const sample::Sample& s : all) {
    if (s.patient.empty()) untold.push_back(s.id);
  }
  if (untold.size() == all.size()) return "no patient is known: say how file names tell them with --group-regex";
  name_left_out(fmt::format("no patient was told from {} of {} file names", untold.size(), all.size()), untold);
  return fmt::format("patients of {} of {}, {}", all.size() - untold.size(), data::counted(all.size(), "film"),
                     regex ? "by --group-regex" : "by their file names (NIH's or Kaggle's form)");
}

}  // namespace

int data_scan(const Invocation& in) {
  namespace po = boost::program_options;
  Arguments args(
      in, "DIR [--group-regex RE] -o FILE",
      "A folder with one sub-folder of films a class, as a manifest. The expression is matched with each\n"
      "file's name; its first group is the patient. Without one, NIH's and Kaggle's file names are known.\n\n"
      "examples:\n"
      "  youden data scan data/covid19 -o data/covid19/manifest.csv\n"
      "  youden data scan films --group-regex '^(P[0-9]+)_' -o manifest.csv");
  args.options.add_options()("group-regex", po::value<std::string>()->value_name("RE"),
                             "tells the patient from a file's name");
  DataFiles::declare(args, "the manifest to write");
  if (!args.parse(1)) return 0;
  const std::filesystem::path root = args.first("the folder");
  std::optional<data::GroupRegex> regex;
  if (const auto written = given(args, "group-regex")) regex.emplace(*written, "--group-regex");
  const DataFiles files(args, "manifest.csv");
  std::error_code error;
  if (!std::filesystem::is_directory(root, error)) {
    throw base::DataError(
        {std::filesystem::exists(root, error) ? "is a file, not a folder of class folders" : "no such folder",
         root.string(), "give a folder with one sub-folder of films a class"});
  }
  sample::Manifest manifest = data::ImageFolder({.root = root.string(), .patient = {}}, {}).load();
  const std::string how = find_patients(manifest, regex, root);
  write_manifest(in, files, manifest,
                 config::Json{{"found", manifest.samples.size()}, {"missing", config::Json::array()}}, {how});
  return 0;
}

}  // namespace youden::runner
