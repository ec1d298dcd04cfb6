#pragma once
#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace youden::weights {

/// The name a tensor has today. The DenseNet files of 2017 write `denselayer1.norm.1.weight` for
/// `denselayer1.norm1.weight`, MONAI's `denselayer1.layers.norm1.weight`.
inline std::string current_name(std::string name) {
  constexpr std::string_view kLayer = "denselayer";
  const auto layer = name.find(kLayer);
  const auto dot = layer == std::string::npos ? layer : name.find_first_not_of("0123456789", layer + kLayer.size());
  if (dot == std::string::npos) return name;
  constexpr std::string_view kMonai = ".layers.";
  if (std::string_view(name).substr(dot).starts_with(kMonai)) name.erase(dot, kMonai.size() - 1);
  const std::string_view rest = std::string_view(name).substr(dot);
  const bool old = rest.starts_with(".norm.") || rest.starts_with(".conv.");
  if (!old || rest.size() < 8 || (rest[6] != '1' && rest[6] != '2') || rest[7] != '.') return name;
  return name.substr(0, dot + 5) + name.substr(dot + 6);
}

/// Whether a name says that it is of an exponential moving average: `ema` as a word, as in `ema_model.`.
inline bool says_ema(std::string_view name) {
  const auto letter = [&](std::size_t i) {
    return i < name.size() && ((name[i] | 0x20) >= 'a' && (name[i] | 0x20) <= 'z');
  };
  for (std::size_t at = name.find("ema"); at != std::string_view::npos; at = name.find("ema", at + 1)) {
    if ((at == 0 || !letter(at - 1)) && !letter(at + 3)) return true;
  }
  return false;
}

/// The prefix (`model.`, `module.densenet121.`, empty) under which the most of a network's `wanted` names stand among
/// those of a file; of equal ones the moving average's, then the shortest.
inline std::string fitting_prefix(const std::vector<std::string>& names, const std::vector<std::string>& wanted) {
  const std::set<std::string_view> there(names.begin(), names.end());
  std::set<std::string> candidates;
  for (std::size_t w = 0; w < wanted.size() && w < 8; ++w) {  // one of the first is in any file of that network
    for (const std::string& name : names) {
      if (!name.ends_with(wanted[w])) continue;
      std::string prefix = name.substr(0, name.size() - wanted[w].size());
      if (prefix.empty() || prefix.ends_with('.')) candidates.insert(std::move(prefix));
    }
  }
  std::string best;
  std::size_t most = 0;
  for (const std::string& prefix : candidates) {
    const auto fits = static_cast<std::size_t>(
        std::count_if(wanted.begin(), wanted.end(), [&](const auto& w) { return there.contains(prefix + w); }));
    const auto rank = [](const std::string& p) { return std::pair(!says_ema(p), p.size()); };
    if (fits < most || fits == 0 || (fits == most && rank(prefix) >= rank(best))) continue;
    most = fits;
    best = prefix;
  }
  return best;
}

}  // namespace youden::weights
