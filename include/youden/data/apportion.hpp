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
#include "youden/base/text.hpp"
#include "youden/data/split.hpp"
#include "youden/data/whole_shares.hpp"

namespace youden::data {

/// Divides samples into shares (parts or folds) at random: whole groups only, each label in proportion.
class Apportion {
 public:
  /// `chosen`: indices into the manifest. Throws DataError where patients are demanded but unknown.
  Apportion(const sample::Manifest& manifest, std::vector<std::size_t> chosen, const SplitContext& context)
      : manifest_(manifest), chosen_(std::move(chosen)), context_(context) {
    if (context.common.group == "patient" && !manifest.has_patients()) {
      throw base::DataError(
          {"split.group is patient, but the dataset names no patients",
           {},
           "give a patient column (manifest) or dataset.patient (image_folder), or set split.group=null"});
    }
    if (context_.classes.empty()) context_.classes = manifest.labels();
    const bool grouped = context.common.group.has_value() && manifest.has_patients();
    const std::vector<std::string> units = grouped ? manifest.units() : std::vector<std::string>();
    std::map<std::string, std::size_t> index;
    for (const std::size_t i : chosen_) {
      const auto [at, fresh] = index.emplace(grouped ? units[i] : manifest_.samples[i].id, groups_.size());
      if (fresh) groups_.emplace_back();
      groups_[at->second].push_back(i);
    }
    grouped_ = grouped;
    // By id, so that the order of the manifest's rows decides nothing.
    const auto by_id = [&](std::size_t a, std::size_t b) { return manifest_.samples[a].id < manifest_.samples[b].id; };
    for (auto& group : groups_) std::sort(group.begin(), group.end(), by_id);
    for (const std::size_t i : chosen_) require_class(manifest_.samples[i]);
    std::sort(groups_.begin(), groups_.end(), [&](const auto& a, const auto& b) {
      return manifest_.samples[a.front()].id < manifest_.samples[b.front()].id;
    });
  }

