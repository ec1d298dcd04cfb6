#pragma once
#include "youden/registry/registry.hpp"
#include "youden/sweep/sampler.hpp"

namespace youden::sweep {

/// Every combination, the last key fastest; with fewer `trials`, the first ones.
class Grid final : public Sampler {
 public:
  using Options = config::NoOptions;
  Grid(Options /*none*/, const SamplerContext& /*context*/) {}

  [[nodiscard]] std::vector<Params> trials(const Space& space, std::optional<int> trials) const override {
    std::vector<Params> all = space.grid();
    if (trials && static_cast<std::size_t>(*trials) < all.size()) all.resize(static_cast<std::size_t>(*trials));
    return all;
  }
  [[nodiscard]] bool keeps_points() const override { return true; }
};

inline const registry::Register<Sampler, Grid> kGrid{"grid", "every combination of the listed values"};

}  // namespace youden::sweep
