#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "engine_commands.hpp"
#include "work.hpp"
#include "youden/base/streams.hpp"
#include "youden/base/text.hpp"
#include "youden/config/compose.hpp"
#include "youden/registry/registry.hpp"
#include "youden/store/run_json.hpp"
#include "youden/store/run_ref.hpp"
#include "youden/store/table.hpp"

namespace youden::runner {
namespace {

/// DATASET as people type it: a folder of one folder a class, a manifest, an experiment or component file, or a preset.
config::Resolved resolve_dataset(const store::RunRecord& run, const std::string& on,
                                 std::vector<std::string> settings) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  config::Composer composer(registry::catalog());
  if (on.ends_with(".yaml") || on.ends_with(".yml")) return composer.compose_file(on, settings);
  std::string dataset = on;
  if (fs::is_directory(on, ignored)) {
    dataset = config::Json{{"type", "image_folder"}, {"root", fs::absolute(on).string()}}.dump();
  } else if (on.ends_with(".csv")) {
    dataset = config::Json{{"type", "manifest"}, {"file", fs::absolute(on).string()}}.dump();
  }
  settings.insert(settings.begin(), "dataset=" + dataset);
  config::Json config = run.config;
  config.erase("dataset");
  return composer.compose_stored(config, "run " + std::to_string(run.id), settings);
}

/// A name for the part: of the folder, the file or the preset.
std::string name_of(const std::string& on) {
  const std::filesystem::path path = std::filesystem::path(on).lexically_normal();
  const auto last = path.has_filename() ? path : path.parent_path();
  std::string name =
      last.has_extension() && !std::filesystem::is_directory(path) ? last.stem().string() : last.filename().string();
  if (name == "manifest" && path.has_parent_path()) name = path.parent_path().filename().string();
  return name;
}

void print(store::Database& db, std::int64_t run, const ExternalDone& done, const Invocation& in) {
  const store::Json whole = store::run_json(db, run);
  if (in.format == Format::json) {
    store::Json j{{"run", run},
                  {"name", whole["name"]},
                  {"part", done.part},
                  {"reused", done.reused},
                  {"n", whole["n"].value(done.part, store::Json())},
                  {"positive", whole["positive"]},
                  {"metrics", {{done.part, whole["metrics"].value(done.part, store::Json::object())}}},
                  {"confusion", whole["confusions"].value(done.part, store::Json())},
                  {"warnings", done.warnings}};
    fmt::print("{}\n", j.dump(2, ' ', false, config::kAnyBytes));
    return;
  }
  store::Table table{{"metric", "value", "low", "high", "method", "n"}};
  for (const auto& [name, r] : whole["metrics"][done.part].items()) {
    table.rows.push_back(
        {name, r["value"].is_null() ? store::Json("undefined") : r["value"], r["low"], r["high"], r["method"], r["n"]});
  }
  if (in.format == Format::csv) {
    fmt::print("{}", table.csv());
    return;
  }
  for (auto& row : table.rows) {
    for (std::size_t c = 1; c <= 3; ++c) {
      if (row[c].is_number()) row[c] = fmt::format("{:.4f}", row[c].get<double>());
    }
  }
  fmt::print("run {}  {}  {}, {} samples{}\n{}", run, whole["name"].get<std::string>(), done.part,
             whole["n"].value(done.part, store::Json(0)).dump(),
             done.reused ? ", already there; --again repeats it" : "", table.text());
  fmt::print("see it with: {} show {}\n", in.program, run);
}

}  // namespace

int command_evaluate(const Invocation& in) {
  namespace po = boost::program_options;
  Arguments args(
      in, "RUN --on DATASET [key=value…] [--as NAME] [--again]",
      "Scores labelled data from elsewhere with a run's models at its frozen threshold, and stores the result\n"
      "as part external:NAME of the run. DATASET is a folder with one folder a class, a manifest (.csv), a\n"
      "YAML file, or a dataset preset; further words change its settings. Samples that the run learnt from and\n"
      "labels that it does not know are refused.\n\n"
      "examples:\n"
      "  youden evaluate 7 --on ward-b/manifest.csv\n"
      "  youden evaluate @best --on ward-b/ --as ward-b\n"
      "  youden evaluate 7 --on covidx dataset.root=data/covidx dataset.labels='{covid: [COVID-19], drop: "
      "[pneumonia]}'");
  args.options.add_options()("on", po::value<std::string>()->value_name("DATASET"), "the labelled data")(
      "as", po::value<std::string>()->value_name("NAME"), "its name; else that of the folder, file or preset")(
      "again", "score it again, in the place of what is stored under this name");
  if (!args.parse(-1)) return 0;
  const std::string ref = args.first("the run");
  const std::string on = args.has("on") ? args.values["on"].as<std::string>() : "";
  if (on.empty()) throw base::ConfigError({"--on is empty", "command line", "name the labelled data"});
  std::string name = args.has("as") ? args.values["as"].as<std::string>() : name_of(on);
  if (base::trim(name).empty() || name.find_first_of("\n\r\t:") != std::string::npos) {
    throw base::ConfigError(
        {"'" + base::excerpt(name) + "' is no name for the data", "command line", "give one: --as NAME"});
  }
  std::vector<std::string> settings(args.words.begin() + 1, args.words.end());
  auto db = store::Database::open(in.db);
  const auto run = store::read_run(db, store::find_run(db, ref));
  const ExternalDone done =
      evaluate_external(db, run, resolve_dataset(run, on, std::move(settings)), name, args.has("again"));
  for (const std::string& warning : done.warnings) base::print_err("warning: {}\n", warning);
  print(db, run.id, done, in);
  return 0;
}

}  // namespace youden::runner
