#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "engine_commands.hpp"
#include "youden/base/csv_writer.hpp"
#include "youden/base/streams.hpp"
#include "youden/base/text.hpp"
#include "youden/bundle/predictor.hpp"
#include "youden/store/database.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/run_ref.hpp"

namespace youden::runner {
namespace {

/// The bundles of a run (one a fold and replicate), or the one file that RUN names.
std::vector<std::filesystem::path> bundles_of(const std::string& run, const Invocation& in) {
  std::error_code ignored;
  if (run.ends_with(".safetensors") || std::filesystem::is_regular_file(run, ignored)) return {run};
  auto db = store::Database::open_read_only(in.db);
  const auto id = store::find_run(db, run);
  std::vector<std::filesystem::path> out;
  for (const auto& artifact : store::read_artifacts(db, id)) {
    if (artifact.kind == "model") out.push_back(artifact.path);
  }
  if (!out.empty()) return out;
  throw base::ConfigError(
      {fmt::format("run {} has no model", id), {}, fmt::format("{} show {} says how far it got", in.program, id)});
}

/// Names, last, what was not predicted. The exit code.
int say_unread(const bundle::Predictions& made) {
  if (made.unread.empty()) return static_cast<int>(base::Exit::done);
  base::print_err("{} of {} files cannot be read and have no prediction:\n", made.unread.size(),
                  made.unread.size() + made.done.size());
  for (const auto& u : made.unread) base::print_err("  {}\n", base::printable(u.reason, true));
  return static_cast<int>(base::Exit::failed);
}

}  // namespace

int command_predict(const Invocation& in) {
  Arguments args(in, "RUN PATH…",
                 "Class probabilities, and the decision at the frozen threshold, for image files and folders.\n"
                 "RUN is a run or a bundle file; with several folds the probabilities of their models are averaged.\n"
                 "Files that cannot be read are named at the end; the others are predicted all the same (exit 1).\n\n"
                 "examples:\n"
                 "  youden predict @best film.png\n"
                 "  youden predict 7 ward-3/ --format csv > ward-3.csv\n"
                 "  youden predict model.safetensors film.png");
  if (!args.parse(-1)) return 0;
  const std::string run = args.first("the run");
  if (args.words.size() < 2)
    throw base::ConfigError({"no image is named", "command line", "give files or folders after the run"});
  const auto paths = bundle::collect_images({args.words.begin() + 1, args.words.end()});
  const bundle::Predictor predictor(bundles_of(run, in));
  const bundle::Predictions made = predictor.predict(paths);
  const auto& predictions = made.done;
  if (!made.note.empty()) base::print_err("warning: {}\n", made.note);
  if (in.format == Format::json) {
    config::Json list = config::Json::array();
    for (const auto& p : predictions) {
      config::Json probability = config::Json::object();
      for (std::size_t c = 0; c < p.probability.size(); ++c) probability[predictor.classes()[c]] = p.probability[c];
      list.push_back({{"path", std::filesystem::absolute(p.path).lexically_normal().string()},
                      {"probability", probability},
                      {"decision", p.decision}});
    }
    config::Json unread = config::Json::array();
    for (const auto& u : made.unread) {
      unread.push_back({{"path", std::filesystem::absolute(u.path).lexically_normal().string()}, {"reason", u.reason}});
    }
    fmt::print("{}\n", config::Json{{"run", run},
                                    {"positive", predictor.positive()},
                                    {"threshold", predictor.threshold()},
                                    {"predictions", list},
                                    {"unread", unread}}
                           .dump(2, ' ', false, config::kAnyBytes));
    return say_unread(made);
  }
  if (in.format == Format::csv) {
    std::vector<std::string> cells{"path"};
    cells.insert(cells.end(), predictor.classes().begin(), predictor.classes().end());
    cells.emplace_back("decision");
    fmt::print("{}", base::csv_row(cells, base::CsvReader::person));
    for (const auto& p : predictions) {
      cells = {p.path.string()};
      for (const double value : p.probability) cells.push_back(fmt::format("{}", value));
      cells.push_back(p.decision);
      fmt::print("{}", base::csv_row(cells, base::CsvReader::person));
    }
    return say_unread(made);
  }
  for (const auto& p : predictions) {
    fmt::print("{:<12}", base::printable(p.decision));
    for (std::size_t c = 0; c < p.probability.size(); ++c)
      fmt::print("  {} {:.4f}", base::printable(predictor.classes()[c]), p.probability[c]);
    fmt::print("  {}\n", base::printable(p.path.string()));
  }
  if (!predictor.positive().empty() && predictor.classes().size() == 2) {
    base::print_err("{} is called where its probability is at least {:.4g}\n", base::printable(predictor.positive()),
                    predictor.threshold());
  }
  return say_unread(made);
}

}  // namespace youden::runner
