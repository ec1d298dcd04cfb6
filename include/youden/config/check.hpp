#pragma once
#include <fmt/format.h>
#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/home.hpp"
#include "youden/base/text.hpp"
#include "youden/config/catalog.hpp"
#include "youden/config/node.hpp"
#include "youden/config/scalar.hpp"

namespace youden::config {

/// A document that is complete and right: every key typed, every default filled in.
struct Resolved {
  Json config = Json::object();
  std::map<std::string, std::string> origins = {};  ///< dotted path -> `file:line`, "command line", "default"
  std::vector<std::string> notes = {};              ///< what a person should know but need not mend
  std::string file = {};                            ///< the experiment, as typed
};

/// Types a composed document by the schema and collects every fault in it.
class Checker {
 public:
  /// `incomplete`: top-level keys (or "" for all) that could not be read whole, so that nothing is said of what they
  /// lack.
  Checker(const Catalog& catalog, std::filesystem::path project, base::Faults& faults,
          std::set<std::string> incomplete = {})
      : catalog_(catalog), project_(std::move(project)), faults_(faults), incomplete_(std::move(incomplete)) {}

  Resolved check(const Node& document) {
    resolved_ = {};
    document_ = &document;
    resolved_.config = map(document, catalog_.experiment, "", {});
    return std::move(resolved_);
  }

 private:
  static std::string inside(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
  }
  [[nodiscard]] bool is_incomplete(const std::string& path) const {
    return incomplete_.contains("") || incomplete_.contains(path.substr(0, path.find('.')));
  }
  void fault(const Node& at, std::string what, std::string remedy = {}) {
    faults_.add(std::move(what), at.where.empty() ? at.key_where : at.where, std::move(remedy));
  }

  /// The keys of a map, in the schema's order; unknown ones are faults.
  Json map(const Node& n, const std::vector<Field>& fields, const std::string& path, const std::string& owner) {
    for (const auto& [key, value] : n.entries) {
      if ((key == "type" && !owner.empty()) || find_field(fields, key)) continue;
      unknown_key(key, value, fields, path, owner);
    }
    Json out = Json::object();
    for (const Field& f : fields) out[f.name] = field(n.find(f.name), f, inside(path, f.name), n);
    return out;
  }

  void unknown_key(const std::string& key, const Node& value, const std::vector<Field>& fields, const std::string& path,
                   const std::string& owner) {
    std::vector<std::string> known;
    for (const Field& f : fields) known.push_back(f.name);
    if (!owner.empty()) known.emplace_back("type");
    if (path.empty()) known.emplace_back("use");
    std::string remedy = base::suggestion(key, known);
    if (base::nearest(key, known).empty()) {
      if (const std::string there = elsewhere(key); !there.empty()) remedy = "did you mean '" + there + "'?";
      if (!owner.empty() && fields.empty()) remedy = owner + " has no options";
    }
    faults_.add("unknown key '" + base::excerpt(inside(path, key)) + "'" + (owner.empty() ? "" : " for " + owner),
                value.key_where.empty() ? value.where : value.key_where, remedy);
  }

  /// Where a key of this name would be right: in a section, or in one of the components that the document names.
  [[nodiscard]] std::string elsewhere(const std::string& key) const {
    for (const Field& f : catalog_.experiment) {
      if (f.type == FieldType::section && find_field(f.fields, key)) return f.name + "." + key;
      if (f.type != FieldType::component) continue;
      const Node* given = document_->find(f.name);
      const Node* type = given && given->is_map() ? given->find("type") : given;
      if (type && type->is_scalar() && find_field(catalog_.fields(f.kind, type->text), key)) return f.name + "." + key;
    }
    return {};
  }

  Json field(const Node* given, const Field& f, const std::string& path, const Node& parent) {
    const bool cleared = given && is_null(*given);
    if (cleared && f.nullable) {
      resolved_.origins[path] = given->origin();
      return nullptr;
    }
    if (given && !cleared) return value(*given, f, path);
    if (f.required) {
      if (is_incomplete(path)) return nullptr;
      faults_.add("'" + path + "' is missing: " + f.help, parent.where, "write " + path + ": …");
      return nullptr;
    }
    if (f.fallback.is_null()) {
      resolved_.origins[path] = "default";
      return nullptr;
    }
    return value(node_from_json(f.fallback, "default"), f, path);
  }

  Json value(const Node& n, const Field& f, const std::string& path) {
    resolved_.origins[path] = n.origin();
    if (n.is_scalar() && is_word(n, f)) return n.text;
    switch (f.type) {
      case FieldType::component: return component(n, f, path);
      case FieldType::components: return components(n, f, path);
      case FieldType::section:
        if (n.is_map()) return map(n, f.fields, path, {});
        return wrong(n, f, path, "a section of keys");
      case FieldType::sections: return sections(n, f, path);
      case FieldType::numbers:
      case FieldType::texts: return list(n, f, path);
      case FieldType::text_map:
      case FieldType::texts_map: return free_map(n, f, path);
      case FieldType::any: return any(n, path);
      default: return scalar(n, f, path);
    }
  }

