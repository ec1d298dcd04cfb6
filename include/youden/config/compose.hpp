#pragma once
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/base/utf8.hpp"
#include "youden/config/check.hpp"
#include "youden/config/interpolate.hpp"
#include "youden/config/merge.hpp"
#include "youden/config/project.hpp"
#include "youden/config/yaml_reader.hpp"

namespace youden::config {

/// Files and command line -> one checked document. Reads top to bottom as the README explains it: presets left to
/// right, the file's own keys, then the command line. Good for one document.
class Composer {
 public:
  explicit Composer(const Catalog& catalog) : catalog_(catalog) {}

  /// From an experiment file. Throws ConfigError with every fault of the file, its presets and the command line.
  Resolved compose_file(const std::filesystem::path& file, const std::vector<std::string>& overrides) {
    project_ = find_project(file);
    const std::string shown = display_path(file);
    Node document{.kind = Node::Kind::map, .where = shown};
    const Settings settings = parse_overrides(overrides);
    if (!read_file(document, file, "", {})) raise();
    apply(document, settings);
    if (const Node* name = document.find("name"); !name || name->is_null()) {
      document.slot("name") = default_name(file.stem().string(), shown);
    }
    return check(document, shown);
  }

  /// From the stored configuration of a run, with changes.
  Resolved compose_stored(const Json& config, const std::string& where, const std::vector<std::string>& overrides) {
    project_ = find_project({});
    const Settings settings = parse_overrides(overrides);
    Node document = node_from_json(config, where);
    for (const auto& [group, preset] : replacements_) {
      document.erase(group);
      read_preset(document, preset, "command line", {});
    }
    apply(document, settings);
    return check(document, where);
  }

 private:
  using Trail = std::vector<std::filesystem::path>;
  using Settings = std::vector<std::pair<std::string, Node>>;
  static constexpr std::size_t kMostFiles = 200;

  Node default_name(const std::string& stem, const std::string& file) {
    if (base::first_bad_utf8(stem)) faults_.add("the file's name is not UTF-8 text", file, "rename it, or give a name");
    return {.kind = Node::Kind::scalar, .text = stem, .quoted = true, .where = "default", .key_where = "default"};
  }

  void raise() const { faults_.raise<base::ConfigError>("faults in the configuration:"); }

  Resolved check(const Node& document, const std::string& file) {
    Resolved resolved = Checker(catalog_, project_.root, faults_, incomplete_).check(document);
    raise();
    resolved.notes = std::move(notes_);
    resolved.file = file;
    return resolved;
  }

  /// Splits `key=value` words; bare names that are presets of their group become replacements of `use` entries.
  Settings parse_overrides(const std::vector<std::string>& words) {
    Settings settings;
    for (const std::string& word : words) {
      const auto equals = word.find('=');
      if (equals == std::string::npos || equals == 0) {
        faults_.add("'" + base::excerpt(word) + "' is not a setting", "command line",
                    "write key=value, for example train.epochs=5");
        continue;
      }
      const std::string key = word.substr(0, equals);
      const std::string text = word.substr(equals + 1);
      if (key == "use" || key == "use+") {
        faults_.add("`use` stands in files only", "command line",
                    "write group=preset to replace one, for example backbone=vgg16");
      } else if (!take_preset(key, text)) {
        base::Faults own;
        settings.emplace_back(key, YamlReader::read_value(text, own));
        for (const base::Fault& f : own.all()) {
          faults_.add("'" + base::excerpt(word) + "': " + f.what, f.where, f.remedy);
        }
      }
    }
    return settings;
  }

  /// Whether `key=text` names a preset (or should have).
  bool take_preset(const std::string& key, const std::string& text) {
    const Field* field = find_field(catalog_.experiment, key);
    const bool section = field && field->type == FieldType::section;
    if (!section && !(field && field->type == FieldType::component)) return false;
    if (text.empty() || text == "null" || text == "~" || text.find_first_of(" {}[]:,$\"'") != std::string::npos) {
      return false;
    }
    const bool longhand = text.find('/') != std::string::npos;
    const std::string preset = longhand ? text : key + "/" + text;
    const bool own_group = preset.starts_with(key + "/");
    if (own_group && project_.preset(preset)) {
      replacements_[key] = preset;
      return true;
    }
    if (section && std::find(field->words.begin(), field->words.end(), text) != field->words.end()) return false;
    if (!section && !longhand) return false;
    const std::string name = text.substr(text.find('/') == std::string::npos ? 0 : text.find('/') + 1);
    faults_.add(own_group ? "no preset '" + preset + "'" : "'" + text + "' is no preset of " + key, "command line",
                base::suggestion(name, project_.preset_names(key)));
    return true;
  }

  // A copy, since interpolation writes into it. NOLINTNEXTLINE(performance-unnecessary-value-param)
  void apply(Node& document, Settings settings) {
    Merger merger(catalog_, faults_, notes_);
    for (auto& [key, value] : settings) {
      interpolate(value, faults_);
      merger.merge(document, map_node(key, value));
    }
  }

