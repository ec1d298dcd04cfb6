#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "youden/stat/confusion.hpp"
#include "youden/stat/input.hpp"

namespace youden::stat {

/// What `count` gives, patient by patient. `group`: the patient of each sample as a number.
inline std::vector<BinaryCounts> count_by_group(std::span<const std::uint8_t> positive,
                                                std::span<const std::uint8_t> decided,
                                                std::span<const std::uint32_t> group) {
  require_same_length(positive.size(), decided.size(), "decisions");
  require_same_length(positive.size(), group.size(), "patients");
  std::unordered_map<std::uint32_t, std::size_t> place;
  std::vector<BinaryCounts> out;
  for (std::size_t i = 0; i < positive.size(); ++i) {
    const auto [it, fresh] = place.try_emplace(group[i], out.size());
    if (fresh) out.emplace_back();
    BinaryCounts& c = out[it->second];
    if (positive[i] != 0) {
      ++(decided[i] != 0 ? c.tp : c.fn);
    } else {
      ++(decided[i] != 0 ? c.fp : c.tn);
    }
  }
  return out;
}

inline BinaryCounts total(std::span<const BinaryCounts> patients) {
  BinaryCounts sum;
  for (const BinaryCounts& c : patients) {
    sum.tp += c.tp;
    sum.fn += c.fn;
    sum.fp += c.fp;
    sum.tn += c.tn;
  }
  return sum;
}

}  // namespace youden::stat
