#pragma once
#include <string>
#include <utility>

#include "youden/evaluate/assessed.hpp"
#include "youden/store/rows.hpp"

namespace youden::run {

/// A number of the assessment as the database holds it.
inline store::ResultRow result_row(evaluate::Assessed&& a, int replicate, const std::string& part) {
  return {.replicate = replicate,
          .fold = a.fold,
          .part = part,
          .unit = std::move(a.unit),
          .slice = std::move(a.slice),
          .class_name = std::move(a.class_name),
          .threshold = a.threshold,
          .metric = std::move(a.metric),
          .estimate = std::move(a.estimate),
          .n_patients = a.n_patients};
}

}  // namespace youden::run
