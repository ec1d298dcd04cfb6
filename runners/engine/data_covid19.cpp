#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "data_output.hpp"
#include "youden/base/faults.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/streams.hpp"
#include "youden/data/covid19_manifest.hpp"
#include "youden/data/film_copies.hpp"
#include "youden/data/film_sheet.hpp"

namespace youden::runner {
namespace {

using config::Json;

std::vector<std::string> files_of(const std::vector<data::LeftOut>& rows) {
  std::vector<std::string> out;
  for (const data::LeftOut& row : rows) out.push_back(row.file);
  return out;
}
std::vector<std::string> places_of(const std::vector<data::LeftOut>& rows) {
  std::vector<std::string> out;
  for (const data::LeftOut& row : rows) {
    out.push_back(row.place + ": " + (row.file.empty() ? "no file name" : base::excerpt(row.file, 200)));
  }
  return out;
}

data::Covid19Options options_of(const Arguments& args) {
  base::Faults faults;
  for (const char* name : {"metadata", "images"}) {
    if (!args.has(name)) {
      faults.add(fmt::format("--{} is missing", name), "command line",
                 faults.empty() ? "the collection's metadata.csv, and the folder of its images" : "");
    }
  }
  if (args.has("n") && !args.has("normals")) {
    faults.add("--n says how many normals are drawn, but --normals is missing", "command line");
  }
  if (const auto label = given(args, "label"); label && base::trim(*label).empty()) {
    faults.add("--label is empty", "command line", "name the class, for example --label covid");
  }
  if (args.has("normals") && given(args, "label") == data::Covid19Options{}.normal_label) {
    faults.add("--label is 'normal', which is what the normals are called", "command line");
  }
  for (const char* name : {"n", "seed"}) {
    if (!args.has(name)) continue;
    const auto& text = args.values[name].as<std::string>();
    const bool number = !text.empty() && text.size() <= 18 &&
                        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!number || (name == std::string("n") && std::stoull(text) == 0)) {
      faults.add(fmt::format("--{} is '{}'; it must be a whole number{}", name, text,
                             name == std::string("n") ? " from 1" : ""),
                 "command line");
    }
  }
  faults.raise<base::ConfigError>("faults on the command line:");
  data::Covid19Options out{.metadata = *given(args, "metadata"), .images = *given(args, "images")};
  out.filter = {words_of(args, "finding"), words_of(args, "view"), words_of(args, "modality")};
  if (const auto label = given(args, "label")) out.label = base::trim(*label);
  if (const auto normals = given(args, "normals")) out.normals = *normals;
  if (const auto n = given(args, "n")) out.n = std::stoull(*n);
  if (const auto seed = given(args, "seed")) out.seed = std::stoull(*seed);
  return out;
}

}  // namespace

int data_covid19(const Invocation& in) {
  namespace po = boost::program_options;
  Arguments args(
      in, "--metadata FILE --images DIR [--finding F] [--view V] [--modality M] [--normals DIR] -o FILE",
      "The public covid-chestxray-dataset (Cohen et al. 2020), and films without finding beside it, as a manifest.\n"
      "Any published form of metadata.csv is read. Without filters every row counts; filters may be repeated or hold\n"
      "commas, and --finding also matches one component of Pneumonia/Viral/COVID-19. Rows of COVID-19 get the label\n"
      "covid, others their finding. Films that are not there are named and left out.\n\n"
      "examples:\n"
      "  youden data covid19 --metadata metadata.csv --images images --finding COVID-19 --view PA \\\n"
      "      --normals nih/no_finding -o data/covid19/manifest.csv\n"
      "  youden data covid19 --metadata metadata.csv --images images --modality X-ray -o xray.csv\n"
      "  youden data covid19 --metadata metadata.csv --images images --finding COVID-19 --view PA,AP \\\n"
      "      --normals nih/no_finding --n 25 --seed 42 --copy data/covid19 -o covid19.csv");
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  const auto list = [](const char* name) {
    return po::value<std::vector<std::string>>()->composing()->value_name(name);
  };
  args.options.add_options()("metadata", text("FILE"), "metadata.csv of the collection")(
      "images", text("DIR"), "folder of its images, which no row leaves")(
      "finding", list("F"), "rows with this finding, e.g. COVID-19")("view", list("V"),
                                                                     "rows with this view, e.g. PA,AP")(
      "modality", list("M"), "rows with this modality: X-ray or CT")("label", text("NAME"),
                                                                     "class of the rows of COVID-19 (covid)")(
      "normals", text("DIR"), "folder of films without finding, searched whole; label normal")(
      "n,n", text("N"), "normals to draw (as many as films of COVID-19)")("seed", text("N"),
                                                                          "seed of that drawing (42)")(
      "copy", text("DIR"), "also copy the films to DIR/<label>/, the layout of source image_folder");
  DataFiles::declare(args, "the manifest to write");
  if (!args.parse(0)) return 0;
  const data::Covid19Options options = options_of(args);
  const DataFiles files(args, "manifest.csv");
  files.keep(options.metadata);
  const auto copy = given(args, "copy");
  if (copy) data::require_empty_folder(*copy);

  const auto built = data::Covid19Manifest::build(options);
  name_left_out(
      fmt::format("{} of {} selected films not in {}", built.missing.size(), built.selected, options.images.string()),
      files_of(built.missing));
  name_left_out("paths that are empty or lead out of the collection were not followed", places_of(built.refused));
  name_left_out("rows of a film that is listed before", places_of(built.repeated));
  name_left_out("films without a finding were left out", places_of(built.unlabelled));

  Json answer{{"rows", built.rows},
              {"selected", built.selected},
              {"found", built.found},
              {"patients", built.patients},
              {"missing", files_of(built.missing)},
              {"refused", files_of(built.refused)},
              {"repeated", files_of(built.repeated)},
              {"unlabelled", files_of(built.unlabelled)}};
  std::vector<std::string> lines{fmt::format("{} of {} rows selected, {} of {}; {} missing", built.selected, built.rows,
                                             data::counted(built.found, "film") + " found",
                                             data::counted(built.patients, "patient"), built.missing.size())};
  if (options.normals) {
    Json folders = Json::object();
    std::vector<std::string> drawn;
    for (const auto& [folder, n] : built.normal_folders) {
      folders[folder] = n;
      drawn.push_back(fmt::format("{} from {}", n, folder));
    }
    answer["normals"] = {{"found", built.normals_found},
                         {"selected", built.normals},
                         {"patients", built.normal_patients},
                         {"seed", options.seed},
                         {"folders", folders}};
    lines.push_back(fmt::format("{} of {} normals drawn by seed {}, of {}", built.normals, built.normals_found,
                                options.seed, data::counted(built.normal_patients, "known patient")));
    // A folder above the right one would quietly label other findings normal.
    if (drawn.size() > 1) lines.push_back("          " + base::join(drawn, ", "));
    if (options.n && built.normals < *options.n) {
      base::print_err("--n asks for {} normals; {} has {}\n", *options.n, options.normals->string(),
                      built.normals_found);
    }
  }
  if (copy) {
    files.keep(built.manifest.samples);  // before anything is written
    base::Progress progress;
    data::copy_films(built.manifest.samples, *copy, progress);
    answer["copy"] = full_path(*copy);
    lines.push_back("copies    " + *copy);
  }
  write_manifest(in, files, built.manifest, std::move(answer), lines);
  return 0;
}

}  // namespace youden::runner
