#pragma once
#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/config/catalog.hpp"
#include "youden/config/node.hpp"

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
  Checker(const Catalog& catalog, const std::filesystem::path& project, base::Faults& faults)
      : catalog_(catalog), project_(project), faults_(faults) {}

  Resolved check(const Node& document) {
    resolved_ = {};
    resolved_.config = map(document, catalog_.experiment, "", {});
    return std::move(resolved_);
  }

 private:
  static std::string inside(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
  }
  void fault(const Node& at, std::string what, std::string remedy = {}) {
    faults_.add(std::move(what), at.where.empty() ? at.key_where : at.where, std::move(remedy));
  }

  /// The keys of a map, in the schema's order; unknown ones are faults.
  Json map(const Node& n, const std::vector<Field>& fields, const std::string& path, const std::string& owner) {
    for (const auto& [key, value] : n.entries) {
      if ((key == "type" && !owner.empty()) || find_field(fields, key)) continue;
      std::vector<std::string> known;
      for (const Field& f : fields) known.push_back(f.name);
      const std::string full = inside(path, key);
      faults_.add("unknown key '" + full + "'" + (owner.empty() ? "" : " for " + owner),
                  value.key_where.empty() ? value.where : value.key_where, base::suggestion(key, known));
    }
    Json out = Json::object();
    for (const Field& f : fields) out[f.name] = field(n.find(f.name), f, inside(path, f.name), n);
    return out;
  }

  Json field(const Node* given, const Field& f, const std::string& path, const Node& parent) {
    const bool cleared = given && is_null(*given);
    if (cleared && f.nullable) {
      resolved_.origins[path] = given->origin();
      return nullptr;
    }
    if (given && !cleared) return value(*given, f, path);
    if (f.required) {
      faults_.add("'" + path + "' is missing: " + f.help, parent.where, "write " + path + ": …");
      return nullptr;
    }
    if (f.fallback.is_null()) {
      resolved_.origins[path] = "default";
      return nullptr;
    }
    return value(node_from_json(f.fallback, "default"), f, path);
  }

  static bool is_null(const Node& n) {
    if (n.is_null()) return true;
    return n.is_scalar() && !n.quoted &&
           (n.text.empty() || n.text == "null" || n.text == "~" || n.text == "Null" || n.text == "NULL");
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
      case FieldType::numbers:
      case FieldType::texts: return list(n, f, path);
      case FieldType::any: return any(n);
      default: return scalar(n, f, path);
    }
  }

  static bool is_word(const Node& n, const Field& f) {
    for (const std::string& word : f.words) {
      if (n.text == word) return true;
    }
    return !f.pattern.empty() && std::regex_match(n.text, std::regex(f.pattern));
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
        const auto number = parse_number(text);
        if (!number || std::floor(*number) != *number || std::abs(*number) > 9.2e18)
          return wrong(n, f, path, "a whole number");
        if (!in_range(n, f, path, *number)) return nullptr;
        std::int64_t exact = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exact);
        return error == std::errc{} && end == text.data() + text.size() ? exact : static_cast<std::int64_t>(*number);
      }
      case FieldType::number: {
        const auto number = parse_number(text);
        if (!number) return wrong(n, f, path, "a number");
        return in_range(n, f, path, *number) ? Json(*number) : Json();
      }
      default: break;
    }
    if (!f.choices.empty() && std::find(f.choices.begin(), f.choices.end(), text) == f.choices.end()) {
      fault(n, "'" + path + "' is '" + text + "'; it is one of: " + base::join(f.choices, ", "), several(n, path));
      return nullptr;
    }
    return f.path == PathRule::none ? Json(text) : resolve_path(n, f);
  }

  Json list(const Node& n, const Field& f, const std::string& path) {
    Field item = f;
    item.type = f.type == FieldType::numbers ? FieldType::number : FieldType::text;
    Json out = Json::array();
    if (n.is_scalar()) {  // one value without brackets
      out.push_back(list_item(n, item, path));
      return out;
    }
    if (!n.is_list()) return wrong(n, f, path, "a list, for example [a, b]");
    for (const Node& part : n.items) out.push_back(list_item(part, item, path));
    return out;
  }
  Json list_item(const Node& n, const Field& item, const std::string& path) {
    if (!item.kind.empty() && n.is_scalar() && !catalog_.find(item.kind, n.text)) {
      fault(n, "unknown " + item.kind + " '" + n.text + "' in " + path,
            base::suggestion(n.text, catalog_.names(item.kind)));
      return nullptr;
    }
    return scalar(n, item, path);
  }

  Json component(const Node& n, const Field& f, const std::string& path) {
    if (!n.is_scalar() && !n.is_map())
      return wrong(n, f, path, "a " + f.kind + ": a name, or {type: name, option: value}");
    const Node fallback = node_from_json(f.fallback, "default");
    const Node* type = n.is_scalar() ? &n : n.find("type");
    if (!type) type = fallback.is_map() ? fallback.find("type") : fallback.is_scalar() ? &fallback : nullptr;
    if (!type || !type->is_scalar()) {
      fault(n, "'" + path + "' needs a type: which " + f.kind + "?",
            "known: " + base::join(catalog_.names(f.kind), ", "));
      return nullptr;
    }
    if (!catalog_.find(f.kind, type->text)) {
      std::string remedy = several(*type, path);
      if (remedy.empty()) remedy = base::suggestion(type->text, catalog_.names(f.kind));
      fault(*type, "unknown " + f.kind + " '" + type->text + "'", remedy);
      return nullptr;
    }
    Json out{{"type", type->text}};
    resolved_.origins[inside(path, "type")] = type->origin();
    const Node options = n.is_map() ? n : Node{.kind = Node::Kind::map, .where = n.where, .key_where = n.key_where};
    out.update(map(options, catalog_.fields(f.kind, type->text), path, f.kind + " '" + type->text + "'"));
    if (out.size() == 1) return type->text;
    return out;
  }

  Json components(const Node& n, const Field& f, const std::string& path) {
    Json out = Json::array();
    if (!n.is_list()) {
      if (n.is_scalar()) {
        out.push_back(component(n, f, path + ".0"));
        return out;
      }
      return wrong(n, f, path, "a list of " + f.kind + "s, for example [{type: …}]");
    }
    for (std::size_t i = 0; i < n.items.size(); ++i)
      out.push_back(component(n.items[i], f, path + "." + std::to_string(i)));
    return out;
  }

  /// Values without a schema: typed as YAML 1.2's core schema types them.
  static Json any(const Node& n) {
    if (n.is_map()) {
      Json out = Json::object();
      for (const auto& [key, child] : n.entries) out[key] = any(child);
      return out;
    }
    if (n.is_list()) {
      Json out = Json::array();
      for (const Node& child : n.items) out.push_back(any(child));
      return out;
    }
    if (is_null(n)) return nullptr;
    if (n.quoted) return n.text;
    if (n.text == "true" || n.text == "false") return n.text == "true";
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(n.text.data(), n.text.data() + n.text.size(), whole);
    if (error == std::errc{} && end == n.text.data() + n.text.size()) return whole;
    if (const auto number = parse_number(n.text)) return *number;
    return n.text;
  }

  static std::optional<double> parse_number(const std::string& text) {
    const char* from = text.data();
    const char* to = from + text.size();
    if (from != to && *from == '+') ++from;
    double number = 0;
    const auto [end, error] = std::from_chars(from, to, number);
    if (error != std::errc{} || end != to || !std::isfinite(number)) return {};
    return number;
  }

  bool in_range(const Node& n, const Field& f, const std::string& path, double number) {
    const bool low = f.min && (f.above_min ? number <= *f.min : number < *f.min);
    if (!low && !(f.max && number > *f.max)) return true;
    std::string range = f.min && f.max ? fmt::format("{}{} to {}", f.above_min ? "above " : "", *f.min, *f.max)
                        : f.min        ? fmt::format("{} {}", f.above_min ? "above" : "at least", *f.min)
                                       : fmt::format("at most {}", *f.max);
    if (!f.unit.empty()) range += " " + f.unit;
    fault(n, "'" + path + "' is " + n.text + "; it must be " + range);
    return false;
  }

  Json wrong(const Node& n, const Field& f, const std::string& path, std::string expected) {
    if (!f.words.empty()) expected += ", or " + base::join(f.words, ", ");
    const std::string found = n.is_scalar() ? "'" + n.text + "'"
                              : n.is_list() ? "a list"
                              : n.is_map()  ? "a map"
                                            : "nothing";
    std::string remedy = several(n, path);
    if (remedy.empty() && n.is_scalar() && !f.words.empty()) {
      if (const std::string close = base::nearest(n.text, f.words); !close.empty())
        remedy = "did you mean '" + close + "'?";
    }
    fault(n, "'" + path + "' is " + found + "; it must be " + expected, remedy);
    return nullptr;
  }

  /// A comma list typed for one value is what people write for a sweep.
  static std::string several(const Node& n, const std::string& path) {
    const bool comma = n.from_command_line && n.is_scalar() && n.text.find(',') != std::string::npos;
    return comma ? "several values are a sweep: youden sweep EXP " + path + "=" + n.text : "";
  }

  Json resolve_path(const Node& n, const Field& f) const {
    namespace fs = std::filesystem;
    const fs::path written(n.text);
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
  Resolved resolved_;
};

}  // namespace youden::config
