#pragma once
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string_view>
#include <utility>

#include "youden/base/hash.hpp"
#include "youden/base/philox4x32.hpp"

namespace youden::base {

/// What a random decision is about. Two decisions with different keys are independent; the order in which
/// they are taken, the thread and the number of other decisions never matter.
struct StreamKey {
  std::uint64_t seed = 0;
  std::string_view purpose = {};  ///< e.g. "split", "dropout", "init"
  std::uint64_t replicate = 0;
  std::uint64_t fold = 0;
  std::uint64_t epoch = 0;     ///< the view, for augmentation
  std::string_view item = {};  ///< image sha256 or tensor name
};

/// A sequence of random numbers that depends on its key alone. Cheap to make; copy to replay.
class Stream {
 public:
  explicit Stream(const StreamKey& key) {
    const std::uint64_t purpose = hash64(key.purpose);
    const std::uint64_t item = hash64(key.item);
    // Two independent 64-bit digests of the whole key: one is Philox's key, the other the upper half of its counter.
    const std::array<std::uint64_t, 6> words{key.seed, purpose, key.replicate, key.fold, key.epoch, item};
    const auto digest = XXH3_128bits(words.data(), sizeof words);
    key_ = {static_cast<std::uint32_t>(digest.low64), static_cast<std::uint32_t>(digest.low64 >> 32U)};
    high_ = digest.high64;
  }

  std::uint32_t next_u32() {
    if (used_ == 4) refill();
    return block_[used_++];
  }
  std::uint64_t next_u64() {
    const std::uint64_t high = next_u32();
    return high << 32U | next_u32();
  }
  /// Uniform on [0, 1) with 53 random bits.
  double uniform() { return static_cast<double>(next_u64() >> 11U) * 0x1.0p-53; }
  /// Uniform on [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Uniform float on [0, 1) with 24 random bits: exactly representable, never 1.
  float uniform_float() { return static_cast<float>(next_u32() >> 8U) * 0x1.0p-24F; }
  bool bernoulli(double p) { return uniform() < p; }
  /// Uniform integer on [0, n), without modulo bias (Lemire's rejection).
  std::uint32_t below(std::uint32_t n) {
    std::uint64_t m = std::uint64_t{next_u32()} * n;
    if (static_cast<std::uint32_t>(m) < n) {
      const std::uint32_t floor = (0U - n) % n;
      while (static_cast<std::uint32_t>(m) < floor) m = std::uint64_t{next_u32()} * n;
    }
    return static_cast<std::uint32_t>(m >> 32U);
  }
  /// Standard normal (Box–Muller; one draw a call, so that replay needs no hidden state).
  double normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }
  /// Fisher–Yates.
  template <class Range>
  void shuffle(Range& range) {
    for (std::size_t i = range.size(); i > 1; --i) std::swap(range[i - 1], range[below(static_cast<std::uint32_t>(i))]);
  }

 private:
  void refill() {
    block_ = philox4x32({static_cast<std::uint32_t>(counter_), static_cast<std::uint32_t>(counter_ >> 32U),
                         static_cast<std::uint32_t>(high_), static_cast<std::uint32_t>(high_ >> 32U)},
                        key_);
    ++counter_;
    used_ = 0;
  }

  std::array<std::uint32_t, 2> key_{};
  std::uint64_t high_ = 0;
  std::uint64_t counter_ = 0;
  std::array<std::uint32_t, 4> block_{};
  unsigned used_ = 4;
};

}  // namespace youden::base
