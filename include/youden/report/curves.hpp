#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "youden/metric/roc.hpp"

namespace youden::report {

/// The corners of a ROC curve: what lies on the straight line between its neighbours is left out, exactly, in integers.
inline std::vector<metric::RocPoint> corners(const std::vector<metric::RocPoint>& points) {
  std::vector<metric::RocPoint> out;
  for (const metric::RocPoint& p : points) {
    while (out.size() >= 2) {
      const metric::RocPoint& a = out[out.size() - 2];
      const metric::RocPoint& b = out.back();
      if ((b.tp - a.tp) * (p.fp - b.fp) != (p.tp - b.tp) * (b.fp - a.fp)) break;
      out.pop_back();
    }
    out.push_back(p);
  }
  return out;
}

}  // namespace youden::report
