#pragma once
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/config/check.hpp"
#include "youden/config/merge.hpp"
#include "youden/config/project.hpp"
#include "youden/config/yaml_reader.hpp"

namespace youden::config {

/// Files and command line -> one checked document. Reads top to bottom as the README explains it: presets left to
/// right, the file's own keys, then the command line.
class Composer {
 public:
  explicit Composer(const Catalog& catalog) : catalog_(catalog) {}

  /// From an experiment file. Throws ConfigError with every fault of the file, its presets and the command line.
  Resolved compose_file(const std::filesystem::path& file, const std::vector<std::string>& overrides) {
    project_ = find_project(file);
    Node document{.kind = Node::Kind::map, .where = display_path(file)};
    const std::vector<std::pair<std::string, Node>> settings = parse_overrides(overrides);
    if (read_file(document, file, {})) finish(document, settings);
    if (!document.find("name")) document.slot("name") = default_name(file.stem().string());
    return check(document, display_path(file));
  }

  /// From the stored configuration of a run, with changes.
  Resolved compose_stored(const Json& config, const std::string& where, const std::vector<std::string>& overrides) {
    project_ = find_project({});
    const std::vector<std::pair<std::string, Node>> settings = parse_overrides(overrides);
    Node document = node_from_json(config, where);
    for (const auto& [group, preset] : replacements_) {
      document.erase(group);
      read_preset(document, preset, "command line", {});
    }
    finish(document, settings);
    return check(document, where);
  }

 private:
  static Node default_name(std::string stem) {
    return {.kind = Node::Kind::scalar,
            .text = std::move(stem),
            .quoted = true,
            .where = "default",
            .key_where = "default"};
  }

  Resolved check(const Node& document, const std::string& file) {
    Resolved resolved = Checker(catalog_, project_.root, faults_).check(document);
    faults_.raise<base::ConfigError>("faults in the configuration:");
    resolved.notes = std::move(notes_);
    resolved.file = file;
    return resolved;
  }

  /// Splits `key=value` words; bare names that are presets of their group become replacements of `use` entries.
  std::vector<std::pair<std::string, Node>> parse_overrides(const std::vector<std::string>& words) {
    std::vector<std::pair<std::string, Node>> settings;
    for (const std::string& word : words) {
      const auto equals = word.find('=');
      if (equals == std::string::npos || equals == 0) {
        faults_.add("'" + word + "' is not a setting", "command line", "write key=value, for example train.epochs=5");
        continue;
      }
      const std::string key = word.substr(0, equals);
      const std::string text = word.substr(equals + 1);
      const Field* field = find_field(catalog_.experiment, key);
      const bool has_presets = field && (field->type == FieldType::component || field->type == FieldType::section);
      if (has_presets && !text.empty() && text.find_first_of(" {}[]:,") == std::string::npos) {
        const std::string preset = text.find('/') == std::string::npos ? key + "/" + text : text;
        if (project_.preset(preset)) {
          replacements_[key] = preset;
          continue;
        }
        if (field->type == FieldType::section && text != "null") {
          faults_.add("no preset '" + preset + "'", "command line", base::suggestion(text, project_.preset_names(key)));
          continue;
        }
      }
      settings.emplace_back(key, YamlReader::read_value(text, faults_));
    }
    return settings;
  }

  void finish(Node& document, const std::vector<std::pair<std::string, Node>>& settings) {
    Merger merger(catalog_, faults_, notes_);
    for (const auto& [key, value] : settings) merger.merge(document, map_node(key, value));
    interpolate(document);
  }

  /// Reads a file and what it uses onto `document`. `trail` holds the files being read, to find cycles.
  bool read_file(Node& document, const std::filesystem::path& file, std::vector<std::filesystem::path> trail) {
    std::error_code ignored;
    const auto path = std::filesystem::weakly_canonical(file, ignored);
    if (std::find(trail.begin(), trail.end(), path) != trail.end()) {
      std::string chain;
      for (const auto& step : trail) chain += display_path(step) + " → ";
      faults_.add("`use` goes in a circle: " + chain + display_path(path), display_path(trail.back()));
      return false;
    }
    const bool top = trail.empty();
    trail.push_back(path);
    const std::size_t before = faults_.size();
    Node own = read_yaml_file(file, faults_);
    if (faults_.size() > before && !own.is_map()) return false;
    if (const Node* use = own.find("use")) {
      const auto entries = use->is_list() ? use->items : std::vector<Node>{*use};
      for (const Node& entry : entries) {
        if (!entry.is_scalar()) {
          faults_.add("`use` lists presets by name, for example [backbone/vgg16]", entry.where);
          continue;
        }
        use_entry(document, entry, path, trail);
      }
      own.erase("use");
    }
    if (top) add_missing_replacements(document);
    std::vector<std::string> replaced;
    for (const auto& [group, preset] : replacements_) replaced.push_back(group);
    Merger merger(catalog_, faults_, notes_);
    merger.merge_beneath_replaced(document, std::move(own), top ? replaced : std::vector<std::string>{});
    return true;
  }

