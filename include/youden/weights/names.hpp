#pragma once
#include <regex>
#include <string>

namespace youden::weights {

/// The name a tensor has today. The DenseNet files of 2017 write `denselayer1.norm.1.weight` for
/// `denselayer1.norm1.weight`.
inline std::string current_name(const std::string& name) {
  if (name.find("denselayer") == std::string::npos) return name;
  static const std::regex kOld(R"(^(.*denselayer[0-9]+\.(?:norm|conv))\.([12])\.(.*)$)");
  return std::regex_replace(name, kOld, "$1$2.$3");
}

}  // namespace youden::weights
