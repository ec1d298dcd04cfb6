#pragma once
#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>

#include "youden/base/faults.hpp"
#include "youden/config/node.hpp"

namespace youden::config {

/// YAML text -> nodes with places. Faults instead of exceptions: syntax, duplicate keys (which yaml-cpp accepts),
/// keys that are not text, several documents, and documents that aliases blow up beyond `kMostNodes`.
class YamlReader {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{1} << 20U;
  static constexpr std::size_t kMostNodes = 20'000;
  static constexpr int kDeepest = 32;

  YamlReader(std::string name, base::Faults& faults) : name_(std::move(name)), faults_(faults) {}

  /// The document, or a null node after a fault.
  Node read(const std::string& text) {
    if (text.size() > kMostBytes) {
      faults_.add("the document has " + std::to_string(text.size()) + " bytes", name_, "at most 1 MiB is read");
      return {};
    }
    try {
      const auto documents = YAML::LoadAll(text);
      if (documents.empty()) return {.kind = Node::Kind::map, .where = name_};
      if (documents.size() > 1) {
        faults_.add("the file holds " + std::to_string(documents.size()) + " YAML documents", name_,
                    "keep one; compose several files with `use: [...]`");
        return {};
      }
      return convert(documents.front(), 0);
    } catch (const YAML::Exception& e) {
      faults_.add("not valid YAML: " + e.msg, place(e.mark));
      return {};
    }
  }

  /// A value typed on the command line.
  static Node read_value(const std::string& text, base::Faults& faults) {
    YamlReader reader("command line", faults);
    reader.from_command_line_ = true;
    if (text.empty()) return {.where = "command line", .key_where = "command line", .from_command_line = true};
    Node n = reader.read(text);
    n.key_where = "command line";
    return n;
  }

 private:
  [[nodiscard]] std::string place(const YAML::Mark& mark) const {
    if (from_command_line_ || mark.line < 0) return name_;
    return name_ + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  }

  Node convert(const YAML::Node& from, int depth) {
    Node to{.where = place(from.Mark()), .from_command_line = from_command_line_};
    if (gave_up_) return to;
    if (++count_ > kMostNodes || depth > kDeepest) {
      gave_up_ = true;
      faults_.add(
          depth > kDeepest ? "nested deeper than 32 levels" : "more than 20000 values once aliases are expanded",
          to.where, "write the document without aliases that repeat each other");
      return to;
    }
    switch (from.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null: break;
      case YAML::NodeType::Scalar:
        to.kind = Node::Kind::scalar;
        to.text = from.Scalar();
        to.quoted = from.Tag() == "!";
        break;
      case YAML::NodeType::Sequence:
        to.kind = Node::Kind::list;
        for (const auto& item : from) to.items.push_back(convert(item, depth + 1));
        break;
      case YAML::NodeType::Map: convert_map(from, to, depth); break;
    }
    return to;
  }

  void convert_map(const YAML::Node& from, Node& to, int depth) {
    to.kind = Node::Kind::map;
    std::map<std::string, std::string> seen;
    for (const auto& pair : from) {
      const std::string where = place(pair.first.Mark());
      if (!pair.first.IsScalar()) {
        faults_.add("a key must be text", where);
        continue;
      }
      const std::string& key = pair.first.Scalar();
      if (const auto [first, fresh] = seen.emplace(key, where); !fresh) {
        faults_.add("duplicate key '" + key + "'", where, "first written at " + first->second + "; keep one of them");
        continue;
      }
      Node value = convert(pair.second, depth + 1);
      value.key_where = where;
      to.entries.emplace_back(key, std::move(value));
    }
  }

  std::string name_;
  base::Faults& faults_;
  bool from_command_line_ = false;
  bool gave_up_ = false;
  std::size_t count_ = 0;
};

/// A path as a person would type it here.
inline std::string display_path(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto relative = std::filesystem::relative(path, std::filesystem::current_path(ignored), ignored);
  return relative.empty() || *relative.begin() == ".." ? path.lexically_normal().string() : relative.string();
}

inline Node read_yaml_file(const std::filesystem::path& path, base::Faults& faults) {
  const std::string name = display_path(path);
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    faults.add("is a folder, not a YAML file", name);
    return {};
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    faults.add(std::filesystem::exists(path, ignored) ? "cannot be read" : "no such file", name,
               "check the path and its permissions");
    return {};
  }
  std::ostringstream text;
  text << in.rdbuf();
  Node n = YamlReader(name, faults).read(text.str());
  if (!n.is_map() && faults.empty()) faults.add("an experiment is a map of keys, for example `name: first`", name);
  return n;
}

}  // namespace youden::config
