#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/hash.hpp"
#include "youden/base/text.hpp"
#include "youden/config/check.hpp"
#include "youden/config/fields.hpp"
#include "youden/metric/facts.hpp"
#include "youden/registry/registry.hpp"
#include "youden/sample/bands.hpp"
#include "youden/store/sweeps.hpp"
#include "youden/sweep/comma_lists.hpp"
#include "youden/sweep/feature_group.hpp"
#include "youden/sweep/objective.hpp"
#include "youden/sweep/sampler.hpp"

namespace youden::sweep {

/// The experiment with further settings, checked as `train` checks it. Throws ConfigError.
using Compose = std::function<config::Resolved(const std::vector<std::string>& settings)>;

/// Everything about a sweep that is known before its first trial.
struct Plan {
  config::Resolved base;  ///< the document without a trial's changes
  Space space;
  std::vector<Objective> objectives;
  std::vector<store::TrialRecord> trials;
  bool keeps_points = false;  ///< of a changed space
  std::string fingerprint;

  /// Sets of features that will be computed; trials that share none count one each.
  [[nodiscard]] std::size_t groups() const {
    std::set<std::string> names;
    std::size_t alone = 0;
    for (const auto& t : trials) {
      if (t.feature_group.empty())
        ++alone;
      else
        names.insert(t.feature_group);
    }
    return names.size() + alone;
  }
};

/// The command-line words of one trial: components before their options, whatever order the space has, so that an
/// option that a component lacks is a fault and never dropped.
inline std::vector<std::string> settings_of(const Params& params) {
  const auto depth = [](const std::string& key) {
    const std::string own = key.ends_with(".type") ? key.substr(0, key.size() - 5) : key;
    return std::count(own.begin(), own.end(), '.');
  };
  std::vector<std::string> keys;
  for (const auto& [key, value] : params.items()) keys.push_back(key);
  std::stable_sort(keys.begin(), keys.end(), [&](const auto& a, const auto& b) { return depth(a) < depth(b); });
  std::vector<std::string> out;
  for (const std::string& key : keys) out.push_back(setting(key, params.at(key)));
  return out;
}

namespace detail {

/// Tries every value that bounds the others, each alone with what it depends on.
inline void check_values(const Space& space, const Compose& compose) {
  base::Faults faults;
  for (const Parameter& p : space.parameters()) {
    for (const config::Json& value : p.extremes()) {
      Params params = space.prerequisites(p);
      params[p.key] = value;
      try {
        compose(settings_of(params));
      } catch (const base::ConfigError& e) {
        faults.add("with " + setting(p.key, value) + ": " + e.what(), "sweep.space");
      }
    }
  }
  faults.raise<base::ConfigError>("faults in the sweep's space:");
}

/// Composes every trial as `train` would, before the first of them costs an hour; of very many, the first ones.
inline void check_trials(const std::vector<store::TrialRecord>& trials, const Compose& compose) {
  constexpr std::size_t kMost = 2'000;  // a few milliseconds each
  constexpr std::size_t kShown = 10;
  base::Faults faults;
  for (std::size_t i = 0; i < std::min(trials.size(), kMost) && faults.size() < kShown; ++i) {
    try {
      compose(settings_of(trials[i].params));
    } catch (const base::ConfigError& e) {
      faults.add("trial " + std::to_string(i + 1) + ": " + e.what(), "sweep.space");
    }
  }
  faults.raise<base::ConfigError>("trials that cannot be run:");
}

/// Whether the document's value at a dotted key is a whole number, as the schema typed it.
inline bool takes_whole_numbers(const config::Json& config, const std::string& key) {
  const config::Json* at = &config;
  for (const std::string& word : base::split(key, '.')) {
    if (!at->is_object() || !at->contains(word)) return false;
    at = &at->at(word);
  }
  return at->is_number_integer();
}

/// Metric ids that a run of this document stores, with their direction.
inline std::vector<std::pair<std::string, std::string>> stored_metrics(const config::Json& config) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const config::Json& m : config.at("metrics")) {
    const std::string name = m.is_string() ? m.get<std::string>() : m.value("type", std::string());
    const metric::Facts facts = metric::facts_of(name);
    out.emplace_back(name, facts.direction);
    if (facts.needs == metric::Needs::ranks) out.emplace_back(name + metric::kPooled, facts.direction);
  }
  for (const config::Json& prevalence : config.value("prevalence", config::Json::array())) {
    if (!(prevalence.is_number() && prevalence > 0 && prevalence < 1)) continue;
    for (const char* name : {"ppv_at_", "npv_at_"}) {
      out.emplace_back(name + sample::detail::number_text(prevalence.get<double>()), "max");
    }
  }
  return out;
}

}  // namespace detail

