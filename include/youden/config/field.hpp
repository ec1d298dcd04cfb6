#pragma once
#include <optional>
#include <string>
#include <vector>

#include "youden/config/json.hpp"

namespace youden::config {

enum class FieldType {
  boolean,
  integer,
  number,
  text,
  numbers,
  texts,
  text_map,   ///< free keys -> a text each
  texts_map,  ///< free keys -> a list of texts each
  component,
  components,
  section,
  sections,  ///< a list of sections
  any
};

/// Which folder a relative path starts from.
enum class PathRule {
  none,     ///< not a path
  project,  ///< the project in YAML, the working directory on the command line
  weights   ///< like project where such a file exists; else a name looked up in the weights folder
};

/// What may stand under one key. The same description serves checking, help, JSON Schema and typed options.
struct Field {
  std::string name;
  FieldType type = FieldType::any;
  std::string help;
  std::string unit = {};
  Json fallback = nullptr;  ///< the default
  bool required = false;    ///< no sensible default: the person must say
  bool nullable = false;
  std::optional<double> min = {};         ///< inclusive, of the value or of each item
  std::optional<double> max = {};         ///< inclusive
  bool above_min = false;                 ///< exclusive lower bound
  std::vector<std::string> choices = {};  ///< the only texts allowed
  std::vector<std::string> words = {};    ///< texts allowed in place of the type, e.g. `auto` for a number
  std::string pattern = {};               ///< regular expression of a further text allowed in its place
  std::string kind = {};                  ///< of component(s), or the kind whose names a texts field lists
  PathRule path = PathRule::none;
  bool tied = false;               ///< belongs to the component's type: dropped when the type changes
  std::vector<Field> fields = {};  ///< of a section, or of each of a list of them
};

/// The optional half of a description, given beside name and help.
struct Spec {
  std::string unit = {};
  bool required = false;
  std::optional<double> min = {};
  std::optional<double> max = {};
  bool above_min = false;
  std::vector<std::string> choices = {};
  std::vector<std::string> words = {};
  std::string pattern = {};
  std::string kind = {};
  PathRule path = PathRule::none;
  bool tied = false;
};

NLOHMANN_JSON_SERIALIZE_ENUM(FieldType, {{FieldType::any, "any"},
                                         {FieldType::boolean, "boolean"},
                                         {FieldType::integer, "integer"},
                                         {FieldType::number, "number"},
                                         {FieldType::text, "text"},
                                         {FieldType::numbers, "numbers"},
                                         {FieldType::texts, "texts"},
                                         {FieldType::text_map, "text_map"},
                                         {FieldType::texts_map, "texts_map"},
                                         {FieldType::component, "component"},
                                         {FieldType::components, "components"},
                                         {FieldType::section, "section"},
                                         {FieldType::sections, "sections"}})
NLOHMANN_JSON_SERIALIZE_ENUM(PathRule, {{PathRule::none, nullptr},
                                        {PathRule::project, "project"},
                                        {PathRule::weights, "weights"}})

inline Json to_json(const Field& f) {
  Json j{{"name", f.name}, {"type", f.type}, {"help", f.help}, {"default", f.fallback}};
  if (!f.unit.empty()) j["unit"] = f.unit;
  if (f.required) j["required"] = true;
  if (f.nullable) j["nullable"] = true;
  if (f.min) j["min"] = *f.min;
  if (f.max) j["max"] = *f.max;
  if (f.above_min) j["above_min"] = true;
  if (!f.choices.empty()) j["choices"] = f.choices;
  if (!f.words.empty()) j["words"] = f.words;
  if (!f.pattern.empty()) j["pattern"] = f.pattern;
  if (!f.kind.empty()) j["kind"] = f.kind;
  if (f.path != PathRule::none) j["path"] = f.path;
  if (f.tied) j["tied"] = true;
  if (!f.fields.empty()) {
    j["fields"] = Json::array();
    for (const Field& child : f.fields) j["fields"].push_back(to_json(child));
  }
  return j;
}

inline Field field_from_json(const Json& j) {
  const auto get = [&](const char* key, auto& into) {
    if (j.contains(key)) j.at(key).get_to(into);
  };
  Field f;
  get("name", f.name);
  get("type", f.type);
  get("help", f.help);
  get("unit", f.unit);
  f.fallback = j.value("default", Json());
  get("required", f.required);
  get("nullable", f.nullable);
  if (j.contains("min")) f.min = j.at("min").get<double>();
  if (j.contains("max")) f.max = j.at("max").get<double>();
  get("above_min", f.above_min);
  get("choices", f.choices);
  get("words", f.words);
  get("pattern", f.pattern);
  get("kind", f.kind);
  get("path", f.path);
  get("tied", f.tied);
  if (j.contains("fields")) {
    for (const Json& child : j.at("fields")) f.fields.push_back(field_from_json(child));
  }
  return f;
}

/// A map whose keys are the person's own words, not the schema's.
inline bool has_free_keys(FieldType type) {
  return type == FieldType::any || type == FieldType::text_map || type == FieldType::texts_map;
}

inline const Field* find_field(const std::vector<Field>& fields, const std::string& name) {
  for (const Field& f : fields) {
    if (f.name == name) return &f;
  }
  return nullptr;
}

}  // namespace youden::config
