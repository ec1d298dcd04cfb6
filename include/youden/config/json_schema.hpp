#pragma once
#include <string>
#include <utility>
#include <vector>

#include "youden/config/catalog.hpp"

namespace youden::config {

/// The catalog as JSON Schema (draft-07), for completion and checking in editors.
class JsonSchema {
 public:
  explicit JsonSchema(const Catalog& catalog) : catalog_(catalog) {}

  [[nodiscard]] Json document() const {
    Json schema{
        {"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "Youden experiment"}, {"type", "object"}};
    Json properties{{"use",
                     {{"description", "presets, composed left to right: group/name, or ./file.yaml"},
                      {"type", Json::array({"array", "string"})},
                      {"items", {{"type", "string"}}}}}};
    add_properties(properties, catalog_.experiment);
    schema["properties"] = std::move(properties);
    close(schema);
    schema["definitions"] = Json::object();
    for (const std::string& kind : catalog_.kinds()) schema["definitions"][kind] = component(kind);
    return schema;
  }

 private:
  /// Dotted keys and `key+` stay allowed; any other unknown key is an error.
  static void close(Json& object) {
    object["patternProperties"] = {{"^[^.]+(\\..+|\\+)$", Json::object()}};
    object["additionalProperties"] = false;
  }
  void add_properties(Json& properties, const std::vector<Field>& fields) const {
    for (const Field& f : fields) properties[f.name] = property(f);
  }

  [[nodiscard]] Json property(const Field& f) const {
    Json value = typed(f);
    Json alternatives = Json::array();
    if (!f.words.empty()) alternatives.push_back({{"enum", f.words}});
    if (!f.pattern.empty()) alternatives.push_back({{"type", "string"}, {"pattern", f.pattern}});
    if (f.nullable) alternatives.push_back({{"type", "null"}});
    Json out = Json::object();
    if (alternatives.empty() && !value.contains("$ref")) {
      out = std::move(value);
    } else {
      alternatives.insert(alternatives.begin(), std::move(value));
      out["anyOf"] = std::move(alternatives);
    }
    out["description"] = f.unit.empty() ? f.help : f.help + " [" + f.unit + "]";
    if (!f.required) out["default"] = f.fallback;
    return out;
  }

  [[nodiscard]] Json typed(const Field& f) const {
    const auto ranged = [&](Json j) {
      if (f.min) j[f.above_min ? "exclusiveMinimum" : "minimum"] = *f.min;
      if (f.max) j["maximum"] = *f.max;
      return j;
    };
    switch (f.type) {
      case FieldType::boolean: return {{"type", "boolean"}};
      case FieldType::integer: return ranged({{"type", "integer"}});
      case FieldType::number: return ranged({{"type", "number"}});
      case FieldType::text:
        if (!f.choices.empty()) return {{"enum", f.choices}};
        return text();
      case FieldType::numbers: return one_or_list(ranged({{"type", "number"}}));
      case FieldType::texts:
        if (!f.choices.empty()) return one_or_list({{"enum", f.choices}});
        return one_or_list(f.kind.empty() ? text() : Json{{"enum", catalog_.names(f.kind)}});
      case FieldType::text_map: return {{"type", "object"}, {"additionalProperties", text()}};
      case FieldType::texts_map: return {{"type", "object"}, {"additionalProperties", one_or_list(text())}};
      case FieldType::component: return reference(f.kind);
      case FieldType::components: {
        Json list = one_or_list(reference(f.kind));
        list["anyOf"].push_back({{"type", "object"}});  // differences: items by type or index
        return list;
      }
      case FieldType::section: return section(f.fields);
      case FieldType::sections: return {{"type", Json::array({"array", "object"})}, {"items", section(f.fields)}};
      case FieldType::any: break;
    }
    return Json::object();
  }

  [[nodiscard]] Json section(const std::vector<Field>& fields) const {
    Json object{{"type", "object"}, {"properties", Json::object()}};
    add_properties(object["properties"], fields);
    close(object);
    return object;
  }

  /// Text needs no quotes: YAML's own reading of `1` or `no` counts as well.
  static Json text() { return {{"type", Json::array({"string", "number", "boolean"})}}; }
  static Json one_or_list(const Json& item) {
    return {{"anyOf", Json::array({item, {{"type", "array"}, {"items", item}}})}};
  }
  /// A kind that has no component yet has no definition to point to.
  [[nodiscard]] Json reference(const std::string& kind) const {
    return catalog_.names(kind).empty() ? Json::object() : Json{{"$ref", "#/definitions/" + kind}};
  }

  /// A bare name, or {type, …} with the options of that type.
  [[nodiscard]] Json component(const std::string& kind) const {
    Json names = Json::array();
    Json objects = Json::array();
    for (const std::string& name : catalog_.names(kind)) {
      const Description& d = *catalog_.find(kind, name);
      names.push_back({{"const", name}, {"description", d.help}});
      Json object{{"type", "object"}, {"description", d.help}, {"properties", {{"type", {{"const", name}}}}}};
      add_properties(object["properties"], catalog_.fields(kind, name));
      close(object);
      object["required"] = Json::array({"type"});
      objects.push_back(std::move(object));
    }
    // Differences over a preset may leave the type out.
    Json partial{{"type", "object"}, {"not", {{"required", Json::array({"type"})}}}};
    Json any = std::move(names);
    for (Json& object : objects) any.push_back(std::move(object));
    any.push_back(std::move(partial));
    return {{"anyOf", std::move(any)}};
  }

  const Catalog& catalog_;
};

}  // namespace youden::config