/// What makes it the same sweep when it is asked for again: all but the space, the number of trials, and the machinery.
inline std::string sweep_fingerprint(const config::Json& config) {
  config::Json own = config;
  for (const char* key : {"tags", "launcher", "threads", "cache", "device"}) own.erase(key);
  for (const char* key : {"space", "trials", "generation"}) own.at("sweep").erase(key);
  return base::Hasher().add(own.dump()).hex();
}

/// Draws the trials of a document's `sweep:` section and of the command line's comma lists, and checks all of it.
/// `words`: the command line's settings.
inline Plan make_plan(const std::vector<std::string>& words, const Compose& compose) {
  const CommaLists lists = comma_lists(words);
  const Compose with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = lists.settings;
    all.insert(all.end(), more.begin(), more.end());
    return compose(all);
  };
  Plan plan{.base = with({}), .space = {}, .objectives = {}, .trials = {}, .fingerprint = {}};
  const config::Json& section = plan.base.config.at("sweep");
  const auto place = [&](const std::string& key) {
    const auto it = plan.base.origins.find(key);
    return it == plan.base.origins.end() ? std::string() : it->second;
  };
  config::Json space = section.at("space");
  for (const auto& [key, value] : lists.space.items()) space[key] = value;
  plan.space = Space::parse(space, [&](const std::string& key) {
    if (lists.space.contains(key)) return std::string("command line");
    const std::string own = place("sweep.space." + key);
    return own.empty() ? place("sweep.space") : own;
  });
  plan.space.round([&](const std::string& key) { return detail::takes_whole_numbers(plan.base.config, key); });
  detail::check_values(plan.space, with);

  const auto metrics = detail::stored_metrics(plan.base.config);
  const config::Json& objective = section.at("objective");
  const auto wanted = objective.is_array() ? objective : config::Json::array({objective});
  for (const config::Json& text : wanted) {
    plan.objectives.push_back(Objective::parse(text.get<std::string>(), metrics, place("sweep.objective")));
  }

  const config::Component sampler = config::component_from_json(section.at("sampler"));
  const auto draws = registry::make<Sampler>(sampler, {.seed = section.at("seed").get<std::uint64_t>()});
  const auto trials = section.at("trials");
  plan.keeps_points = draws->keeps_points();
  std::map<std::string, std::pair<std::string, int>> known;  // settings that shape features -> group, epochs
  for (Params& params : draws->trials(plan.space, trials.is_null() ? std::nullopt : std::optional(trials.get<int>()))) {
    Params shaping = Params::object();
    for (const auto& [key, value] : params.items()) {
      if (shapes_features(key)) shaping[key] = value;
    }
    const auto [it, fresh] = known.try_emplace(shaping.dump());
    if (fresh) {
      const config::Resolved composed = shaping.empty() ? plan.base : with(settings_of(shaping));
      it->second = {feature_group(composed.config), epochs_of(composed.config)};
    }
    store::TrialRecord t;
    t.params = std::move(params);
    std::tie(t.feature_group, t.epochs) = it->second;
    plan.trials.push_back(std::move(t));
  }
  detail::check_trials(plan.trials, with);
  // A group's trials one after the other, so that its features are still at hand; a grid keeps its order otherwise.
  if (plan.keeps_points) {
    std::map<std::string, std::size_t> first;
    for (const auto& t : plan.trials) first.try_emplace(t.feature_group, first.size());
    std::stable_sort(plan.trials.begin(), plan.trials.end(), [&](const auto& a, const auto& b) {
      return first.at(a.feature_group) < first.at(b.feature_group);
    });
  }
  plan.fingerprint = sweep_fingerprint(plan.base.config);
  return plan;
}

/// The row of `sweep` that a plan makes.
inline store::SweepRecord record_of(const Plan& plan, std::string command_line, std::string yaml) {
  store::SweepRecord s{.name = plan.base.config.at("name").get<std::string>(),
                       .fingerprint = plan.fingerprint,
                       .objectives = {},
                       .maximised = {},
                       .command_line = std::move(command_line),
                       .config = plan.base.config,
                       .yaml = std::move(yaml)};
  for (const Objective& o : plan.objectives) {
    s.objectives.push_back(o.text);
    s.maximised.push_back(o.maximised);
  }
  return s;
}

}  // namespace youden::sweep
