#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "front_commands.hpp"
#include "templates.hpp"
#include "youden/base/atomic_file.hpp"
#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/config/json_schema.hpp"

namespace youden::runner {
namespace {

namespace fs = std::filesystem;

struct NewFile {
  fs::path path;
  std::string text;
};

std::string replaced(std::string_view text, std::string_view from, const std::string& to) {
  std::string out;
  for (auto at = text.find(from); at != std::string_view::npos; at = text.find(from)) {
    out += text.substr(0, at);
    out += to;
    text.remove_prefix(at + from.size());
  }
  return out += text;
}

/// Writes all of them, or none where one is there already.
void write(const std::vector<NewFile>& files) {
  base::Faults clashes;
  std::error_code ignored;
  for (const NewFile& file : files) {
    if (fs::exists(fs::symlink_status(file.path, ignored))) clashes.add(file.path.string() + " is there already");
  }
  if (!clashes.empty()) {
    base::Fault fault = clashes.summary("files are in the way; nothing was written:");
    fault.remedy = "choose another folder, or move what is there away";
    throw base::ConfigError(fault);
  }
  for (const NewFile& file : files) base::write_atomically(file.path, file.text);
}

void print_written(const std::vector<NewFile>& files, const fs::path& folder, const std::string& next,
                   const Invocation& in) {
  if (in.format == Format::json) {
    config::Json list = config::Json::array();
    for (const NewFile& file : files) list.push_back(file.path.string());
    fmt::print("{}\n",
               config::Json{{"folder", folder.string()}, {"files", list}}.dump(2, ' ', false, config::kAnyBytes));
    return;
  }
  fmt::print("{}\n", folder.string());
  for (const NewFile& file : files) fmt::print("  {}\n", file.path.lexically_relative(folder).string());
  fmt::print("\n{}", next);
}

/// A path as a person may paste it into a shell.
std::string quoted(const std::string& path) {
  return path.find_first_of(" \t\"'$&|;<>(){}[]*?#~`\\") == std::string::npos ? path : "'" + path + "'";
}

int new_project(const Invocation& in, const std::string& typed, const fs::path& folder) {
  std::vector<NewFile> files;
  for (const Template& t : templates()) {
    if (!t.path.starts_with("project/")) continue;
    const std::string_view path = t.path.substr(8);
    files.push_back({folder / (path == "gitignore" ? ".gitignore" : path), std::string(t.text)});
  }
  const config::Catalog catalog = load_catalog();
  files.push_back({folder / "configs/experiment.schema.json",
                   config::JsonSchema(catalog).document().dump(2, ' ', false, config::kAnyBytes) + "\n"});
  write(files);
  print_written(files, folder,
                fmt::format("next:\n  cd {}\n  {} train experiments/first.yaml\n", quoted(typed), in.program), in);
  return 0;
}

std::vector<std::string> kinds() {
  constexpr std::string_view kBefore = "component/my_";
  std::vector<std::string> out;
  for (const Template& t : templates()) {
    if (!t.path.starts_with(kBefore)) continue;
    out.emplace_back(t.path.substr(kBefore.size(), t.path.size() - kBefore.size() - std::string_view(".hpp").size()));
  }
  return out;
}

std::string_view component_template(const std::string& file) {
  for (const Template& t : templates()) {
    if (t.path == "component/" + file) return t.text;
  }
  return {};
}

/// `my_thing` -> `MyThing`
std::string type_name(const std::string& name) {
  std::string out;
  for (const std::string& word : base::split(name, '_')) {
    if (word.empty()) continue;
    out += static_cast<char>(std::toupper(static_cast<unsigned char>(word.front())));
    out += word.substr(1);
  }
  return out;
}

void check_component(const std::string& kind, const std::string& name) {
  const auto known = kinds();
  if (std::find(known.begin(), known.end(), kind) == known.end()) {
    const auto close = base::nearest(kind, known);
    throw base::ConfigError(
        {"there is no template of a component of kind '" + kind + "'", "--component",
         (close.empty() ? "" : "did you mean '" + close + "'? ") + "kinds: " + base::join(known, ", ")});
  }
  const bool word = !name.empty() && name.size() <= 60 && std::islower(static_cast<unsigned char>(name.front())) != 0 &&
                    name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  if (!word) {
    throw base::ConfigError({"'" + name + "' is no name for a component", "--name",
                             "write lower-case letters, digits and underscores, a letter first: my_" + kind});
  }
  if (load_catalog().find(kind, name) != nullptr) {
    throw base::ConfigError({"there is a " + kind + " '" + name + "' already", "--name", "choose another name"});
  }
}

int new_component(const Invocation& in, const std::string& typed, const fs::path& folder, const std::string& kind,
                  const std::string& name) {
  check_component(kind, name);
  const std::string type = type_name("my_" + kind);
  const std::string text = replaced(component_template("my_" + kind + ".hpp"), "my_" + kind, name);
  std::vector<NewFile> files{{folder / (name + ".hpp"), replaced(text, type, type_name(name))}};
  std::string runner;
  for (const char c : folder.filename().string()) runner += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  runner += "-youden";
  const fs::path cmake = folder / "CMakeLists.txt";
  std::error_code ignored;
  if (!fs::exists(cmake, ignored)) {
    files.push_back({cmake, replaced(component_template("CMakeLists.txt"), "my-youden", runner)});
  }
  write(files);
  const std::string at = quoted(typed);
  print_written(files, folder,
                fmt::format("next:\n  cmake -S {0} -B {0}/build && cmake --build {0}/build\n"
                            "  {0}/build/{1} components {2} {3}\n",
                            at, runner, kind, name),
                in);
  return 0;
}

}  // namespace

int command_init(const Invocation& in) {
  namespace po = boost::program_options;
  Arguments args(
      in, "DIR [--component KIND [--name NAME]]",
      "Starts a project in DIR: an experiment that runs as it is, a preset, what editors need to complete both.\n"
      "With --component: a header to fill in, which builds and runs as it is, and a CMakeLists.txt that makes\n"
      "the whole program of all the components in DIR. Nothing that is there is written over.\n\n"
      "kinds: " +
          base::join(kinds(), ", ") +
          "\n\n"
          "examples:\n"
          "  youden init chest\n"
          "  youden init chest/components --component augmentation --name rib_shadow\n"
          "  youden init . --component loss");
  args.options.add_options()("component", po::value<std::string>(), "the kind of component to make")(
      "name", po::value<std::string>(), "its name in YAML; my_KIND as it comes");
  if (!args.parse(1)) return 0;
  std::string typed = args.first("the folder");
  while (typed.size() > 1 && typed.ends_with('/')) typed.pop_back();
  std::error_code ignored;
  const fs::path given = fs::absolute(typed, ignored).lexically_normal();
  const fs::path folder = given.has_filename() ? given : given.parent_path();
  if (fs::exists(folder, ignored) && !fs::is_directory(folder, ignored)) {
    throw base::ConfigError({"is no folder", folder.string(), "name a folder, which need not exist"});
  }
  if (!args.has("component")) {
    if (args.has("name")) throw base::ConfigError({"--name goes with --component", "command line"});
    return new_project(in, typed, folder);
  }
  const auto kind = args.values["component"].as<std::string>();
  return new_component(in, typed, folder, kind,
                       args.has("name") ? args.values["name"].as<std::string>() : "my_" + kind);
}

}  // namespace youden::runner
