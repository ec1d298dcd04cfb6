#pragma once
#include <string>
#include <string_view>

namespace youden::weights {

/// The name a tensor has today. The DenseNet files of 2017 write `denselayer1.norm.1.weight` for
/// `denselayer1.norm1.weight`.
inline std::string current_name(const std::string& name) {
  constexpr std::string_view kLayer = "denselayer";
  const auto layer = name.find(kLayer);
  const auto dot = layer == std::string::npos ? layer : name.find_first_not_of("0123456789", layer + kLayer.size());
  if (dot == std::string::npos) return name;
  const std::string_view rest = std::string_view(name).substr(dot);
  const bool old = rest.starts_with(".norm.") || rest.starts_with(".conv.");
  if (!old || rest.size() < 8 || (rest[6] != '1' && rest[6] != '2') || rest[7] != '.') return name;
  return name.substr(0, dot + 5) + name.substr(dot + 6);
}

}  // namespace youden::weights
