#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "youden/store/pareto.hpp"
#include "youden/store/run_json.hpp"
#include "youden/store/sweeps.hpp"

namespace youden::sweep {

/// How a sweep stands: its trials counted, and those with values ranked.
struct Standing {
  store::SweepRecord sweep;
  std::vector<store::TrialRecord> trials;  ///< without those that were dropped
  std::map<std::string, std::size_t> count;
  std::size_t reused = 0;
  std::int64_t prefix_images = 0;
  std::vector<std::size_t> ranking;  ///< completed trials, best first by the first objective, the others breaking ties
  std::vector<bool> front;           ///< one a trial: no other is better in one objective and as good in all
  bool exploratory = false;          ///< some value is of a test part

  static Standing read(store::Database& database, std::int64_t id) {
    Standing s;
    s.sweep = store::read_sweep(database, id);
    s.trials = store::read_trials(database, id);
    std::erase_if(s.trials, [](const store::TrialRecord& t) { return t.state == "dropped"; });
    std::vector<store::Scores> scores;
    for (std::size_t i = 0; i < s.trials.size(); ++i) {
      const store::TrialRecord& t = s.trials[i];
      ++s.count[t.state];
      s.reused += t.reused ? 1 : 0;
      s.prefix_images += t.prefix_images;
      s.exploratory = s.exploratory || t.part == "test";
      const bool complete = t.state == "completed" && t.run && t.values.size() == s.sweep.objectives.size();
      scores.push_back(complete ? t.values : store::Scores(s.sweep.objectives.size()));
      if (complete && t.values.front()) s.ranking.push_back(i);
    }
    s.front = store::pareto_front(scores, s.sweep.maximised);
    std::stable_sort(s.ranking.begin(), s.ranking.end(), [&](std::size_t a, std::size_t b) {
      for (std::size_t o = 0; o < s.sweep.objectives.size(); ++o) {
        const auto& x = s.trials[a].values[o];
        const auto& y = s.trials[b].values[o];
        if (x != y) return !y || (x && (s.sweep.maximised[o] ? *x > *y : *x < *y));
      }
      return false;
    });
    return s;
  }
  [[nodiscard]] std::size_t counted(const std::string& state) const {
    const auto it = count.find(state);
    return it == count.end() ? 0 : it->second;
  }
  [[nodiscard]] bool open() const { return counted("pending") + counted("running") > 0; }
  [[nodiscard]] const store::TrialRecord* best() const { return ranking.empty() ? nullptr : &trials[ranking.front()]; }
};

/// `head.dropout 0.3  train.lr 0.001`
inline std::string params_text(const store::Json& params) {
  std::string out;
  for (const auto& [key, value] : params.items()) {
    const std::string text = value.is_number_float() ? fmt::format("{:.4g}", value.get<double>())
                             : value.is_string()     ? value.get<std::string>()
                                                     : value.dump();
    out += (out.empty() ? "" : "  ") + key + " " + text;
  }
  return out;
}

/// `val.youden_j 0.8333`
inline std::string values_text(const store::SweepRecord& sweep, const store::TrialRecord& trial) {
  std::string out;
  for (std::size_t o = 0; o < sweep.objectives.size() && o < trial.values.size(); ++o) {
    const auto dot = sweep.objectives[o].find('.');
    const std::string metric = dot == std::string::npos ? sweep.objectives[o] : sweep.objectives[o].substr(dot + 1);
    out += (out.empty() ? "" : "  ") + (trial.part.empty() ? metric : trial.part + "." + metric) + " " +
           (trial.values[o] ? fmt::format("{:.4f}", *trial.values[o]) : "undefined");
  }
  return out;
}

/// The object that `sweep` prints: fields may be added, never renamed.
inline store::Json standing_json(store::Database& database, const Standing& s) {
  using store::Json;
  Json objectives = Json::array();
  for (const std::string& o : s.sweep.objectives) objectives.push_back(o);
  Json j{{"sweep", s.sweep.id},
         {"name", s.sweep.name},
         {"state", s.sweep.state},
         {"objective", objectives.size() == 1 ? objectives[0] : objectives},
         {"trials", s.trials.size()},
         {"completed", s.counted("completed")},
         {"reused", s.reused},
         {"failed", s.counted("failed")},
         {"pending", s.counted("pending")},
         {"running", s.counted("running")},
         {"seconds", s.sweep.seconds},
         {"prefix_images", s.prefix_images},
         {"exploratory", s.exploratory},
         {"best", nullptr},
         {"front", Json::array()},
         {"failures", Json::array()}};
  const auto trial_json = [&](const store::TrialRecord& t) {
    Json values = Json::object();
    for (std::size_t o = 0; o < t.values.size() && o < s.sweep.objectives.size(); ++o) {
      values[s.sweep.objectives[o]] = t.values[o] ? Json(*t.values[o]) : Json();
    }
    return Json{{"trial", t.number},
                {"run", t.run ? Json(*t.run) : Json()},
                {"params", t.params},
                {"objectives", values},
                {"part", t.part}};
  };
  if (const auto* best = s.best()) {
    j["best"] = trial_json(*best);
    j["best"]["best_of"] = s.ranking.size();
    const Json run = store::run_json(database, *best->run);
    j["best"]["metrics"] = run["metrics"];
    j["best"]["test_set"] = run["test_set"];
  }
  for (std::size_t i = 0; i < s.trials.size(); ++i) {
    if (s.front[i] && s.sweep.objectives.size() > 1) j["front"].push_back(trial_json(s.trials[i]));
    if (s.trials[i].state == "failed") {
      j["failures"].push_back(
          {{"trial", s.trials[i].number}, {"params", s.trials[i].params}, {"reason", s.trials[i].reason}});
    }
  }
  return j;
}

}  // namespace youden::sweep
