#pragma once
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace youden::runner {

enum class Side { front, engine };

/// Every command, as `youden --help` lists them. The front answers what needs no images and no torch.
struct CommandInfo {
  std::string_view name;
  Side side;
  std::string_view synopsis;
  std::string_view summary;
};

inline constexpr auto kCommands = std::to_array<CommandInfo>({
    {"init", Side::front, "DIR [--component KIND]", "a new project, or a component to fill in"},
    {"train", Side::engine, "EXP [key=value…] [--again] [--dry-run]", "one run: all its folds and replicates"},
    {"resume", Side::engine, "RUN", "continue an interrupted run to the same bits"},
    {"rerun", Side::engine, "RUN --verify", "run it again and compare every number"},
    {"sweep", Side::engine, "EXP [key=a,b…] [--trials N] [-j N] [--dry-run]",
     "many runs that share what is frozen; resumable"},
    {"predict", Side::engine, "RUN PATH…", "probabilities and decisions for images or folders"},
    {"export", Side::engine, "RUN --to FILE", "the trained model as one file that needs nothing else"},
    {"data", Side::engine, "covid19 | csv | scan | split … -o FILE",
     "manifests from collections, tables, folders; splits"},
    {"audit", Side::engine, "EXP [key=value…]", "leakage, duplicates, shortcuts: findings with evidence"},
    {"list", Side::front, "[--where EXPR] [--sort METRIC] [--limit N]", "runs, ranked"},
    {"show", Side::front, "RUN [--follow]", "everything about one run"},
    {"compare", Side::front, "RUN RUN… [--claim METRIC [--margin X]]", "what differs, and whether by chance"},
    {"evaluate", Side::front, "FILE.csv [FILE2.csv] | RUN --on DATASET", "all metrics of a table; a run on new data"},
    {"report", Side::engine, "[RUN…] -o FILE.html [--card FILE.md]",
     "one page about a run or several; the reporting card"},
    {"tag", Side::front, "RUN [NAME=VALUE…] [--remove NAME]", "labels of your own for a run"},
    {"note", Side::front, "RUN [TEXT… | -]", "words of your own about a run"},
    {"rm", Side::front, "RUN… [--yes]", "remove runs, rows and files"},
    {"config", Side::front, "EXP [key=value…]", "the resolved experiment, with the origin of each value"},
    {"weights", Side::engine, "ls | fetch NAME|URL | add FILE", "weight files: what is there, and getting more"},
    {"components", Side::front, "[KIND [NAME]]", "what can be written in YAML"},
    {"schema", Side::front, "", "JSON Schema of experiments, for your editor"},
    {"db", Side::front, "check | query | vacuum | merge | export …",
     "look into and after the results database, share it"},
    {"cache", Side::front, "ls | gc | clear", "the cache of frozen features"},
    {"help", Side::front, "[COMMAND]", "this page, or a command's own"},
    {"version", Side::front, "", "this program's version"},
});

/// What follows the engine's commands that are several: the front answers a misspelt one without starting it.
inline const std::map<std::string, std::vector<std::string>> kSubcommands{
    {"data", {"covid19", "csv", "scan", "split"}},
    {"weights", {"ls", "fetch", "add"}},
};

}  // namespace youden::runner