  static bool is_word(const Node& n, const Field& f) {
    for (const std::string& word : f.words) {
      if (n.text == word) return true;
    }
    constexpr std::size_t kLongest = 256;  // libstdc++'s matcher recurses once a character
    return !f.pattern.empty() && n.text.size() <= kLongest && std::regex_match(n.text, std::regex(f.pattern));
  }

  Json scalar(const Node& n, const Field& f, const std::string& path) {
    if (!n.is_scalar()) return wrong(n, f, path, name_of(f.type));
    const std::string& text = n.text;
    switch (f.type) {
      case FieldType::boolean: {
        const std::string low = base::lower(text);
        if (low == "true" || low == "yes" || low == "on") return true;
        if (low == "false" || low == "no" || low == "off") return false;
        return wrong(n, f, path, "true or false");
      }
      case FieldType::integer: {
        const auto whole = parse_whole(text);
        if (!whole) return wrong(n, f, path, "a whole number");
        return in_range(n, f, path, static_cast<double>(*whole)) ? Json(*whole) : Json();
      }
      case FieldType::number: {
        const auto number = parse_number(text);
        if (!number) return wrong(n, f, path, "a number");
        return in_range(n, f, path, *number) ? Json(*number) : Json();
      }
      default: break;
    }
    if (!f.choices.empty() && std::find(f.choices.begin(), f.choices.end(), text) == f.choices.end()) {
      std::string remedy = several(n, f, path);
      if (const std::string close = base::nearest(text, f.choices); remedy.empty() && !close.empty())
        remedy = "did you mean '" + close + "'?";
      fault(n, "'" + path + "' is '" + base::excerpt(text) + "'; it is one of: " + base::join(f.choices, ", "), remedy);
      return nullptr;
    }
    return f.path == PathRule::none ? Json(text) : resolve_path(n, f);
  }

  Json list(const Node& n, const Field& f, const std::string& path) {
    Field item = f;
    item.type = f.type == FieldType::numbers ? FieldType::number : FieldType::text;
    Json out = Json::array();
    if (n.is_scalar()) {  // one value without brackets
      if (const std::string remedy = several(n, f, path); !remedy.empty()) {
        fault(n, "'" + path + "' is '" + base::excerpt(n.text) + "'; it is a list", remedy);
        return nullptr;
      }
      out.push_back(list_item(n, item, path));
      return out;
    }
    if (!n.is_list()) return wrong(n, f, path, "a list, for example [a, b]");
    for (std::size_t i = 0; i < n.items.size(); ++i)
      out.push_back(list_item(n.items[i], item, path + "." + std::to_string(i)));
    return out;
  }
  Json list_item(const Node& n, const Field& item, const std::string& path) {
    if (!item.kind.empty() && n.is_scalar() && !catalog_.find(item.kind, n.text)) {
      fault(n, "unknown " + item.kind + " '" + base::excerpt(n.text) + "' in " + path,
            base::suggestion(n.text, catalog_.names(item.kind)));
      return nullptr;
    }
    return scalar(n, item, path);
  }

  Json free_map(const Node& n, const Field& f, const std::string& path) {
    const bool lists = f.type == FieldType::texts_map;
    if (!n.is_map()) return wrong(n, f, path, lists ? "a map, for example {a: [b, c]}" : "a map, for example {a: b}");
    Field item = f;
    item.type = lists ? FieldType::texts : FieldType::text;
    Json out = Json::object();
    for (const auto& [key, child] : n.entries) out[key] = value(child, item, inside(path, key));
    return out;
  }

  Json component(const Node& n, const Field& f, const std::string& path) {
    if (!n.is_scalar() && !n.is_map())
      return wrong(n, f, path, "a " + f.kind + ": a name, or {type: name, option: value}");
    const Node fallback = node_from_json(f.fallback, "default");
    const Node* type = n.is_scalar() ? &n : n.find("type");
    if (!type || (type->is_null() && n.is_map()))
      type = fallback.is_map() ? fallback.find("type") : fallback.is_scalar() ? &fallback : nullptr;
    const bool chosen = type && type->where != "default";
    if (!chosen && is_incomplete(path)) return nullptr;
    if (!type || !type->is_scalar()) {
      fault(n, "'" + path + "' needs a type: which " + f.kind + "?",
            "known: " + base::join(catalog_.names(f.kind), ", "));
      return nullptr;
    }
    if (!catalog_.find(f.kind, type->text)) {
      std::string remedy = several(*type, f, path);
      if (remedy.empty()) remedy = base::suggestion(type->text, catalog_.names(f.kind));
      fault(*type, "unknown " + f.kind + " '" + base::excerpt(type->text) + "'", remedy);
      return nullptr;
    }
    Json out{{"type", type->text}};
    resolved_.origins[path] = n.origin();
    resolved_.origins[inside(path, "type")] = type->origin();
    const Node options = n.is_map() ? n : Node{.kind = Node::Kind::map, .where = n.where, .key_where = n.key_where};
    out.update(map(options, catalog_.fields(f.kind, type->text), path, f.kind + " '" + type->text + "'"));
    if (out.size() == 1) return type->text;
    return out;
  }

