#pragma once
#include <cstdint>
#include <vector>

#include "youden/config/fields.hpp"
#include "youden/metric/estimate.hpp"

namespace youden::metric {

/// Predictions of one part seen as positive against the rest. All vectors have one entry a sample.
struct Binary {
  std::vector<std::uint8_t> positive = {};  ///< truth: 1 = positive
  std::vector<double> score = {};           ///< probability of the positive class; higher = more positive
  std::vector<std::uint8_t> decided = {};   ///< decision at the operating point: 1 = called positive
};

struct MetricContext {
  double level = 0.95;  ///< of the interval
};

/// Predictions -> one number with its interval. The registration line's traits say {"maximised": bool}.
class Metric {
 public:
  static constexpr const char* kKind = "metric";
  using Common = config::NoOptions;
  using Context = MetricContext;

  virtual ~Metric() = default;
  [[nodiscard]] virtual Estimate evaluate(const Binary& predictions) const = 0;
};

}  // namespace youden::metric
