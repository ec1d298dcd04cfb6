#pragma once
#include <cmath>
#include <optional>
#include <string>

#include "youden/base/error.hpp"
#include "youden/stat/confusion.hpp"
#include "youden/stat/estimate.hpp"
#include "youden/stat/mover.hpp"

namespace youden::stat {

/// Net benefit a person where treatment is worth it from probability pt on: TP/n − FP/n · pt/(1 − pt) (Vickers & Elkin
/// 2006, doi:10.1177/0272989X06295361). Undefined without samples. Throws ConfigError unless 0 < pt < 1.
inline std::optional<double> net_benefit_value(const BinaryCounts& c, double pt) {
  if (!(pt > 0 && pt < 1)) {
    throw base::ConfigError({"threshold probability " + std::to_string(pt) + " is not between 0 and 1",
                             {},
                             "write it as a fraction, for example 0.1"});
  }
  if (c.total() == 0) return {};
  const auto n = static_cast<double>(c.total());
  return static_cast<double>(c.tp) / n - static_cast<double>(c.fp) / n * pt / (1 - pt);
}

/// With its interval. At the sample's prevalence π it is the sum π · sensitivity + (1 − π) · odds · specificity less a
/// constant, so it takes MOVER from those two. A percentile bootstrap covered 88 % with 50 + 50 and 92.5 % with
/// 100 + 100: at a low threshold hardly a positive is missed.
inline Estimate net_benefit(const RatePair& rates, double pt) {
  const auto hits = [](const Estimate& e) { return std::llround(e.value.value_or(0) * static_cast<double>(e.n)); };
  const BinaryCounts c{.tp = hits(rates.sensitivity),
                       .fn = rates.sensitivity.n - hits(rates.sensitivity),
                       .fp = rates.specificity.n - hits(rates.specificity),
                       .tn = hits(rates.specificity)};
  Estimate e{.value = net_benefit_value(c, pt), .level = rates.sensitivity.level, .n = c.total()};
  if (!rates.defined()) return e;
  const double share = static_cast<double>(c.positives()) / static_cast<double>(c.total());
  const double odds = (1 - share) * pt / (1 - pt);
  const Interval sum = rates.sum(share, odds);
  e.low = sum.low - odds;
  e.high = sum.high - odds;
  e.method = rates.method();
  return e;
}

}  // namespace youden::stat