  Json components(const Node& n, const Field& f, const std::string& path) {
    Json out = Json::array();
    if (!n.is_list()) {
      if (n.is_scalar() && several(n, f, path).empty()) {
        out.push_back(component(n, f, path + ".0"));
        return out;
      }
      return wrong(n, f, path, "a list of " + f.kind + "s, for example [{type: …}]");
    }
    for (std::size_t i = 0; i < n.items.size(); ++i)
      out.push_back(component(n.items[i], f, path + "." + std::to_string(i)));
    return out;
  }

  Json sections(const Node& n, const Field& f, const std::string& path) {
    if (!n.is_list()) return wrong(n, f, path, "a list, for example [{" + f.fields.front().name + ": …}]");
    Json out = Json::array();
    for (std::size_t i = 0; i < n.items.size(); ++i) {
      const std::string item = path + "." + std::to_string(i);
      out.push_back(n.items[i].is_map() ? map(n.items[i], f.fields, item, {})
                                        : wrong(n.items[i], f, item, "a section of keys"));
    }
    return out;
  }

  /// Values without a schema: typed as YAML 1.2's core schema types them.
  Json any(const Node& n, const std::string& path) {
    resolved_.origins[path] = n.origin();
    if (n.is_map()) {
      Json out = Json::object();
      for (const auto& [key, child] : n.entries) out[key] = any(child, inside(path, key));
      return out;
    }
    if (n.is_list()) {
      Json out = Json::array();
      for (std::size_t i = 0; i < n.items.size(); ++i) out.push_back(any(n.items[i], path + "." + std::to_string(i)));
      return out;
    }
    return untyped(n);
  }

  bool in_range(const Node& n, const Field& f, const std::string& path, double number) {
    const bool low = f.min && (f.above_min ? number <= *f.min : number < *f.min);
    if (!low && !(f.max && number > *f.max)) return true;
    std::string range = f.min && f.max ? fmt::format("{}{} to {}", f.above_min ? "above " : "", *f.min, *f.max)
                        : f.min        ? fmt::format("{} {}", f.above_min ? "above" : "at least", *f.min)
                                       : fmt::format("at most {}", *f.max);
    if (!f.unit.empty()) range += " " + f.unit;
    fault(n, "'" + path + "' is " + base::excerpt(n.text) + "; it must be " + range);
    return false;
  }

  Json wrong(const Node& n, const Field& f, const std::string& path, std::string expected) {
    if (!f.words.empty()) expected += ", or " + base::join(f.words, ", ");
    const std::string found = n.is_scalar() ? "'" + base::excerpt(n.text) + "'"
                              : n.is_list() ? "a list"
                              : n.is_map()  ? "a map"
                                            : "nothing";
    std::string remedy = several(n, f, path);
    if (remedy.empty() && n.is_scalar() && !f.words.empty()) {
      if (const std::string close = base::nearest(n.text, f.words); !close.empty())
        remedy = "did you mean '" + close + "'?";
    }
    fault(n, "'" + path + "' is " + found + "; it must be " + expected, remedy);
    return nullptr;
  }

  /// A comma list typed for one value is what people write for a sweep, or for a list without its brackets.
  static std::string several(const Node& n, const Field& f, const std::string& path) {
    if (!n.from_command_line) return {};
    const bool listed = f.type == FieldType::texts || f.type == FieldType::numbers || f.type == FieldType::components;
    std::string text = n.text;
    if (n.is_list()) {
      for (const Node& item : n.items) text += (text.empty() ? "" : ",") + item.text;
    }
    if (n.is_map() || text.find(',') == std::string::npos) return {};
    text = base::excerpt(text);
    return listed ? "write a list in brackets: " + path + "=[" + text + "]"
                  : "several values are a sweep: use sweep, as in youden sweep EXP " + path + "=" + text;
  }

  Json resolve_path(const Node& n, const Field& f) const {
    namespace fs = std::filesystem;
    const fs::path written(base::expand_home(n.text));
    if (written.is_absolute()) return written.lexically_normal().string();
    std::error_code ignored;
    const fs::path base = n.from_command_line ? fs::current_path(ignored) : project_;
    const fs::path full = (base / written).lexically_normal();
    if (f.path == PathRule::weights && !fs::exists(full, ignored)) return n.text;  // a name for the weights folder
    return full.string();
  }

  static std::string name_of(FieldType type) {
    switch (type) {
      case FieldType::boolean: return "true or false";
      case FieldType::integer: return "a whole number";
      case FieldType::number: return "a number";
      default: return "text";
    }
  }

  const Catalog& catalog_;
  std::filesystem::path project_;
  base::Faults& faults_;
  std::set<std::string> incomplete_;
  const Node* document_ = nullptr;
  Resolved resolved_ = {};
};

}  // namespace youden::config
