#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "youden/audit/aligned_ncc.hpp"
#include "youden/audit/exact_duplicates.hpp"
#include "youden/audit/film_look.hpp"
#include "youden/audit/finding.hpp"
#include "youden/audit/subject.hpp"
#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/threads.hpp"
#include "youden/sample/part.hpp"

namespace youden::audit {

/// Films whose hashes differ in so many bits of 255 are compared: 99.5 % of the copies that `kSameFilm` speaks of, and
/// 1 pair of 3,000 among different chest films.
inline constexpr int kCandidateBits = 72;
/// Of these, so many nearest ones a film: a collection of films all alike stays affordable.
inline constexpr std::size_t kCandidates = 24;

/// Two films that are the same one.
struct Copy {
  std::size_t a = 0;
  std::size_t b = 0;  ///< > a
  double ncc = 0;
  bool operator==(const Copy&) const = default;
};

namespace detail {

/// Pairs (a < b) that are worth a second look.
inline std::vector<std::pair<std::size_t, std::size_t>> candidates(const std::vector<FilmLook>& looks, int threads) {
  std::vector<std::vector<std::pair<int, std::size_t>>> nearest(looks.size());
  base::parallel_for(looks.size(), threads, [&](std::size_t i) {
    if (looks[i].picture.empty()) return;
    auto& own = nearest[i];
    for (std::size_t j = 0; j < looks.size(); ++j) {
      if (j == i || looks[j].picture.empty()) continue;
      if (const int bits = hamming(looks[i].hash, looks[j].hash); bits <= kCandidateBits) own.emplace_back(bits, j);
    }
    std::sort(own.begin(), own.end());
    own.resize(std::min(own.size(), kCandidates));
  });
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t i = 0; i < looks.size(); ++i) {
    for (const auto& [bits, j] : nearest[i]) pairs.emplace_back(std::min(i, j), std::max(i, j));
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

}  // namespace detail

/// Films that show one exposure, however they were compressed, resized or trimmed by a few per cent: candidates by
/// their hashes, each confirmed by the correlation of the aligned pictures. `progress(done, of)`: from any thread.
inline std::vector<Copy> find_copies(
    const std::vector<FilmLook>& looks, int threads,
    const std::function<void(std::size_t, std::size_t)>& progress = [](std::size_t, std::size_t) {}) {
  const auto pairs = detail::candidates(looks, threads);
  std::vector<double> ncc(pairs.size());
  std::atomic<std::size_t> done{0};
  base::parallel_for(pairs.size(), threads, [&](std::size_t i) {
    if (base::interrupted()) throw base::Interrupted({"interrupted; nothing was written"});
    const cv::Mat& a = looks[pairs[i].first].picture;
    const cv::Mat& b = looks[pairs[i].second].picture;
    ncc[i] = aligned_ncc(a, b);
    // What was cut off one side of a film is easier to find from the trimmed copy's side.
    if (ncc[i] < kSameFilm && ncc[i] > kSameFilm - 0.1) ncc[i] = std::max(ncc[i], aligned_ncc(b, a));
    progress(++done, pairs.size());
  });
  std::vector<Copy> copies;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (ncc[i] >= kSameFilm) copies.push_back({pairs[i].first, pairs[i].second, ncc[i]});
  }
  return copies;
}

/// The finding about copies that are not exact ones; `s.pixels` says which are.
inline Finding near_duplicates(const Subject& s, const std::vector<Copy>& copies) {
  Finding f{.rule = "near-duplicates", .text = {}};
  std::vector<std::vector<std::size_t>> pairs;
  std::vector<Copy> shown;
  for (const Copy& c : copies) {
    const bool exact =
        s.samples()[c.a].sha256 == s.samples()[c.b].sha256 || (!s.pixels.empty() && s.pixels[c.a] == s.pixels[c.b]);
    if (exact) continue;
    pairs.push_back({c.a, c.b});
    shown.push_back(c);
  }
  std::vector<std::size_t> order(pairs.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto grave = [&](std::size_t i) { return s.torn(pairs[i]).has_value() || s.mixed_labels(pairs[i]); };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return grave(a) && !grave(b); });
  config::Json examples = config::Json::array();
  for (const std::size_t i : order) {
    if (examples.size() >= kExamples) break;
    const auto parts = s.torn(pairs[i]);
    examples.push_back({{"films", detail::ids_of(s, pairs[i])},
                        {"ncc", shown[i].ncc},
                        {"labels", {s.label(shown[i].a), s.label(shown[i].b)}},
                        {"parts", parts ? config::Json{sample::name_of(parts->first), sample::name_of(parts->second)}
                                        : config::Json()}});
  }
  f.evidence["examples"] = examples;
  detail::judge_copies(f, s, pairs, "near");
  return f;
}

}  // namespace youden::audit
