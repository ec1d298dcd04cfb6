#pragma once
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "youden/store/compare/comparison.hpp"
#include "youden/store/compare/notes.hpp"
#include "youden/store/run_json.hpp"

namespace youden::store {

inline Json number_or_null(const std::optional<double>& v) { return v ? Json(*v) : Json(); }

inline Json to_json(const metric::ComparisonTest& t) {
  const metric::PairedTest& r = t.result;
  Json j{{"test", t.test},
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

inline Json claim_json(const Comparison& c) {
  if (!c.claim) return nullptr;
  Json j{
      {"metric", c.claim->metric}, {"margin", c.claim->margin}, {"supported", c.supported()}, {"gates", Json::array()}};
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

inline Json metrics_json(const Comparison& c) {
  std::set<std::string> names;
  for (const auto& metrics : c.metrics) {
    for (const auto& [name, result] : metrics) names.insert(name);
  }
  Json out = Json::object();
  for (const std::string& name : names) {
    Json row = Json::array();
    for (const auto& metrics : c.metrics) {
      const auto it = metrics.find(name);
      row.push_back(it == metrics.end() ? Json() : to_json(it->second));
    }
    out[name] = std::move(row);
  }
  return out;
}

}  // namespace detail

/// The object that `compare --format json` prints: fields may be added, never renamed. Lists `values`, `scores` and
/// those under `metrics` have one entry a run; differences are first − other.
inline Json to_json(const Comparison& c) {
  Json j{{"runs", Json::array()},     {"names", Json::array()},         {"parts", c.choice.parts},
         {"part", nullptr},           {"part_reason", c.choice.reason}, {"differences", Json::array()},
         {"metrics", Json::object()}, {"pairs", Json::array()},         {"tests", Json::array()},
         {"flipped", Json::array()},  {"test_sets", Json::array()},     {"notes", comparison_notes(c)}};
  for (const RunRecord& run : c.runs) {
    j["runs"].push_back(run.id);
    j["names"].push_back(run.name);
  }
  if (std::set<std::string>(c.choice.parts.begin(), c.choice.parts.end()).size() == 1) {
    j["part"] = c.choice.parts.front();
  }
  j["positive"] = c.runs.front().positive.empty() ? Json() : Json(c.runs.front().positive);
  for (const Difference& d : c.differences) j["differences"].push_back({{"key", d.key}, {"values", d.values}});
  j["metrics"] = detail::metrics_json(c);
  for (const PairComparison& pair : c.pairs) {
    const Json runs{c.runs.front().id, c.runs[pair.other].id};
    j["pairs"].push_back({{"runs", runs},
                          {"paired", pair.shared > 0},
                          {"shared", pair.shared},
                          {"samples", {c.parts.front().samples.size(), c.parts[pair.other].samples.size()}},
                          {"patients", pair.patients > 0 ? Json(pair.patients) : Json()},
                          {"unit", pair.unit}});
    for (const metric::ComparisonTest& t : pair.tests) {
      Json row = to_json(t);
      row["runs"] = runs;
      j["tests"].push_back(std::move(row));
    }
  }
  for (const FlippedSample& f : c.flipped) {
    Json scores = Json::array();
    Json decisions = Json::array();
    for (std::size_t i = 0; i < f.scores.size(); ++i) {
      scores.push_back(number_or_null(f.scores[i]));
      decisions.push_back(f.scores[i] ? Json(f.decisions[i]) : Json());
    }
    j["flipped"].push_back({{"sample", f.sample},
                            {"sha256", f.sha256},
                            {"path", f.path},
                            {"label", f.label},
                            {"scores", std::move(scores)},
                            {"decisions", std::move(decisions)}});
  }
  for (std::size_t i = 0; i < c.runs.size(); ++i) {
    j["test_sets"].push_back({{"run", c.runs[i].id},
                              {"hash", c.runs[i].test_hash.empty() ? Json() : Json(c.runs[i].test_hash)},
                              {"scored", c.scored[i] > 0 ? Json(c.scored[i]) : Json()}});
  }
  j["scope"] = c.replicated() ? "recipes" : "fitted models";
  j["claim"] = detail::claim_json(c);
  return j;
}

}  // namespace youden::store
