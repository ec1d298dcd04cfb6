#pragma once
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <utility>

#include "youden/base/faults.hpp"
#include "youden/base/read_file.hpp"
#include "youden/base/text.hpp"
#include "youden/base/utf8.hpp"
#include "youden/config/node.hpp"
#include "youden/config/yaml_documents.hpp"

namespace youden::config {

/// YAML text -> nodes with places. Faults instead of exceptions: syntax, duplicate keys (which yaml-cpp accepts), keys
/// that are not text, bytes that are not UTF-8 text, several documents, and documents that aliases blow up beyond
/// `kMostNodes`.
class YamlReader {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{1} << 20U;
  static constexpr std::size_t kMostNodes = 20'000;
  static constexpr int kDeepest = 32;

  YamlReader(std::string name, base::Faults& faults) : name_(std::move(name)), faults_(faults) {}

  /// The document, or a null node after a fault. Text without any value is a null node too.
  Node read(const std::string& text) {
    if (text.size() > kMostBytes) {
      faults_.add("the document has " + std::to_string(text.size()) + " bytes", name_, "at most 1 MiB is read");
      return {};
    }
    if (!is_text(text)) return {};
    try {
      // yaml-cpp takes a quote that is never closed for closed when the text ends with a line end.
      const std::string whole = text.ends_with('\n') || text.ends_with('\r') ? text + '#' : text;
      const auto starts = document_starts(whole);
      if (starts.empty()) return nothing();
      if (starts.size() > 1) {
        faults_.add("the file holds several YAML documents", place(starts[1]),
                    "keep one; compose several files with `use: [...]`");
        return {};
      }
      return convert(YAML::Load(whole), 0);
    } catch (const YAML::Exception& e) {
      faults_.add("not valid YAML: " + e.msg, place(e.mark), remedy(text, e.mark));
    } catch (const std::exception& e) {  // yaml-cpp lets a few of the standard library's escape
      faults_.add(std::string("not valid YAML: ") + e.what(), name_);
    }
    return {};
  }

  /// A value typed on the command line.
  static Node read_value(const std::string& text, base::Faults& faults) {
    YamlReader reader("command line", faults);
    reader.from_command_line_ = true;
    Node n = reader.read(text);
    n.where = n.key_where = "command line";
    n.from_command_line = true;
    return n;
  }

 private:
  [[nodiscard]] Node nothing() const { return {.where = name_, .from_command_line = from_command_line_}; }

  /// Bytes that no YAML document may hold are found here, with their place: later they would surface in JSON.
  bool is_text(const std::string& text) {
    const auto control = std::find_if(text.begin(), text.end(), [](unsigned char c) {
      return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
    });
    const auto odd = static_cast<std::size_t>(control - text.begin());
    const std::size_t bad = base::first_bad_utf8(text).value_or(text.size());
    if (bad == text.size() && odd == text.size()) return true;
    const std::size_t at = std::min(bad, odd);
    const std::size_t line_start = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;  // npos + 1 = 0
    YAML::Mark mark;
    mark.line = static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    mark.column = static_cast<int>(at - line_start);
    if (bad < odd) {
      faults_.add("not UTF-8 text", place(mark), "save the file as UTF-8");
    } else {
      faults_.add("a control character stands in the text", place(mark), "remove it, or is this a YAML file at all?");
    }
    return false;
  }

  /// The commonest mistake deserves more than the parser's words.
  static std::string remedy(const std::string& text, const YAML::Mark& mark) {
    std::size_t from = 0;
    for (int line = 0; line < mark.line && from != std::string::npos; ++line) {
      from = text.find('\n', from);
      if (from != std::string::npos) ++from;
    }
    if (from == std::string::npos) return {};
    const std::size_t first = text.find_first_not_of(' ', from);
    return first != std::string::npos && text[first] == '\t' ? "indent with spaces: YAML allows no tabs there" : "";
  }

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
        to.text = text_of(from);
        to.quoted = from.Tag() == "!" || from.Tag() == "tag:yaml.org,2002:str";
        break;
      case YAML::NodeType::Sequence:
        to.kind = Node::Kind::list;
        for (const auto& item : from) to.items.push_back(convert(item, depth + 1));
        break;
      case YAML::NodeType::Map: convert_map(from, to, depth); break;
    }
    return to;
  }

  /// yaml-cpp makes a single byte, which is no UTF-8, of the escapes `\N` and `\_`.
  std::string text_of(const YAML::Node& scalar) {
    if (!base::first_bad_utf8(scalar.Scalar())) return scalar.Scalar();
    faults_.add("an escape that is not read, \\N or \\_", place(scalar.Mark()), "write \\u0085 or \\u00a0");
    return {};
  }

  void convert_map(const YAML::Node& from, Node& to, int depth) {
    to.kind = Node::Kind::map;
    std::map<std::string, std::string> seen;
    for (const auto& pair : from) {
      const std::string where = place(pair.first.Mark());
      if (!pair.first.IsScalar()) {
        faults_.add("a key must be text", where, "quote it, for example 'null': …");
        continue;
      }
      const std::string key = text_of(pair.first);
      if (key != pair.first.Scalar()) continue;
      if (const auto [first, fresh] = seen.emplace(key, where); !fresh) {
        faults_.add("duplicate key '" + base::excerpt(key) + "'", where,
                    "first written at " + first->second + "; keep one of them");
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
  if (!std::filesystem::exists(path, ignored)) {
    faults.add("no such file", name, "check the path and its permissions");
    return {};
  }
  constexpr std::uint64_t kMost = std::uint64_t{64} << 20U;
  const std::string text = base::read_file<base::ConfigError>(path, {.most = kMost, .streams = true});
  const std::size_t before = faults.size();
  Node n = YamlReader(name, faults).read(text);
  if (!n.is_map() && faults.size() == before) {
    faults.add(n.is_null() ? "the file holds no keys" : "the file is not a map of keys", n.where,
               "write keys, for example `seed: 1`");
  }
  return n;
}

}  // namespace youden::config
