#pragma once
#include <algorithm>
#include <string>

#include "youden/base/hash.hpp"
#include "youden/config/json.hpp"

namespace youden::sweep {

/// Whether a dotted key may change what the frozen prefix computes, or for how many epochs.
inline bool shapes_features(const std::string& key) {
  if (key == "train.epochs" || key.starts_with("train.phases") || key == "head" || key == "head.type") return true;
  for (const char* other : {"train", "head", "metrics", "threshold", "prevalence", "unit", "slices", "replicates",
                            "tags", "calibration", "name"}) {
    if (key == other || key.starts_with(std::string(other) + ".")) return false;
  }
  return true;
}

/// Trials of one group share all features of frozen stages: the longest of them computes what the others read. Empty:
/// nothing is frozen, or nothing is kept. A pooling option of the head (which moves in front of the cut) may still part
/// two trials of one group; they then compute their own, at no cost in bits.
inline std::string feature_group(const config::Json& config) {
  const auto at = [&](const char* key) { return config.contains(key) ? config.at(key) : config::Json(); };
  const config::Json backbone = at("backbone");
  const config::Json phases =
      at("train").is_object() ? at("train").value("phases", config::Json::array()) : config::Json();
  const auto option = [](const config::Json& j, const char* key) {
    return j.is_object() && j.contains(key) ? j.at(key) : config::Json();
  };
  const auto thaws = [&](const config::Json& freeze) { return freeze == "none"; };
  const bool none = phases.empty() ? thaws(option(backbone, "freeze"))
                                   : std::all_of(phases.begin(), phases.end(),
                                                 [&](const config::Json& p) { return thaws(option(p, "freeze")); });
  if (none || at("cache").is_null()) return {};
  base::Hasher hasher;
  for (const char* key : {"seed", "dataset", "classes", "augment", "normalize", "backbone"}) hasher.add(at(key).dump());
  for (const config::Json& p : phases) hasher.add(option(p, "freeze").dump());
  const config::Json head = at("head");
  hasher.add((head.is_object() ? head.value("type", config::Json()) : head).dump());
  // Ranges of int8 are a fold's own.
  if (option(backbone, "precision") == "int8") hasher.add(at("split").dump());
  return hasher.hex();
}

/// Epochs of a document: of its phases, else train.epochs.
inline int epochs_of(const config::Json& config) {
  const config::Json& train = config.at("train");
  int sum = 0;
  for (const config::Json& p : train.value("phases", config::Json::array())) sum += p.value("epochs", 0);
  return sum > 0 ? sum : train.value("epochs", 0);
}

}  // namespace youden::sweep
