#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/philox.hpp"
#include "youden/data/split.hpp"

namespace youden::data {

/// Divides samples into shares (parts or folds) at random: whole groups only, each label in proportion.
class Apportion {
 public:
  /// `chosen`: indices into the manifest. Throws DataError where patients are demanded but unknown.
  Apportion(const Manifest& manifest, std::vector<std::size_t> chosen, const SplitContext& context)
      : manifest_(manifest), chosen_(std::move(chosen)), context_(context) {
    if (context.common.group == "patient" && !manifest.has_groups()) {
      throw base::DataError(
          {"split.group is patient, but the dataset names no patients",
           {},
           "give a patient column (manifest) or dataset.patient (image_folder), or set split.group=null"});
    }
    const bool grouped = context.common.group.has_value() && manifest.has_groups();
    std::map<std::string, std::size_t> index;
    for (const std::size_t i : chosen_) {
      const Sample& s = manifest_.samples[i];
      // The sample's own id, marked so that it cannot meet a patient of the same name.
      const std::string key = grouped && !s.group.empty() ? "g:" + s.group : "s:" + s.id;
      const auto [at, fresh] = index.emplace(key, groups_.size());
      if (fresh) groups_.emplace_back();
      groups_[at->second].push_back(i);
    }
    grouped_ = grouped;
    std::sort(groups_.begin(), groups_.end(), [&](const auto& a, const auto& b) {
      return manifest_.samples[a.front()].id < manifest_.samples[b.front()].id;
    });
  }

  /// One share index a sample, in the manifest's order (-1 where not chosen). `fractions` sum to 1; `names` are the
  /// shares' names for messages; `salt` separates divisions made from one seed.
  [[nodiscard]] std::vector<int> divide(const std::vector<double>& fractions, const std::vector<std::string>& names,
                                        std::uint64_t salt) const {
    const auto targets = make_targets(fractions, names);
    constexpr std::uint64_t kAttempts = 50;
    std::vector<int> best;
    double best_miss = std::numeric_limits<double>::infinity();
    for (std::uint64_t attempt = 0; attempt < kAttempts && best_miss > 0; ++attempt) {
      base::Stream stream({.seed = context_.seed, .purpose = "split", .fold = salt, .epoch = attempt});
      auto [shares, miss] = draw(targets, stream);
      if (miss < best_miss) {
        best_miss = miss;
        best = std::move(shares);
      }
    }
    if (!std::isfinite(best_miss)) throw impossible(names);
    return best;
  }

 private:
  using Counts = std::vector<std::vector<double>>;  // [share][label]

  [[nodiscard]] std::size_t label_of(std::size_t sample) const {
    if (!context_.common.stratify) return 0;
    const auto& classes = context_.classes;
    return static_cast<std::size_t>(std::find(classes.begin(), classes.end(), manifest_.samples[sample].label) -
                                    classes.begin());
  }
  [[nodiscard]] std::size_t label_count() const {
    return context_.common.stratify ? std::max<std::size_t>(context_.classes.size(), 1) : 1;
  }

