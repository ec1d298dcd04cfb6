#pragma once
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <map>
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

  /// `over` is one document: a key that it writes twice, nested and dotted, is a fault.
  void merge(Node& onto, const Node& over) {
    written_.clear();
    merge_map(onto, over, &catalog_.experiment, "");
  }

  /// As `merge`, where the command line has replaced the component of each group: its type stands, and so do those
  /// options of `over` that it has. `replaced`: group -> the type that `over` was written for ("" = unknown).
  void merge_beneath_replaced(Node& onto, Node over, const std::map<std::string, std::string>& replaced) {
    for (const auto& [group, former] : replaced) {
      const Field* field = find_field(catalog_.experiment, group);
      const Node* base = onto.find(group);
      if (!field || field->type != FieldType::component || !base) continue;
      Node mine = take_group(over, group);
      if (!mine.is_map()) continue;
      std::string before = type_of(mine).empty() ? former : type_of(mine);
      if (before.empty()) before = default_type(*field);
      mine.erase("type");
      if (before != type_of(*base)) drop_misfits(mine, *field, type_of(*base), group);
      over.entries.emplace_back(group, std::move(mine));
    }
    merge(onto, over);
  }

  /// The type that a component names, or "".
  static std::string type_of(const Node& component) {
    if (component.is_scalar()) return component.text;
    const Node* type = component.find("type");
    return type && type->is_scalar() ? type->text : "";
  }

 private:
  static std::string inside(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
  }
  static Node as_component(const Node& n) { return n.is_scalar() ? map_node("type", scalar_node(n.text, n)) : n; }

  /// Removes `group` and `group.…` from the document; what they said, as one map.
  static Node take_group(Node& document, const std::string& group) {
    Node mine;
    std::erase_if(document.entries, [&](const auto& entry) {
      const auto& [key, value] = entry;
      const bool dotted = key.starts_with(group + ".");
      if (key != group && !dotted) return false;
      const Node part = dotted ? map_node(key.substr(group.size() + 1), value) : as_component(value);
      if (mine.is_null()) {
        mine = part;
      } else {
        mine.entries.insert(mine.entries.end(), part.entries.begin(), part.entries.end());
      }
      return true;
    });
    return mine;
  }

  void merge_map(Node& onto, const Node& over, const std::vector<Field>* fields, const std::string& path) {
    if (onto.is_null()) onto.kind = Node::Kind::map;
    // Faults about what is missing belong to a file, unless nothing but the command line speaks of this map.
    if (onto.where.empty() || !over.from_command_line) onto.where = over.where;
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
      append_items(onto, over, field, path);
    } else if (type == FieldType::component && (over.is_scalar() || over.is_map())) {
      merge_component(onto, as_component(over), *field, path);
    } else if (is_list_of_maps(type) && over.is_map()) {
      merge_items(onto, over, *field, path);
    } else if (type == FieldType::section && over.is_map()) {
      if (!onto.is_map()) onto = Node{};
      onto.key_where = over.key_where;
      merge_map(onto, over, &field->fields, path);
    } else if (has_free_keys(type) && over.is_map() && onto.is_map()) {
      merge_map(onto, over, nullptr, path);
    } else if (const auto [first, fresh] = written_.emplace(path, over.key_where); !fresh) {
      faults_.add("duplicate key '" + path + "'", over.key_where,
                  "first written at " + first->second + "; keep one of them");
    } else {
      onto = over;
      if (is_list_of_maps(type)) complete_items(onto, *field, path);
    }
  }

  static bool is_list_of_maps(FieldType type) { return type == FieldType::components || type == FieldType::sections; }

  void merge_component(Node& onto, const Node& over, const Field& field, const std::string& path) {
    onto = as_component(onto);
    if (!onto.is_map()) onto = Node{};
    onto.key_where = over.key_where;
    std::string before = type_of(onto);
    if (before.empty()) before = default_type(field);
    const std::string now = type_of(over).empty() ? before : type_of(over);
    if (now != before) {
      drop_misfits(onto, field, now, path);
      onto.where.clear();
    }
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
      const std::string key = entry.first.substr(0, entry.first.find_first_of(".+"));
      if (key == "type") return false;
      const Field* option = find_field(fields, key);
      if (option && !option->tied) return false;
      notes_.push_back(
          inside(path, entry.first) + " (" + entry.second.origin() + ") dropped: " +
          (option ? "it belonged to the former " + field.kind : field.kind + " '" + type + "' has no such option"));
      return true;
    });
  }

  /// Makes `onto` the list that it stands for: what is written, one value without brackets, or the default.
  static void become_list(Node& onto, const Field* field) {
    const bool listed = field && (field->type == FieldType::components || field->type == FieldType::texts ||
                                  field->type == FieldType::numbers);
    if (onto.is_null() && field && field->fallback.is_array()) onto = node_from_json(field->fallback, "default");
    if (onto.is_null()) onto.kind = Node::Kind::list;
    if (!onto.is_scalar() || !listed) return;
    const bool word = std::find(field->words.begin(), field->words.end(), onto.text) != field->words.end();
    Node list{.kind = Node::Kind::list, .where = onto.where, .key_where = onto.key_where};
    if (!word) list.items.push_back(onto);
    onto = std::move(list);
  }

  void append_items(Node& onto, const Node& over, const Field* field, const std::string& path) {
    become_list(onto, field);
    if (!onto.is_list()) {
      faults_.add("'" + path + "+' appends to a list, but " + path + " is none", over.key_where);
      return;
    }
    Node more = over.is_list() ? over : Node{.kind = Node::Kind::list, .items = {over}};
    if (field && is_list_of_maps(field->type)) complete_items(more, *field, path);
    onto.where = over.where;
    onto.key_where = over.key_where;
    onto.items.insert(onto.items.end(), more.items.begin(), more.items.end());
  }

  /// Dotted keys and bare names hold within the items of a list too.
  void complete_items(Node& list, const Field& field, const std::string& path) {
    for (Node& item : list.items) {
      if (!item.is_map() && (field.type == FieldType::sections || !item.is_scalar())) continue;
      const Node written = std::exchange(item, Node{});
      merge_item(item, written, field, inside(path, "item " + std::to_string(list_count_++)));
    }
  }

  void merge_item(Node& item, const Node& over, const Field& field, const std::string& path) {
    if (field.type == FieldType::sections && over.is_map()) {
      merge_map(item, over, &field.fields, path);
    } else if (field.type == FieldType::sections) {
      item = over;  // no section: a fault when it is checked
    } else {
      merge_component(item, as_component(over), field, path);
    }
  }

  void merge_items(Node& onto, const Node& over, const Field& field, const std::string& path) {
    become_list(onto, &field);
    for (const auto& [written, value] : over.entries) {
      const auto dot = written.find('.');
      const std::string key = written.substr(0, dot);
      const auto item = find_item(onto, key);
      if (item == onto.items.end()) {
        std::vector<std::string> there;
        for (const Node& n : onto.items) there.push_back(type_of(n));
        const std::string items = field.type == FieldType::sections
                                      ? "items: 0 to " + std::to_string(there.size() - 1)
                                      : "items: " + base::join(there, ", ") + " (by type or index from 0)";
        faults_.add("'" + path + "' has no item '" + base::excerpt(key) + "'", value.key_where,
                    there.empty() ? "the list is empty; append with " + path + "+=[...]" : items);
      } else if (dot == std::string::npos && value.is_null()) {
        onto.items.erase(item);
      } else {
        const Node inner = dot == std::string::npos ? value : map_node(written.substr(dot + 1), value);
        merge_item(*item, inner, field, inside(path, key));
      }
    }
  }

  static std::vector<Node>::iterator find_item(Node& list, const std::string& key) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
    if (error == std::errc{} && end == key.data() + key.size()) {
      return index < list.items.size() ? list.items.begin() + static_cast<std::ptrdiff_t>(index) : list.items.end();
    }
    return std::find_if(list.items.begin(), list.items.end(), [&](const Node& n) { return type_of(n) == key; });
  }

  const Catalog& catalog_;
  base::Faults& faults_;
  std::vector<std::string>& notes_;
  std::map<std::string, std::string> written_ = {};  ///< path -> place, within the document being merged
  std::size_t list_count_ = 0;                       ///< keeps the items of different lists apart in `written_`
};

}  // namespace youden::config
