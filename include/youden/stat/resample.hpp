#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/philox4x32.hpp"
#include "youden/stat/input.hpp"
#include "youden/stat/small_sample.hpp"

namespace youden::stat {

/// What a bootstrap keeps: nothing, for the share of positives is part of the chance, or the class sizes, where they
/// were fixed by design (case and control).
enum class Sampling { cohort, by_class };

/// Throws ConfigError at any other word.
inline Sampling parse_sampling(const std::string& text) {
  if (text == "cohort") return Sampling::cohort;
  if (text == "by_class") return Sampling::by_class;
  throw base::ConfigError({"unknown sampling '" + text + "'", {}, "known: cohort, by_class"});
}

/// Draws of a bootstrap that resamples patients. By class, every draw has as many patients of each kind as the sample;
/// the stratum of a patient with films of several classes is the set of them. As a cohort, patients are drawn whatever
/// their class. A draw is given as multiplicities, so that whatever was sorted once stays sorted.
class Resample {
 public:
  /// `label`: the class of each sample. `group`: its patient as a number (metric/groups.hpp); empty: every sample is a
  /// patient of its own.
  template <class Labels>
  Resample(std::span<const std::uint32_t> group, const Labels& label, std::uint64_t seed)
      : samples_(label.size()), key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)} {
    if (!group.empty()) require_same_length(label.size(), group.size(), "patients");
    std::map<std::uint32_t, std::uint32_t> dense;
    for (const std::uint32_t g : group) dense.try_emplace(g, static_cast<std::uint32_t>(dense.size()));
    groups_ = group.empty() ? samples_ : dense.size();
    if (groups_ < samples_) {
      for (const std::uint32_t g : group) group_.push_back(dense.at(g));
    }
    const auto classes = kinds_of_groups(label);
    std::map<long, double> units;  // of each class
    for (const auto& of_group : classes) {
      for (const long c : of_group) ++units[c];
    }
    strata_ = strata_of(classes);
    std::vector<double> weight;  // of each stratum's units in the variance of a statistic that weighs classes alike
    for (const auto& stratum : strata_) {
      weight.push_back(0);
      for (const long c : classes[stratum.front()]) weight.back() += 1 / (units[c] * units[c]);
    }
    std::vector<VariancePart> parts;
    for (std::size_t s = 0; s < strata_.size(); ++s) {
      const auto m = static_cast<double>(strata_[s].size());
      parts.push_back({.variance = m * weight[s], .shown = (m - 1) * weight[s], .freedom = m - 1});
    }
    small_sample_ = SmallSample(parts);
  }

  /// Patients are drawn whatever their class, within the set of their `fold`s. How few they are is still told by class:
  /// a cohort of 195 and 5 knows its positives from 5.
  template <class Labels>
  static Resample cohort(std::span<const std::uint32_t> group, const Labels& label, std::span<const int> fold,
                         std::uint64_t seed) {
    Resample out(group, label, seed);
    require_same_length(label.size(), fold.size(), "folds");
    out.strata_ = strata_of(out.kinds_of_groups(fold));
    return out;
  }

  /// As the sample was taken. `label` tells classes, and where folds are kept apart their classes, apart.
  template <class Labels>
  static Resample make(Sampling sampling, std::span<const std::uint32_t> group, const Labels& label,
                       std::span<const int> fold, std::uint64_t seed) {
    return sampling == Sampling::cohort ? cohort(group, label, fold, seed) : Resample(group, label, seed);
  }

  [[nodiscard]] std::size_t samples() const { return samples_; }
  [[nodiscard]] std::size_t groups() const { return groups_; }
  [[nodiscard]] const SmallSample& small_sample() const { return small_sample_; }
  [[nodiscard]] bool clustered() const { return groups_ < samples_; }

  /// How often each sample occurs in draw `b`, which depends on the seed and on `b` alone. `weight`: one a sample.
  void draw(std::uint64_t b, std::span<std::uint32_t> weight) const {
    require_same_length(samples_, weight.size(), "weights");
    if (group_.empty()) return draw_groups(b, weight);
    std::vector<std::uint32_t> times(groups_);
    draw_groups(b, times);
    for (std::size_t i = 0; i < samples_; ++i) weight[i] = times[group_[i]];
  }
  [[nodiscard]] std::vector<std::uint32_t> draw(std::uint64_t b) const {
    std::vector<std::uint32_t> weight(samples_);
    draw(b, weight);
    return weight;
  }

 private:
  /// The sorted set of values that each patient's samples have.
  template <class Values>
  [[nodiscard]] std::vector<std::vector<long>> kinds_of_groups(const Values& value) const {
    std::vector<std::vector<long>> out(groups_);
    for (std::size_t i = 0; i < samples_; ++i) {
      auto& mine = out[group_.empty() ? i : group_[i]];
      const auto v = static_cast<long>(value[i]);
      const auto at = std::lower_bound(mine.begin(), mine.end(), v);
      if (at == mine.end() || *at != v) mine.insert(at, v);
    }
    return out;
  }
  /// Patients of one set of values, strata in the order in which they first occur.
  static std::vector<std::vector<std::uint32_t>> strata_of(const std::vector<std::vector<long>>& kinds) {
    std::map<std::vector<long>, std::size_t> known;
    std::vector<std::vector<std::uint32_t>> out;
    for (std::size_t g = 0; g < kinds.size(); ++g) {
      const auto [it, fresh] = known.try_emplace(kinds[g], out.size());
      if (fresh) out.emplace_back();
      out[it->second].push_back(static_cast<std::uint32_t>(g));
    }
    return out;
  }

  void draw_groups(std::uint64_t b, std::span<std::uint32_t> times) const {
    std::fill(times.begin(), times.end(), 0U);
    Words words{key_, b};
    for (const auto& stratum : strata_) {
      const auto n = static_cast<std::uint32_t>(stratum.size());
      for (std::uint32_t i = 0; i < n; ++i) ++times[stratum[words.below(n)]];
    }
  }

  /// The words of one draw, by number: other draws are other counters.
  struct Words {
    std::array<std::uint32_t, 2> key = {};
    std::uint64_t draw = 0;
    std::uint32_t block = 0;
    std::array<std::uint32_t, 4> words = {};
    unsigned used = 4;

    std::uint32_t next() {
      if (used == 4) {
        constexpr std::uint32_t kPurpose = 0x626f6f74;  // "boot": no other stream of the same seed has these counters
        words = base::philox4x32(
            {block++, kPurpose, static_cast<std::uint32_t>(draw), static_cast<std::uint32_t>(draw >> 32U)}, key);
        used = 0;
      }
      return words[used++];
    }
    /// Uniform on [0, n) without modulo bias (Lemire 2019, doi:10.1145/3230636).
    std::uint32_t below(std::uint32_t n) {
      std::uint64_t product = std::uint64_t{next()} * n;
      if (static_cast<std::uint32_t>(product) < n) {
        const std::uint32_t least = (0U - n) % n;
        while (static_cast<std::uint32_t>(product) < least) product = std::uint64_t{next()} * n;
      }
      return static_cast<std::uint32_t>(product >> 32U);
    }
  };

  std::size_t samples_;
  std::size_t groups_ = 0;
  std::array<std::uint32_t, 2> key_;
  std::vector<std::uint32_t> group_ = {};  ///< of each sample, from 0; empty: the sample's own number
  SmallSample small_sample_;
  std::vector<std::vector<std::uint32_t>> strata_ = {};  ///< groups of one set of classes
};

}  // namespace youden::stat
