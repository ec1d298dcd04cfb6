#pragma once
#include <vector>

#include "youden/base/philox.hpp"
#include "youden/registry/registry.hpp"
#include "youden/sweep/sampler.hpp"

namespace youden::sweep {

/// Independent draws (Bergstra & Bengio 2012, jmlr.org/papers/v13/bergstra12a).
class Random final : public Sampler {
 public:
  using Options = config::NoOptions;
  Random(Options /*none*/, const SamplerContext& context) : seed_(context.seed) {}

  [[nodiscard]] std::vector<Params> trials(const Space& space, std::optional<int> trials) const override {
    return detail::distinct(space, trials, [&](std::size_t i) { return point(i, space.dimensions()); });
  }
  /// The i-th draw from [0, 1)^d.
  [[nodiscard]] std::vector<double> point(std::size_t i, std::size_t dimensions) const {
    base::Stream stream({.seed = seed_, .purpose = "sweep", .epoch = i});
    std::vector<double> u(dimensions);
    for (double& x : u) x = stream.uniform();
    return u;
  }

 private:
  std::uint64_t seed_;
};

inline const registry::Register<Sampler, Random> kRandom{"random", "independent draws"};

}  // namespace youden::sweep
