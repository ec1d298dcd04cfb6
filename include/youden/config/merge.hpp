#pragma once
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/config/catalog.hpp"
#include "youden/config/node.hpp"

namespace youden::config {

/// Lays one document over another as the schema reads them: maps merge, lists replace, `key+` appends, dotted keys
/// reach inside, list items are addressed by index or type, and a component that changes its type keeps only the
/// options that the new type has; the dropped ones are named in `notes`.
class Merger {
 public:
  Merger(const Catalog& catalog, base::Faults& faults, std::vector<std::string>& notes)
      : catalog_(catalog), faults_(faults), notes_(notes) {}

  void merge(Node& onto, const Node& over) { merge_map(onto, over, &catalog_.experiment, ""); }

  /// As `merge`, but `over` may hold options (and a type) of a component that the command line replaced.
  void merge_beneath_replaced(Node& onto, Node over, const std::vector<std::string>& replaced) {
    for (const std::string& group : replaced) {
      const Field* field = find_field(catalog_.experiment, group);
      Node* mine = over.find(group);
      if (!mine || !field || field->type != FieldType::component) continue;
      const Node* base = onto.find(group);
      if (!base || mine->is_null()) continue;
      *mine = as_component(*mine);
      mine->erase("type");
      drop_misfits(*mine, *field, type_of(*base), group);
    }
    merge(onto, over);
  }

 private:
  static std::string inside(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
  }
  static Node as_component(const Node& n) { return n.is_scalar() ? map_node("type", scalar_node(n.text, n)) : n; }
  static std::string type_of(const Node& component) {
    if (component.is_scalar()) return component.text;
    const Node* type = component.find("type");
    return type && type->is_scalar() ? type->text : "";
  }

  void merge_map(Node& onto, const Node& over, const std::vector<Field>* fields, const std::string& path) {
    if (onto.is_null()) onto.kind = Node::Kind::map;
    onto.where = over.where;
    for (const auto& [written, value] : over.entries) {
      std::string key = written;
      const auto dot = key.find('.');
      if (fields && dot != std::string::npos && dot > 0) {
        merge_map(onto, map_node(key.substr(0, dot), map_node(key.substr(dot + 1), value)), fields, path);
        continue;
      }
      const bool append = fields && key.size() > 1 && key.ends_with('+');
      if (append) key.pop_back();
      merge_value(onto.slot(key), value, fields ? find_field(*fields, key) : nullptr, inside(path, key), append);
    }
  }

  void merge_value(Node& onto, const Node& over, const Field* field, const std::string& path, bool append) {
    const FieldType type = field ? field->type : FieldType::any;
    if (append) {
      append_items(onto, over, path);
    } else if (type == FieldType::component && (over.is_scalar() || over.is_map())) {
      merge_component(onto, as_component(over), *field, path);
    } else if (type == FieldType::components && over.is_map()) {
      merge_items(onto, over, *field, path);
    } else if (type == FieldType::section && over.is_map()) {
      if (!onto.is_map()) onto = Node{};
      merge_map(onto, over, &field->fields, path);
    } else if (type == FieldType::any && over.is_map() && onto.is_map()) {
      merge_map(onto, over, nullptr, path);
    } else {
      onto = over;
    }
  }

  void merge_component(Node& onto, const Node& over, const Field& field, const std::string& path) {
    onto = as_component(onto);
    std::string before = type_of(onto);
    if (before.empty()) before = default_type(field);
    const std::string now = type_of(over).empty() ? before : type_of(over);
    if (!onto.is_map()) onto = Node{};
    if (now != before) drop_misfits(onto, field, now, path);
    const std::vector<Field> fields = catalog_.fields(field.kind, now);
    merge_map(onto, over, &fields, path);
  }

  static std::string default_type(const Field& field) {
    if (field.fallback.is_string()) return field.fallback.get<std::string>();
    return field.fallback.is_object() ? field.fallback.value("type", "") : "";
  }

  void drop_misfits(Node& component, const Field& field, const std::string& type, const std::string& path) {
    if (!catalog_.find(field.kind, type)) return;  // the unknown type is the fault to report
    const std::vector<Field> fields = catalog_.fields(field.kind, type);
    std::erase_if(component.entries, [&](const auto& entry) {
      if (entry.first == "type") return false;
      const Field* option = find_field(fields, entry.first);
      if (option && !option->tied) return false;
      notes_.push_back(
          inside(path, entry.first) + " (" + entry.second.origin() + ") dropped: " +
          (option ? "it belonged to the former " + field.kind : field.kind + " '" + type + "' has no such option"));
      return true;
    });
  }

  void append_items(Node& onto, const Node& over, const std::string& path) {
    if (onto.is_null()) onto = Node{.kind = Node::Kind::list, .where = over.where, .key_where = over.key_where};
    if (!onto.is_list()) {
      faults_.add("'" + path + "+' appends to a list, but " + path + " is none", over.key_where);
      return;
    }
    if (over.is_list()) {
      onto.items.insert(onto.items.end(), over.items.begin(), over.items.end());
    } else {
      onto.items.push_back(over);
    }
  }

  void merge_items(Node& onto, const Node& over, const Field& field, const std::string& path) {
    for (const auto& [written, value] : over.entries) {
      const auto dot = written.find('.');
      const std::string key = written.substr(0, dot);
      Node* item = find_item(onto, key);
      if (!item) {
        std::vector<std::string> there;
        for (const Node& n : onto.items) there.push_back(type_of(n));
        faults_.add("'" + path + "' has no item '" + key + "'", value.key_where,
                    there.empty() ? "the list is empty; append with " + path + "+=[...]"
                                  : "items: " + base::join(there, ", ") + " (by type or index from 0)");
        continue;
      }
      const Node inner = dot == std::string::npos ? value : map_node(written.substr(dot + 1), value);
      merge_component(*item, as_component(inner), field, inside(path, key));
    }
  }

  static Node* find_item(Node& list, const std::string& key) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
    if (error == std::errc{} && end == key.data() + key.size()) {
      return index < list.items.size() ? &list.items[index] : nullptr;
    }
    const auto it =
        std::find_if(list.items.begin(), list.items.end(), [&](const Node& n) { return type_of(n) == key; });
    return it == list.items.end() ? nullptr : &*it;
  }

  const Catalog& catalog_;
  base::Faults& faults_;
  std::vector<std::string>& notes_;
};

}  // namespace youden::config