  /// One share index a sample, in the manifest's order (-1 where not chosen). `fractions` sum to 1; `names` are the
  /// shares' names for messages; `salt` separates divisions made from one seed.
  [[nodiscard]] std::vector<int> divide(const std::vector<double>& fractions, const std::vector<std::string>& names,
                                        std::uint64_t salt) const {
    const Counts targets = make_targets(fractions, names);
    constexpr std::uint64_t kAttempts = 50;
    std::vector<int> best;
    double best_miss = std::numeric_limits<double>::infinity();
    for (std::uint64_t attempt = 0; attempt < kAttempts && best_miss > 0; ++attempt) {
      base::Stream stream(
          {.seed = context_.seed, .purpose = "split", .replicate = context_.repeat, .fold = salt, .epoch = attempt});
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

  void require_class(const sample::Sample& s) const {
    const auto& classes = context_.classes;
    if (!context_.common.stratify || std::find(classes.begin(), classes.end(), s.label) != classes.end()) return;
    throw base::DataError({"the label '" + s.label + "' of " + s.id + " is none of the classes", "classes",
                           "classes: " + base::join(classes, ", ")});
  }
  [[nodiscard]] std::size_t label_of(std::size_t sample) const {
    if (!context_.common.stratify) return 0;
    const auto& classes = context_.classes;
    return static_cast<std::size_t>(std::find(classes.begin(), classes.end(), manifest_.samples[sample].label) -
                                    classes.begin());
  }
  [[nodiscard]] std::size_t label_count() const { return context_.common.stratify ? context_.classes.size() : 1; }

  [[nodiscard]] Counts make_targets(const std::vector<double>& fractions, const std::vector<std::string>& names) const {
    std::vector<std::size_t> samples(label_count());
    std::vector<std::size_t> groups(label_count());
    for (const auto& group : groups_) {
      std::vector<bool> has(label_count());
      for (const std::size_t i : group) {
        ++samples[label_of(i)];
        has[label_of(i)] = true;
      }
      for (std::size_t l = 0; l < groups.size(); ++l) groups[l] += has[l] ? 1 : 0;
    }
    const auto wanted =
        static_cast<std::size_t>(std::count_if(fractions.begin(), fractions.end(), [](double f) { return f > 0; }));
    if (std::any_of(groups.begin(), groups.end(), [&](std::size_t n) { return n < wanted; })) throw impossible(names);
    return whole_shares(samples, fractions);
  }

  /// One random division: groups in random order, each to a share drawn in proportion to what it still lacks; but where
  /// only just enough groups of a label are left for the shares that have none of it, to one of those.
  [[nodiscard]] std::pair<std::vector<int>, double> draw(const Counts& targets, base::Stream& stream) const {
    const std::size_t labels = label_count();
    Counts lack = targets;
    std::vector<std::size_t> left(labels);     // groups with the label not yet given away
    std::vector<std::size_t> without(labels);  // shares that want the label and have none of it
    std::vector<std::vector<double>> sizes;    // [group][label]
    for (const auto& group : groups_) {
      auto& size = sizes.emplace_back(labels);
      for (const std::size_t i : group) size[label_of(i)] += 1;
      for (std::size_t l = 0; l < labels; ++l) left[l] += size[l] > 0 ? 1 : 0;
    }
    for (const auto& share : targets) {
      for (std::size_t l = 0; l < labels; ++l) without[l] += share[l] > 0 ? 1 : 0;
    }
    const auto lacks_all = [&](std::size_t p, std::size_t l) {
      return targets[p][l] > 0 && lack[p][l] == targets[p][l];
    };

    std::vector<int> shares(manifest_.samples.size(), -1);
    std::vector<std::size_t> order(groups_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    stream.shuffle(order);
    for (const std::size_t g : order) {
      std::vector<double> weight(targets.size());
      std::vector<double> urgent(targets.size());
      for (std::size_t p = 0; p < targets.size(); ++p) {
        for (std::size_t l = 0; l < labels; ++l) {
          weight[p] += sizes[g][l] * std::max(0.0, lack[p][l]);
          if (sizes[g][l] > 0 && left[l] <= without[l] && lacks_all(p, l)) urgent[p] += 1;
        }
      }
      const double most = *std::max_element(urgent.begin(), urgent.end());
      for (std::size_t p = 0; most > 0 && p < targets.size(); ++p) {
        if (urgent[p] < most) weight[p] = 0;
      }
      const std::size_t share = pick(weight, targets, stream.uniform());
      for (std::size_t l = 0; l < labels; ++l) {
        if (sizes[g][l] == 0) continue;
        --left[l];
        if (lacks_all(share, l)) --without[l];
        lack[share][l] -= sizes[g][l];
      }
      for (const std::size_t i : groups_[g]) shares[i] = static_cast<int>(share);
    }

    double miss = 0;
    for (std::size_t p = 0; p < targets.size(); ++p) {
      for (std::size_t l = 0; l < labels; ++l) {
        miss += lacks_all(p, l) ? std::numeric_limits<double>::infinity() : std::abs(lack[p][l]);
      }
    }
    return {std::move(shares), miss};
  }

  /// A share in proportion to `weight`, by `u` in [0, 1); where none weighs anything, the largest.
  static std::size_t pick(const std::vector<double>& weight, const Counts& targets, double u) {
    const double total = std::accumulate(weight.begin(), weight.end(), 0.0);
    if (total <= 0) {
      const auto size = [](const std::vector<double>& of) { return std::accumulate(of.begin(), of.end(), 0.0); };
      const auto largest = std::max_element(targets.begin(), targets.end(),
                                            [&](const auto& a, const auto& b) { return size(a) < size(b); });
      return static_cast<std::size_t>(largest - targets.begin());
    }
    double at = u * total;
    std::size_t last = 0;  // what rounding at the upper end falls back to
    for (std::size_t p = 0; p < weight.size(); ++p) {
      if (weight[p] == 0) continue;
      if (at < weight[p]) return p;
      at -= weight[p];
      last = p;
    }
    return last;
  }

  [[nodiscard]] base::DataError impossible(const std::vector<std::string>& names) const {
    std::map<std::string, std::pair<std::size_t, std::size_t>> counts;
    for (const std::string& label : context_.classes) counts[label] = {};
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
    constexpr std::size_t kNamed = 6;
    const std::string shares =
        names.size() <= kNamed ? base::join(names, ", ") : std::to_string(names.size()) + " folds";
    return base::DataError({"too few samples to divide every label into " + shares + ": " + text, "split",
                            grouped_ ? "use fewer parts or folds, or (against leakage: not advised) split.group=null"
                                     : "add images or use fewer parts or folds"});
  }

  const sample::Manifest& manifest_;
  std::vector<std::size_t> chosen_;
  SplitContext context_;
  std::vector<std::vector<std::size_t>> groups_;
  bool grouped_ = false;
};

}  // namespace youden::data
