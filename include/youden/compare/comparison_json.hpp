#pragma once
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "youden/compare/comparison.hpp"
#include "youden/compare/notes.hpp"
#include "youden/store/run_json.hpp"

namespace youden::compare {

inline config::Json number_or_null(const std::optional<double>& v) { return v ? config::Json(*v) : config::Json(); }

inline config::Json to_json(const evaluate::ComparisonTest& t) {
  const stat::PairedTest& r = t.result;
  config::Json j{{"test", t.test},
                 {"metric", t.metric},
                 {"difference", number_or_null(r.difference)},
                 {"low", number_or_null(r.low)},
                 {"high", number_or_null(r.high)},
                 {"level", r.level},
                 {"p", number_or_null(r.p)},
                 {"p_holm", number_or_null(t.p_holm)},
                 {"exploratory", t.exploratory},
                 {"n", t.n},
                 {"assumes_independent_films", t.assumes_independent_films},
                 {"first_replicates_only", t.first_replicates_only}};
  if (r.statistic) j["statistic"] = *r.statistic;
  if (r.df) j["df"] = *r.df;
  if (t.first_only) j["first_only"] = *t.first_only;
  if (t.second_only) j["second_only"] = *t.second_only;
  if (t.claimed) j["claimed"] = true;
  return j;
}

namespace detail {

inline config::Json claim_json(const Comparison& c) {
  if (!c.claim) return nullptr;
  config::Json j{{"metric", c.claim->metric},
                 {"margin", c.claim->margin},
                 {"supported", c.supported()},
                 {"gates", config::Json::array()}};
  for (const PairComparison& pair : c.pairs) {
    for (const Gate& g : pair.gates) {
      j["gates"].push_back({{"gate", g.name},
                            {"runs", {c.runs.front().id, c.runs[pair.other].id}},
                            {"passed", g.passed},
                            {"reason", g.reason}});
    }
  }
  return j;
}

inline config::Json metrics_json(const Comparison& c) {
  std::set<std::string> names;
  for (const auto& metrics : c.metrics) {
    for (const auto& [name, result] : metrics) names.insert(name);
  }
  config::Json out = config::Json::object();
  for (const std::string& name : names) {
    config::Json row = config::Json::array();
    for (const auto& metrics : c.metrics) {
      const auto it = metrics.find(name);
      row.push_back(it == metrics.end() ? config::Json() : to_json(it->second));
    }
    out[name] = std::move(row);
  }
  return out;
}

}  // namespace detail

/// The object that `compare --format json` prints: fields may be added, never renamed. Lists `values`, `scores` and
/// those under `metrics` have one entry a run; differences are first − other.
inline config::Json to_json(const Comparison& c) {
  config::Json j{{"runs", config::Json::array()},
                 {"names", config::Json::array()},
                 {"parts", c.choice.parts},
                 {"part", nullptr},
                 {"part_reason", c.choice.reason},
                 {"differences", config::Json::array()},
                 {"metrics", config::Json::object()},
                 {"pairs", config::Json::array()},
                 {"tests", config::Json::array()},
                 {"flipped", config::Json::array()},
                 {"test_sets", config::Json::array()},
                 {"notes", comparison_notes(c)}};
  for (const store::RunRecord& run : c.runs) {
    j["runs"].push_back(run.id);
    j["names"].push_back(run.name);
  }
  if (std::set<std::string>(c.choice.parts.begin(), c.choice.parts.end()).size() == 1) {
    j["part"] = c.choice.parts.front();
  }
  j["positive"] = c.runs.front().positive.empty() ? config::Json() : config::Json(c.runs.front().positive);
  for (const Difference& d : c.differences) j["differences"].push_back({{"key", d.key}, {"values", d.values}});
  j["metrics"] = detail::metrics_json(c);
  for (const PairComparison& pair : c.pairs) {
    const config::Json runs{c.runs.front().id, c.runs[pair.other].id};
    j["pairs"].push_back({{"runs", runs},
                          {"paired", pair.shared > 0},
                          {"shared", pair.shared},
                          {"samples", {c.parts.front().samples.size(), c.parts[pair.other].samples.size()}},
                          {"patients", pair.patients > 0 ? config::Json(pair.patients) : config::Json()},
                          {"unit", pair.unit}});
    for (const evaluate::ComparisonTest& t : pair.tests) {
      config::Json row = to_json(t);
      row["runs"] = runs;
      j["tests"].push_back(std::move(row));
    }
  }
  for (const FlippedSample& f : c.flipped) {
    config::Json scores = config::Json::array();
    config::Json decisions = config::Json::array();
    for (std::size_t i = 0; i < f.scores.size(); ++i) {
      scores.push_back(number_or_null(f.scores[i]));
      decisions.push_back(f.scores[i] ? config::Json(f.decisions[i]) : config::Json());
    }
    j["flipped"].push_back({{"sample", f.sample},
                            {"sha256", f.sha256},
                            {"path", f.path},
                            {"label", f.label},
                            {"scores", std::move(scores)},
                            {"decisions", std::move(decisions)}});
  }
  for (std::size_t i = 0; i < c.runs.size(); ++i) {
    j["test_sets"].push_back(
        {{"run", c.runs[i].id},
         {"hash", c.runs[i].test_hash.empty() ? config::Json() : config::Json(c.runs[i].test_hash)},
         {"scored", c.scored[i] > 0 ? config::Json(c.scored[i]) : config::Json()}});
  }
  j["scope"] = c.replicated() ? "recipes" : "fitted models";
  j["claim"] = detail::claim_json(c);
  return j;
}

}  // namespace youden::compare
