#pragma once
#include <cstddef>
#include <cstdint>

namespace youden::train {

/// One look at one sample: `view` < 0 is the film as it is, otherwise the number of its augmented view.
struct View {
  std::size_t sample = 0;
  std::int64_t view = -1;
  bool operator==(const View&) const = default;
};

}  // namespace youden::train
