#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "youden/metric/facts.hpp"
#include "youden/report/page/html.hpp"
#include "youden/report/run_data.hpp"
#include "youden/stat/estimate.hpp"
#include "youden/stat/precision_of_n.hpp"

namespace youden::report {

/// `[0.705, 0.935]`; empty where no interval is claimed.
inline std::string interval_text(const stat::Estimate& e) {
  return e.low && e.high ? fmt::format("[{}, {}]", number(e.low), number(e.high)) : std::string();
}
/// `0.844 [0.705, 0.935]`
inline std::string estimate_text(const stat::Estimate& e) {
  const std::string interval = interval_text(e);
  return number(e.value) + (interval.empty() ? "" : " " + interval);
}
/// Wider than ±5 points; a number without an interval is not called so here, since it claims none.
inline bool too_wide(const stat::Estimate& e) { return e.low && e.high && stat::too_small_to_claim(e); }

/// `1 film`, `3 films`
template <class Count>
std::string counted(Count n, std::string_view what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}
/// The first letter large, where it is one of a–z.
inline std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

/// What people call a metric, by its id in `result.metric`.
inline std::string metric_title(const std::string& id) { return metric::facts_of(id).title; }

/// A setting of the resolved configuration by its dotted key; null where it is not set.
inline store::Json setting(const RunData& d, const std::string& key) {
  const auto it = d.params.find(key);
  return it == d.params.end() ? store::Json() : *it;
}
/// `rotate, degrees 7, border nearest`: the type first, nested maps in brackets, lists with semicolons, no nulls.
inline std::string flow_words(const store::Json& value, bool outermost = true) {
  std::string out;
  if (value.is_array()) {
    for (const auto& child : value) out += (out.empty() ? "" : "; ") + flow_words(child);
    return out.empty() ? "none" : out;
  }
  if (!value.is_object()) return plain(value);
  if (value.contains("type")) out = plain(value["type"]);
  for (const auto& [key, child] : value.items()) {
    if (key != "type" && !child.is_null()) out += (out.empty() ? "" : ", ") + key + " " + flow_words(child, false);
  }
  return outermost ? out : "(" + out + ")";
}
/// A part of the resolved configuration in words, by its key.
inline std::string settings_words(const RunData& d, const std::string& key) {
  const auto it = d.run.config.find(key);
  return it == d.run.config.end() || it->is_null() ? std::string() : flow_words(*it);
}

/// How the operating point came about, as plain text.
inline std::string threshold_rule_words(const RunData& d) {
  const auto it = d.run.config.find("threshold");
  if (!d.binary()) return "the class with the highest probability is called";
  if (it == d.run.config.end() || it->is_number())
    return fmt::format("threshold {}, fixed before the run", it == d.run.config.end() ? "0.5" : plain(*it));
  const bool val = d.results.contains("val");
  return fmt::format("threshold chosen by the rule “{}” on {} scores", plain(*it), val ? "validation" : "out-of-fold");
}

/// `best of 64 scored on this test set`, plain text; empty without a test set.
inline std::string looks_words(const RunData& d) {
  if (d.run.test_hash.empty() || d.looks == 0) return {};
  if (d.looks == 1) return "the only run scored on this test set";
  return fmt::format(
      "one of {0} runs scored on this test set: if it was picked for its test values, read “best of {0}”", d.looks);
}

/// Whether the test part was looked at while training, as a learning curve.
inline bool drew_test_curve(const RunData& d) {
  return std::any_of(d.history.begin(), d.history.end(), [](const auto& h) { return h.part == "test"; });
}

}  // namespace youden::report
