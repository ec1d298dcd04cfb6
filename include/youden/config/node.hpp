#pragma once
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "youden/config/json.hpp"

namespace youden::config {

/// A YAML value that remembers where it was written. Scalars stay text until the schema types them.
struct Node {
  enum class Kind { null, scalar, list, map };

  Kind kind = Kind::null;
  std::string text = {};  ///< of a scalar
  bool quoted = false;    ///< written in quotes, so never null
  std::vector<Node> items = {};
  std::vector<std::pair<std::string, Node>> entries = {};
  std::string where = {};      ///< `file:line:col`, "command line", "run 7" or "default"
  std::string key_where = {};  ///< of the key that holds this value
  bool from_command_line = false;

  [[nodiscard]] Node* find(const std::string& key) {
    const auto it = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.first == key; });
    return it == entries.end() ? nullptr : &it->second;
  }
  [[nodiscard]] const Node* find(const std::string& key) const { return const_cast<Node*>(this)->find(key); }
  Node& slot(const std::string& key) {
    if (Node* there = find(key)) return *there;
    entries.emplace_back(key, Node{});
    return entries.back().second;
  }
  void erase(const std::string& key) {
    std::erase_if(entries, [&](const auto& e) { return e.first == key; });
  }
  [[nodiscard]] bool is_null() const { return kind == Kind::null; }
  [[nodiscard]] bool is_scalar() const { return kind == Kind::scalar; }
  [[nodiscard]] bool is_list() const { return kind == Kind::list; }
  [[nodiscard]] bool is_map() const { return kind == Kind::map; }

  /// `file:line`, for the comments of a printed document.
  [[nodiscard]] std::string origin() const {
    const auto colon = where.rfind(':');
    return colon == std::string::npos ? where : where.substr(0, colon);
  }
};

inline Node scalar_node(std::string text, const Node& place) {
  return {.kind = Node::Kind::scalar,
          .text = std::move(text),
          .where = place.where,
          .key_where = place.key_where,
          .from_command_line = place.from_command_line};
}

/// A map of one entry, standing where its value stands.
inline Node map_node(std::string key, Node value) {
  Node map{.kind = Node::Kind::map,
           .where = value.where,
           .key_where = value.key_where,
           .from_command_line = value.from_command_line};
  map.entries.emplace_back(std::move(key), std::move(value));
  return map;
}

/// A stored or default value as a node; every part of it stands at `where`.
inline Node node_from_json(const Json& j, const std::string& where) {
  Node n{.where = where, .key_where = where};
  if (j.is_object()) {
    n.kind = Node::Kind::map;
    for (const auto& [key, value] : j.items()) n.entries.emplace_back(key, node_from_json(value, where));
  } else if (j.is_array()) {
    n.kind = Node::Kind::list;
    for (const Json& item : j) n.items.push_back(node_from_json(item, where));
  } else if (!j.is_null()) {
    n.kind = Node::Kind::scalar;
    n.quoted = j.is_string();
    n.text = j.is_string() ? j.get<std::string>() : j.dump();
  }
  return n;
}

}  // namespace youden::config
