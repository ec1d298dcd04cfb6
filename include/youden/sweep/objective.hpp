#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/sample/part.hpp"
#include "youden/store/database.hpp"
#include "youden/store/pooled.hpp"
#include "youden/store/query.hpp"

namespace youden::sweep {

/// What ranks trials: `val.youden_j`, `oof.auc_low`. A part that a run has not is replaced by what it has: out-of-fold,
/// validation, and as a last resort test, which makes the ranking exploratory.
struct Objective {
  std::string text;    ///< as written
  std::string part;    ///< val, oof or test
  std::string metric;  ///< a stored metric
  std::string bound;   ///< value, low or high
  bool maximised = true;

  struct Value {
    std::optional<double> value = {};
    std::string part = {};  ///< that it was taken from; empty: none has the metric
  };

  [[nodiscard]] Value of(const store::PooledResults& results) const {
    std::vector<std::string> parts{part};
    for (const sample::Part other : sample::kByTrust) {
      if (sample::name_of(other) != part) parts.emplace_back(sample::name_of(other));
    }
    for (const std::string& p : parts) {
      const auto there = results.find(p);
      if (there == results.end()) continue;
      const auto it = there->second.find(metric);
      if (it == there->second.end()) return {{}, p};
      const stat::Estimate& e = it->second.estimate;
      return {bound == "low" ? e.low : bound == "high" ? e.high : e.value, p};
    }
    return {};
  }

  /// `known`: metric ids that the run will store, with their direction ("max", "min", "none").
  static Objective parse(const std::string& text, const std::vector<std::pair<std::string, std::string>>& known,
                         const std::string& where) {
    if (text.starts_with("test.")) {
      throw base::ConfigError(
          {"'sweep.objective' is '" + base::excerpt(text) + "', but a test part chooses nothing", where,
           "write val. or oof.; where there is neither, the ranking falls back on test and says so"});
    }
    Objective o{.text = text, .part = "val", .metric = text, .bound = "value"};
    for (const char* p : {"val", "oof"}) {
      if (text.starts_with(std::string(p) + ".")) {
        o.part = p;
        o.metric = text.substr(o.part.size() + 1);
      }
    }
    const auto find = [&](const std::string& name) {
      return std::find_if(known.begin(), known.end(), [&](const auto& m) { return m.first == name; });
    };
    auto it = find(o.metric);
    for (const std::string limit : {"low", "high"}) {
      if (it != known.end() || !o.metric.ends_with("_" + limit)) continue;
      o.bound = limit;
      o.metric.resize(o.metric.size() - limit.size() - 1);
      it = find(o.metric);
    }
    if (it == known.end() || it->second == "none") {
      std::vector<std::string> names;
      for (const auto& [name, direction] : known) names.push_back(name);
      throw base::ConfigError({"'sweep.objective' is '" + base::excerpt(text) + "', which the trials do not store",
                               where,
                               "write part.metric, as in val.youden_j, oof.auc or val.sensitivity_low; " +
                                   base::suggestion(o.metric, names)});
    }
    o.maximised = it->second == "max";
    return o;
  }
};

}  // namespace youden::sweep
