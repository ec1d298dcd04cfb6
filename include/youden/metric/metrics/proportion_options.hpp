#pragma once
#include <string>

#include "youden/config/fields.hpp"

namespace youden::metric {

/// Of every metric that is a share of a count.
struct ProportionOptions {
  std::string interval = "clopper-pearson";

  static const config::Fields<ProportionOptions>& fields() {
    static const auto f = config::Fields<ProportionOptions>().add(
        &ProportionOptions::interval, "interval",
        "clopper-pearson covers at least the nominal level; wilson is shorter and covers it on average",
        {.choices = {"clopper-pearson", "wilson"}});
    return f;
  }
};

}  // namespace youden::metric
