#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/config/fields.hpp"
#include "youden/sweep/space.hpp"

namespace youden::sweep {

struct SamplerContext {
  std::uint64_t seed = 0;
};

/// A space -> the trials of a sweep, none twice. More trials of the same space begin with those of fewer, so that a
/// sweep can be extended.
class Sampler {
 public:
  static constexpr const char* kKind = "sampler";
  using Common = config::NoOptions;
  using Context = SamplerContext;

  virtual ~Sampler() = default;
  /// `trials` empty: as many as the sampler thinks there are; it throws ConfigError where that is no number.
  [[nodiscard]] virtual std::vector<Params> trials(const Space& space, std::optional<int> trials) const = 0;
  /// Whether a changed space may keep what it has in common with the former one.
  [[nodiscard]] virtual bool keeps_points() const { return false; }
};

namespace detail {

/// Draws until `wanted` different trials are there, or the space has no more. `point(i)` is the i-th draw.
template <class Point>
std::vector<Params> distinct(const Space& space, std::optional<int> wanted, Point point) {
  if (!wanted) {
    throw base::ConfigError(
        {"the sampler draws as many trials as it is told", "sweep.trials", "add --trials 20, or sweep: {trials: 20}"});
  }
  std::size_t n = static_cast<std::size_t>(*wanted);
  if (const auto all = space.size(); all && *all < n) n = *all;
  std::vector<Params> out;
  std::set<std::string> seen;
  constexpr std::size_t kPatience = 100'000;  // conditions may leave fewer trials than could be counted
  std::size_t last = 0;
  for (std::size_t i = 0; out.size() < n && i - last < kPatience; ++i) {
    Params params = space.at(point(i));
    if (!seen.insert(params.dump()).second) continue;
    out.push_back(std::move(params));
    last = i;
  }
  return out;
}

}  // namespace detail
}  // namespace youden::sweep