  void use_entry(Node& document, const Node& entry, const std::filesystem::path& user,
                 const std::vector<std::filesystem::path>& trail) {
    std::string name = entry.text;
    if (name.ends_with(".yaml") || name.ends_with(".yml")) {
      std::error_code ignored;
      std::filesystem::path beside = user.parent_path() / name;
      if (!std::filesystem::exists(beside, ignored)) beside = project_.root / name;
      if (!std::filesystem::exists(beside, ignored)) {
        faults_.add("`use` names a file that does not exist: " + name, entry.where);
        return;
      }
      read_file(document, beside, trail);
      return;
    }
    const std::string group = name.substr(0, name.find('/'));
    if (const auto replacement = replacements_.find(group);
        replacement != replacements_.end() && name.find('/') != std::string::npos) {
      applied_.insert(group);
      name = replacement->second;
    }
    read_preset(document, name, entry.where, trail);
  }

  void read_preset(Node& document, const std::string& name, const std::string& where,
                   const std::vector<std::filesystem::path>& trail) {
    const auto slash = name.find('/');
    if (slash == std::string::npos) {
      faults_.add("'" + name + "' in `use` is not a preset", where, "write group/name, for example backbone/vgg16");
      return;
    }
    const auto file = project_.preset(name);
    if (!file) {
      const std::string group = name.substr(0, slash);
      const auto names = project_.preset_names(group);
      faults_.add("no preset '" + name + "'", where,
                  names.empty() ? base::suggestion(group, project_.preset_groups())
                                : base::suggestion(name.substr(slash + 1), names));
      return;
    }
    read_file_as_preset(document, *file, trail);
  }
  void read_file_as_preset(Node& document, const std::filesystem::path& file,
                           const std::vector<std::filesystem::path>& trail) {
    static const std::filesystem::path kTop = "command line";
    read_file(document, file, trail.empty() ? std::vector{kTop} : trail);
  }

  /// A preset named on the command line whose group the file does not use comes after those that it does use.
  void add_missing_replacements(Node& document) {
    for (const auto& [group, preset] : replacements_) {
      if (applied_.insert(group).second) read_preset(document, preset, "command line", {});
    }
  }

  /// `${env:NAME}` and `${env:NAME,default}`, the only interpolation.
  void interpolate(Node& n) {
    for (auto& [key, child] : n.entries) interpolate(child);
    for (Node& child : n.items) interpolate(child);
    if (!n.is_scalar()) return;
    for (std::size_t at = n.text.find("${"); at != std::string::npos; at = n.text.find("${", at)) {
      const std::size_t close = n.text.find('}', at);
      const bool env = n.text.compare(at, 6, "${env:") == 0;
      if (close == std::string::npos || !env) {
        faults_.add("'" + n.text + "': only ${env:NAME} and ${env:NAME,default} are filled in", n.where);
        return;
      }
      const std::string inner = n.text.substr(at + 6, close - at - 6);
      const auto comma = inner.find(',');
      const std::string name = inner.substr(0, comma);
      const char* set = std::getenv(name.c_str());
      if (!set && comma == std::string::npos) {
        faults_.add("the environment variable " + name + " is not set", n.where,
                    "set it, or give a default: ${env:" + name + ",value}");
        return;
      }
      const std::string value = set ? set : inner.substr(comma + 1);
      n.text.replace(at, close - at + 1, value);
      at += value.size();
    }
  }

  const Catalog& catalog_;
  Project project_;
  base::Faults faults_;
  std::vector<std::string> notes_;
  std::map<std::string, std::string> replacements_;  ///< group -> preset, from the command line
  std::set<std::string> applied_;
};

}  // namespace youden::config