  /// Whole numbers that sum to each label's count (largest remainder), at least 1 wherever a share is wanted.
  [[nodiscard]] Counts make_targets(const std::vector<double>& fractions, const std::vector<std::string>& names) const {
    const std::size_t labels = label_count();
    std::vector<std::size_t> samples(labels);
    std::vector<std::size_t> groups(labels);
    for (const auto& group : groups_) {
      std::vector<bool> has(labels);
      for (const std::size_t i : group) {
        ++samples[label_of(i)];
        has[label_of(i)] = true;
      }
      for (std::size_t l = 0; l < labels; ++l) groups[l] += has[l] ? 1 : 0;
    }
    const auto wanted =
        static_cast<std::size_t>(std::count_if(fractions.begin(), fractions.end(), [](double f) { return f > 0; }));
    Counts targets(fractions.size(), std::vector<double>(labels));
    for (std::size_t l = 0; l < labels; ++l) {
      if (groups[l] < wanted) throw impossible(names);
      std::vector<std::pair<double, std::size_t>> rests;
      auto left = static_cast<double>(samples[l]);
      for (std::size_t p = 0; p < fractions.size(); ++p) {
        const double exact = fractions[p] * static_cast<double>(samples[l]);
        targets[p][l] = fractions[p] > 0 ? std::max(1.0, std::floor(exact + 1e-9)) : 0;
        left -= targets[p][l];
        rests.emplace_back(fractions[p] > 0 ? exact - targets[p][l] : -1e9, p);
      }
      std::stable_sort(rests.begin(), rests.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
      for (std::size_t r = 0; left > 0; r = (r + 1) % wanted, --left) ++targets[rests[r].second][l];
      for (; left < 0; ++left) {  // the minimum of 1 took too many: give back from the largest
        auto largest =
            std::max_element(targets.begin(), targets.end(), [&](const auto& a, const auto& b) { return a[l] < b[l]; });
        --(*largest)[l];
      }
    }
    return targets;
  }

  /// One random division: groups in random order, each to a share drawn in proportion to what it still lacks.
  [[nodiscard]] std::pair<std::vector<int>, double> draw(const Counts& targets, base::Stream& stream) const {
    Counts lack = targets;
    std::vector<int> shares(manifest_.samples.size(), -1);
    std::vector<std::size_t> order(groups_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    stream.shuffle(order);
    for (const std::size_t g : order) {
      std::vector<double> weight(targets.size());
      double total = 0;
      for (std::size_t p = 0; p < targets.size(); ++p) {
        for (const std::size_t i : groups_[g]) weight[p] += std::max(0.0, lack[p][label_of(i)]);
        total += weight[p];
      }
      double at = stream.uniform() * total;
      std::size_t share = 0;
      if (total > 0) {
        while (share + 1 < weight.size() && (at >= weight[share] || weight[share] == 0)) at -= weight[share++];
        while (weight[share] == 0) --share;  // rounding at the upper end
      } else {
        for (std::size_t p = 1; p < targets.size(); ++p) {
          if (targets[p][0] > targets[share][0]) share = p;
        }
      }
      for (const std::size_t i : groups_[g]) {
        shares[i] = static_cast<int>(share);
        lack[share][label_of(i)] -= 1;
      }
    }
    double miss = 0;
    for (std::size_t p = 0; p < targets.size(); ++p) {
      for (std::size_t l = 0; l < targets[p].size(); ++l) {
        miss += std::abs(lack[p][l]);
        const bool empty = targets[p][l] > 0 && lack[p][l] >= targets[p][l];
        if (empty) miss = std::numeric_limits<double>::infinity();
      }
    }
    return {std::move(shares), miss};
  }

  [[nodiscard]] base::DataError impossible(const std::vector<std::string>& names) const {
    std::map<std::string, std::pair<std::size_t, std::size_t>> counts;
    for (const auto& group : groups_) {
      std::map<std::string, std::size_t> of;
      for (const std::size_t i : group) ++of[manifest_.samples[i].label];
      for (const auto& [label, n] : of) {
        counts[label].first += n;
        ++counts[label].second;
      }
    }
    std::string text;
    for (const auto& [label, n] : counts) {
      text += (text.empty() ? "" : ", ") + label + " " + std::to_string(n.first) + " images" +
              (grouped_ ? " of " + std::to_string(n.second) + " patients" : "");
    }
    std::string shares;
    for (const auto& name : names) shares += (shares.empty() ? "" : ", ") + name;
    return base::DataError({"too few samples to divide every label into " + shares + ": " + text, "split",
                            grouped_ ? "use fewer parts or folds, or (against leakage: not advised) split.group=null"
                                     : "add images or use fewer parts or folds"});
  }

  const Manifest& manifest_;
  std::vector<std::size_t> chosen_;
  SplitContext context_;
  std::vector<std::vector<std::size_t>> groups_;
  bool grouped_ = false;
};

}  // namespace youden::data
