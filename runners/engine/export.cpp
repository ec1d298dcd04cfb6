#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "arguments.hpp"
#include "engine_commands.hpp"
#include "replaceable.hpp"
#include "youden/bundle/bundle.hpp"
#include "youden/store/database.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/run_ref.hpp"

namespace youden::runner {

int command_export(const Invocation& in) {
  namespace po = boost::program_options;
  Arguments args(in, "RUN --to FILE.safetensors",
                 "Writes a run's model as one file that holds the frozen weights too, so that it predicts anywhere.\n\n"
                 "example:\n"
                 "  youden export @best --to model.safetensors\n"
                 "  youden predict model.safetensors film.png");
  args.options.add_options()("to", po::value<std::string>(), "the file to write");
  if (!args.parse(1)) return 0;
  const std::string run = args.first("the run");
  if (!args.has("to"))
    throw base::ConfigError({"--to is missing", "command line", "name the file to write: --to model.safetensors"});
  const std::filesystem::path target = args.values["to"].as<std::string>();
  const auto own = [](std::string_view head) {
    return head.find("\"__metadata__\":{") != std::string_view::npos &&
           head.find("\"youden\":") != std::string_view::npos;
  };
  require_replaceable(target, own, "name another file with --to");
  auto db = store::Database::open_read_only(in.db);
  const auto id = store::find_run(db, run);
  std::filesystem::path source;
  int models = 0;
  for (const auto& artifact : store::read_artifacts(db, id)) {
    if (artifact.kind != "model") continue;
    ++models;
    source = artifact.path;
  }
  if (models != 1) {
    throw base::ConfigError({fmt::format("run {} has {} models; one can be exported", id, models),
                             {},
                             models == 0 ? "complete the run first" : "train once on everything: split=holdout"});
  }
  bundle::Bundle b = bundle::Bundle::read(source);
  const auto model = b.model(source.string());
  b.embed(*model);
  b.write(target);
  if (in.format == Format::json) {
    fmt::print("{}\n", config::Json{{"run", id}, {"model", std::filesystem::absolute(target).string()}}.dump(
                           2, ' ', false, config::kAnyBytes));
  } else {
    fmt::print("{}\n", std::filesystem::absolute(target).string());
  }
  return 0;
}

}  // namespace youden::runner
