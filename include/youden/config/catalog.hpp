#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "youden/config/field.hpp"

namespace youden::config {

/// What one component says of itself.
struct Description {
  std::string kind;
  std::string name;
  std::string help;
  std::vector<Field> fields = {};
  Json traits = Json::object();  ///< kind-specific facts, e.g. a metric's {"maximised": true}
};

/// Everything that can be written in YAML: the experiment's own keys, each kind's common keys, every component.
class Catalog {
 public:
  std::vector<Field> experiment;

  void add_kind(const std::string& kind, std::vector<Field> common) { common_[kind] = std::move(common); }
  void add(Description d) { components_[d.kind].insert_or_assign(d.name, std::move(d)); }

  [[nodiscard]] const Description* find(const std::string& kind, const std::string& name) const {
    const auto k = components_.find(kind);
    if (k == components_.end()) return nullptr;
    const auto c = k->second.find(name);
    return c == k->second.end() ? nullptr : &c->second;
  }
  [[nodiscard]] const std::vector<Field>& common(const std::string& kind) const {
    static const std::vector<Field> kNone;
    const auto k = common_.find(kind);
    return k == common_.end() ? kNone : k->second;
  }
  /// Common keys of the kind, then the component's own.
  [[nodiscard]] std::vector<Field> fields(const std::string& kind, const std::string& name) const {
    std::vector<Field> all = common(kind);
    if (const Description* d = find(kind, name)) all.insert(all.end(), d->fields.begin(), d->fields.end());
    return all;
  }
  [[nodiscard]] std::vector<std::string> kinds() const {
    std::vector<std::string> out;
    for (const auto& [kind, ignored] : components_) out.push_back(kind);
    return out;
  }
  [[nodiscard]] std::vector<std::string> names(const std::string& kind) const {
    std::vector<std::string> out;
    if (const auto k = components_.find(kind); k != components_.end()) {
      for (const auto& [name, ignored] : k->second) out.push_back(name);
    }
    return out;
  }

  [[nodiscard]] Json to_json() const {
    const auto list = [](const std::vector<Field>& fields) {
      Json out = Json::array();
      for (const Field& f : fields) out.push_back(config::to_json(f));
      return out;
    };
    Json j{{"experiment", list(experiment)}, {"kinds", Json::object()}, {"components", Json::array()}};
    for (const auto& [kind, fields] : common_) j["kinds"][kind] = list(fields);
    for (const auto& [kind, byname] : components_) {
      for (const auto& [name, d] : byname) {
        j["components"].push_back(
            {{"kind", kind}, {"name", name}, {"help", d.help}, {"fields", list(d.fields)}, {"traits", d.traits}});
      }
    }
    return j;
  }
  static Catalog from_json(const Json& j) {
    const auto list = [](const Json& fields) {
      std::vector<Field> out;
      for (const Json& f : fields) out.push_back(field_from_json(f));
      return out;
    };
    Catalog c;
    c.experiment = list(j.at("experiment"));
    for (const auto& [kind, fields] : j.at("kinds").items()) c.add_kind(kind, list(fields));
    for (const Json& d : j.at("components")) {
      c.add({d.at("kind"), d.at("name"), d.at("help"), list(d.at("fields")), d.at("traits")});
    }
    return c;
  }

 private:
  std::map<std::string, std::vector<Field>> common_;
  std::map<std::string, std::map<std::string, Description>> components_;
};

}  // namespace youden::config
