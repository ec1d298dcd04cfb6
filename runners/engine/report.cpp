#include <fmt/format.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "engine_commands.hpp"
#include "replaceable.hpp"
#include "youden/base/atomic_file.hpp"
#include "youden/data/load_source.hpp"
#include "youden/evaluate/registered.hpp"
#include "youden/registry/registry.hpp"
#include "youden/report/card/markdown.hpp"
#include "youden/report/report.hpp"
#include "youden/store/database.hpp"
#include "youden/store/run_ref.hpp"

namespace youden::runner {
namespace {

/// Draws the films that no file holds (phantoms, IDX) by the source that the run's configuration names; sources are
/// made when the first such film is asked for.
class FilmSource {
 public:
  explicit FilmSource(const std::vector<report::RunData>& runs) : runs_(runs) {}

  [[nodiscard]] cv::Mat draw(const store::SampleRow& film) {
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      const auto own = runs_[i].films.at("").find(film.id);
      if (own == runs_[i].films.at("").end() || own->second.sha256 != film.sha256) continue;
      auto& loaded = loaded_[i];
      if (!loaded) loaded = load(runs_[i].run);
      for (const sample::Sample& s : loaded->manifest.samples) {
        if (s.id == film.id && s.sha256 == film.sha256) return loaded->source->image(s);
      }
    }
    return {};
  }

 private:
  static data::LoadedSource load(const store::RunRecord& run) {
    try {
      return data::load_source(config::component_from_json(run.config.at("dataset")), run.seed);
    } catch (const config::Json::exception&) {  // a foreign hand wrote it
      throw base::ConfigError({"the stored dataset is none", "run " + std::to_string(run.id)});
    }
  }

  const std::vector<report::RunData>& runs_;
  std::map<std::size_t, std::optional<data::LoadedSource>> loaded_;
};

compare::Comparison compare(store::Database& db, const std::vector<report::RunData>& runs) {
  std::vector<std::int64_t> ids;
  for (const auto& d : runs) ids.push_back(d.run.id);
  compare::CompareOptions options;
  options.metrics = evaluate::registered_metrics();
  return compare::compare_runs(db, ids, options);
}

std::filesystem::path target(const Arguments& args, const char* option) {
  const std::filesystem::path path = args.values[option].as<std::string>();
  std::error_code ignored;
  if (path.empty() || std::filesystem::is_directory(path, ignored)) {
    throw base::ConfigError({fmt::format("--{} '{}' is no file name", option, path.string()), "command line",
                             "name the file to write, for example report.html"});
  }
  const auto own = [&](std::string_view head) {
    return head.find("<meta name=\"generator\" content=\"youden ") != std::string_view::npos ||
           head.starts_with("# Reporting card: ");
  };
  require_replaceable(path, own, fmt::format("name another file with --{}", option));
  return path;
}

int report_sweep(const Arguments& args, const Invocation& in) {
  if (!args.words.empty() || args.has("card")) {
    throw base::ConfigError({"--sweep stands alone: runs and cards have pages of their own", "command line"});
  }
  if (!args.has("output")) throw base::ConfigError({"--sweep needs a page", "command line", "add -o sweep.html"});
  auto db = store::Database::open_read_only(in.db);
  const auto id = args.values["sweep"].as<std::int64_t>();
  const auto path = target(args, "output");
  base::write_atomically(path, report::sweep_page(report::SweepData::read(db, id)), base::Readable::owner_only);
  const std::string written = std::filesystem::absolute(path).lexically_normal().string();
  if (in.format == Format::json) {
    fmt::print("{}\n", config::Json{{"sweep", id}, {"report", written}}.dump(2, ' ', false, config::kAnyBytes));
  } else {
    fmt::print("{:<10} {}\n", "report", written);
  }
  return 0;
}

}  // namespace

int command_report(const Invocation& in) {
  namespace po = boost::program_options;
  Arguments args(
      in, "[RUN… | --sweep S] -o FILE.html [--no-images] [--card FILE.md|FILE.html]",
      "One page that holds everything about a run (@last unless named), or about several beside each other: results\n"
      "with intervals, curves, mistakes with their films, who was in which part, audit, configuration. It needs no\n"
      "network and no other file. The card is CLAIM 2024 and TRIPOD+AI, filled in as far as the run knows.\n\n"
      "examples:\n"
      "  youden report @best -o report.html\n"
      "  youden report 7 9 -o comparison.html\n"
      "  youden report --sweep 3 -o sweep.html            # parameters against results, what mattered, the front\n"
      "  youden report 7 -o share.html --no-images        # no film leaves the house; names of patients do, see next\n"
      "  youden db export share.db 7 --deidentify && youden report 7 --db share.db -o share.html\n"
      "  youden report 7 --card card.md");
  args.options.add_options()("output,o", po::value<std::string>(), "the page to write")(
      "no-images", "leave out every film")("card", po::value<std::string>(), "the reporting card, .md or .html");
  args.options.add_options()("sweep", po::value<std::int64_t>()->value_name("S"), "a sweep instead of runs");
  if (!args.parse(-1)) return 0;
  if (!args.has("output") && !args.has("card"))
    throw base::ConfigError({"there is nothing to write", "command line", "name the page: -o report.html"});
  if (args.has("sweep")) return report_sweep(args, in);
  if (args.words.empty()) args.words.emplace_back("@last");
  if (args.has("card") && args.words.size() > 1)
    throw base::ConfigError({"a reporting card is about one run", "command line", "name one run with --card"});

  auto db = store::Database::open_read_only(in.db);
  std::vector<report::RunData> runs;
  for (const std::string& word : args.words) {
    const auto id = store::find_run(db, word);
    for (const auto& d : runs) {
      if (d.run.id == id) throw base::ConfigError({fmt::format("run {} is named twice", id), "command line"});
    }
    runs.push_back(report::read_run_data(db, id));
  }
  config::Json answer{{"runs", config::Json::array()}, {"report", nullptr}, {"card", nullptr}};
  for (const auto& d : runs) answer["runs"].push_back(d.run.id);
  if (args.has("output")) {
    const auto path = target(args, "output");
    FilmSource source(runs);
    report::Thumbnails thumbnails(!args.has("no-images"),
                                  [&](const store::SampleRow& film) { return source.draw(film); });
    std::optional<compare::Comparison> comparison;
    std::string fault;
    if (runs.size() > 1) {
      try {
        comparison = compare(db, runs);
      } catch (const base::Error& e) {  // other classes, unfinished: the page shows them beside each other all the same
        fault = e.what();
      }
    }
    const std::string page = report::report_page(runs, thumbnails, comparison ? &*comparison : nullptr, fault);
    base::write_atomically(path, page, base::Readable::owner_only);
    answer["report"] = std::filesystem::absolute(path).lexically_normal().string();
    answer["bytes"] = page.size();
  }
  if (args.has("card")) {
    const auto path = target(args, "card");
    const bool html = path.extension() == ".html" || path.extension() == ".htm";
    base::write_atomically(path, html ? report::card_page(runs.front()) : report::card_markdown(runs.front()),
                           base::Readable::owner_only);
    answer["card"] = std::filesystem::absolute(path).lexically_normal().string();
  }
  if (in.format == Format::json) {
    fmt::print("{}\n", answer.dump(2, ' ', false, config::kAnyBytes));
    return 0;
  }
  for (const char* kind : {"report", "card"}) {
    if (!answer[kind].is_null()) fmt::print("{:<10} {}\n", kind, answer[kind].get<std::string>());
  }
  return 0;
}

}  // namespace youden::runner
