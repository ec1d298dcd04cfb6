#pragma once
#include <boost/random/sobol.hpp>

#include <cstdint>
#include <vector>

#include "youden/base/philox.hpp"
#include "youden/registry/registry.hpp"
#include "youden/sweep/sampler.hpp"

namespace youden::sweep {

/// Sobol's sequence with the directions of Joe & Kuo (2008, doi:10.1137/070709359), each dimension XORed with a random
/// number of the seed, which keeps its evenness. Covers the space more evenly than independent draws.
class Sobol final : public Sampler {
 public:
  using Options = config::NoOptions;
  Sobol(Options /*none*/, const SamplerContext& context) : seed_(context.seed) {}

  [[nodiscard]] std::vector<Params> trials(const Space& space, std::optional<int> trials) const override {
    const Sequence sequence(seed_, space.dimensions());
    return detail::distinct(space, trials, [&](std::size_t) { return sequence.next(); });
  }

  /// Successive points of [0, 1)^d.
  class Sequence {
   public:
    Sequence(std::uint64_t seed, std::size_t dimensions) : engine_(dimensions), shift_(dimensions) {
      base::Stream stream({.seed = seed, .purpose = "sobol"});
      for (std::uint64_t& s : shift_) s = stream.next_u64();
    }
    [[nodiscard]] std::vector<double> next() const {
      std::vector<double> u;
      for (const std::uint64_t s : shift_) u.push_back(static_cast<double>((engine_() ^ s) >> 11U) * 0x1.0p-53);
      return u;
    }

   private:
    mutable boost::random::sobol engine_;
    std::vector<std::uint64_t> shift_;
  };

 private:
  std::uint64_t seed_;
};

inline const registry::Register<Sampler, Sobol> kSobol{"sobol", "a low-discrepancy sequence: more even than random"};

}  // namespace youden::sweep