  /// Reads a file and what it uses onto `document`. `where` names it, `trail` holds the files being read.
  bool read_file(Node& document, const std::filesystem::path& file, const std::string& where, Trail trail) {
    std::error_code ignored;
    const auto path = std::filesystem::weakly_canonical(file, ignored);
    if (std::find(trail.begin(), trail.end(), path) != trail.end()) {
      std::string chain;
      for (const auto& step : trail) chain += display_path(step) + " → ";
      return gave_up("`use` goes in a circle: " + chain + display_path(path), where);
    }
    if (too_many_) return false;
    if (++files_ > kMostFiles) {
      too_many_ = true;
      return gave_up("`use` leads to more than 200 files", where);
    }
    const bool top = trail.empty();
    trail.push_back(path);
    const std::size_t before = faults_.size();
    Node own = read_yaml_file(file, faults_);
    if (!own.is_map()) {
      if (faults_.size() > before) incomplete_.insert("");
      return false;
    }
    interpolate(own, faults_);
    if (const Node* use = own.find("use"); use && !use->is_null()) {
      const auto entries = use->is_list() ? use->items : std::vector<Node>{*use};
      for (const Node& entry : entries) {
        if (too_many_) break;
        if (!entry.is_scalar()) {
          gave_up("`use` lists presets by name, for example [backbone/vgg16]", entry.where);
        } else {
          use_entry(document, entry, path, trail);
        }
      }
    }
    own.erase("use");
    if (top) add_missing_replacements(document);
    std::map<std::string, std::string> replaced;
    for (const std::string& group : applied_) {
      if (group != reading_) replaced[group] = former_[group];
    }
    Merger(catalog_, faults_, notes_).merge_beneath_replaced(document, std::move(own), replaced);
    return true;
  }

  /// A fault after which part of the document is unknown, so that what is missing is no fault of its own.
  bool gave_up(std::string what, const std::string& where, std::string remedy = {}, const std::string& group = "") {
    incomplete_.insert(group);
    faults_.add(std::move(what), where, std::move(remedy));
    return false;
  }

  void use_entry(Node& document, const Node& entry, const std::filesystem::path& user, const Trail& trail) {
    const std::string& name = entry.text;
    if (name.ends_with(".yaml") || name.ends_with(".yml")) {
      std::error_code ignored;
      std::filesystem::path beside = user.parent_path() / name;
      if (!std::filesystem::exists(beside, ignored)) beside = project_.root / name;
      if (!std::filesystem::exists(beside, ignored)) {
        gave_up("`use` names a file that does not exist: " + base::excerpt(name), entry.where,
                "it is looked up beside this file, then from the project");
        return;
      }
      read_file(document, beside, entry.where, trail);
      return;
    }
    const std::string group = name.substr(0, name.find('/'));
    const auto replacement = replacements_.find(group);
    if (replacement == replacements_.end() || name == group) {
      read_preset(document, name, entry.where, trail);
    } else if (applied_.insert(group).second) {
      former_[group] = type_in_preset(name, group);
      read_replacement(document, group, replacement->second, trail);
    }
  }

  /// The type that a replaced preset would have chosen, or "".
  [[nodiscard]] std::string type_in_preset(const std::string& name, const std::string& group) const {
    const auto file = project_.preset(name);
    if (!file) return {};
    base::Faults unheard;
    const Node preset = read_yaml_file(*file, unheard);
    const Node* component = preset.find(group);
    return component ? Merger::type_of(*component) : "";
  }

  void read_replacement(Node& document, const std::string& group, const std::string& preset, const Trail& trail) {
    const std::string outer = std::exchange(reading_, group);
    read_preset(document, preset, "command line", trail);
    reading_ = outer;
  }

  void read_preset(Node& document, const std::string& name, const std::string& where, const Trail& trail) {
    const auto slash = name.find('/');
    if (slash == std::string::npos) {
      gave_up("'" + base::excerpt(name) + "' in `use` is not a preset", where,
              "write group/name, for example backbone/vgg16");
      return;
    }
    const auto file = project_.preset(name);
    if (!file) {
      const std::string group = name.substr(0, slash);
      const auto names = project_.preset_names(group);
      gave_up("no preset '" + base::excerpt(name) + "'", where,
              names.empty() ? base::suggestion(group, project_.preset_groups())
                            : base::suggestion(name.substr(slash + 1), names),
              names.empty() ? "" : group);
      return;
    }
    static const std::filesystem::path kTop = "command line";  // a preset is never the experiment itself
    read_file(document, *file, where, trail.empty() ? Trail{kTop} : trail);
  }

  /// A preset named on the command line whose group the file does not use comes after those that it does use.
  void add_missing_replacements(Node& document) {
    for (const auto& [group, preset] : replacements_) {
      if (applied_.insert(group).second) read_replacement(document, group, preset, {});
    }
  }

  const Catalog& catalog_;
  Project project_;
  base::Faults faults_;
  std::vector<std::string> notes_;
  std::map<std::string, std::string> replacements_;  ///< group -> preset, from the command line
  std::map<std::string, std::string> former_;        ///< group -> type of the preset that was replaced
  std::set<std::string> applied_;
  std::string reading_;  ///< the group whose replacement is being read
  std::size_t files_ = 0;
  bool too_many_ = false;
  std::set<std::string> incomplete_;  ///< groups of which a preset could not be read; "" = anything may be missing
};

}  // namespace youden::config
