#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/config/json.hpp"
#include "youden/sweep/parameter.hpp"

namespace youden::sweep {

/// What one trial changes: dotted key -> value, in the space's order.
using Params = config::Json;

/// The keys that a sweep varies. As written:
///   head.dropout: {choice: [0.3, 0.5]}           or just [0.3, 0.5]
///   train.lr: {log_uniform: [1.0e-5, 1.0e-2]}     also uniform, integer (both ends included); points: 5 for a grid
///   head.hidden: {integer: [16, 256], when: {head: tutorial}}
class Space {
 public:
  /// `where` gives a key's place. Throws ConfigError with every fault.
  static Space parse(const config::Json& written, const std::function<std::string(const std::string&)>& where) {
    Space space;
    base::Faults faults;
    space.add_all(written, "", where, faults);
    for (const Parameter& p : space.parameters_) space.check_condition(p, where(p.key), faults);
    if (space.parameters_.empty() && faults.empty()) {
      faults.add("the sweep has no space", where(""),
                 "add sweep: {space: {head.dropout: {choice: [0.3, 0.5]}}}, or write head.dropout=0.3,0.5");
    }
    faults.raise<base::ConfigError>("faults in the sweep's space:");
    return space;
  }

  [[nodiscard]] const std::vector<Parameter>& parameters() const { return parameters_; }
  /// Intervals of keys for which `whole` holds are drawn in whole numbers.
  void round(const std::function<bool(const std::string& key)>& whole) {
    for (Parameter& p : parameters_) p.whole = whole(p.key);
  }
  [[nodiscard]] std::size_t dimensions() const { return parameters_.size(); }

  /// `u`: one number in [0, 1) a parameter. A parameter whose condition does not hold is left out.
  [[nodiscard]] Params at(const std::vector<double>& u) const {
    Params out = Params::object();
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      if (holds(parameters_[i], out)) out[parameters_[i].key] = parameters_[i].at(u[i]);
    }
    return out;
  }

  /// Every combination, the last parameter fastest; no combination twice. Throws ConfigError where an interval does not
  /// say how many points, and above a million.
  [[nodiscard]] std::vector<Params> grid() const {
    const auto too_many = [] {
      return base::ConfigError(
          {"the grid has more than a million points", "sweep.space", "use sweep.sampler=sobol and a number of trials"});
    };
    base::Faults faults;
    for (const Parameter& p : parameters_) {
      if (p.count() > static_cast<double>(kMost)) throw too_many();
      if (p.grid().empty()) {
        faults.add("a grid of '" + p.key + "' needs points", "sweep.space",
                   "write choice: […], add points: 5, or set sweep.sampler=random");
      }
    }
    faults.raise<base::ConfigError>("faults in the sweep's space:");
    std::vector<Params> out{Params::object()};
    for (const Parameter& p : parameters_) {
      std::vector<Params> wider;
      const auto values = p.grid();
      for (const Params& params : out) {
        if (!holds(p, params)) {
          wider.push_back(params);
          continue;
        }
        for (const config::Json& value : values) {
          wider.push_back(params);
          wider.back()[p.key] = value;
        }
        if (wider.size() > kMost) throw too_many();
      }
      out = std::move(wider);
    }
    return out;
  }

  /// How many different trials there are; empty where an interval makes them countless (or more than a million).
  [[nodiscard]] std::optional<std::size_t> size() const {
    double bound = 1;
    for (const Parameter& p : parameters_) {
      if (!p.finite()) return {};
      bound *= p.kind == Parameter::Kind::choice ? static_cast<double>(p.choices.size()) : p.high - p.low + 1;
    }
    if (bound > static_cast<double>(kMost)) return {};
    Space whole = *this;
    for (Parameter& p : whole.parameters_) p.points.reset();
    return whole.grid().size();
  }

  /// The keys that must be set beside `p` for it to exist, each to a value under which it does.
  [[nodiscard]] Params prerequisites(const Parameter& p) const {
    Params out = Params::object();
    for (std::string key = p.when, value_of = p.key; !key.empty();) {
      const auto child = find(value_of);
      out[key] = child->when_values.front();
      const auto parent = find(key);
      value_of = key;
      key = parent->when;
    }
    return out;
  }

 private:
  static constexpr std::size_t kMost = 1'000'000;
  static constexpr std::array<std::string_view, 4> kKinds{"choice", "uniform", "log_uniform", "integer"};

  using Where = std::function<std::string(const std::string&)>;

  [[nodiscard]] std::vector<Parameter>::const_iterator find(const std::string& key) const {
    return std::find_if(parameters_.begin(), parameters_.end(), [&](const Parameter& p) { return p.key == key; });
  }
  /// Or something that was meant to be one.
  static bool says_a_kind(const config::Json& j) {
    return std::any_of(j.items().begin(), j.items().end(),
                       [](const auto& item) { return !base::nearest(item.key(), kKinds).empty(); });
  }

  /// Maps that say no kind are nested keys: {head: {dropout: …}} is head.dropout.
  void add_all(const config::Json& written, const std::string& path, const Where& where, base::Faults& faults) {
    for (const auto& [name, value] : written.items()) {
      const std::string key = path.empty() ? name : path + "." + name;
      const bool nested =
          value.is_object() && !value.empty() && !says_a_kind(value) &&
          std::all_of(value.begin(), value.end(), [](const config::Json& v) { return v.is_object() || v.is_array(); });
      if (nested) {
        add_all(value, key, where, faults);
      } else if (find(key) != parameters_.end()) {
        faults.add("'" + key + "' is in the space twice", where(key), "keep one of them");
      } else {
        add(key, value, where(key), faults);
      }
    }
  }

  void add(const std::string& key, const config::Json& value, const std::string& place, base::Faults& faults) {
    const std::size_t before = faults.size();
    Parameter p{.key = key};
    if (value.is_array()) {
      read_choices(p, value, place, faults);
    } else if (value.is_object()) {
      read(p, value, place, faults);
    } else {
      faults.add("'" + key + "' is " + value.dump() +
                     "; it must be a list, or {choice | uniform | log_uniform | "
                     "integer: […]}",
                 place);
    }
    if (faults.size() == before) parameters_.push_back(std::move(p));
  }

  static void read(Parameter& p, const config::Json& value, const std::string& place, base::Faults& faults) {
    int kinds = 0;
    for (const auto& [word, content] : value.items()) {
      if (word == "choice") {
        ++kinds;
        read_choices(p, content, place, faults);
      } else if (word == "uniform" || word == "log_uniform" || word == "integer") {
        ++kinds;
        p.kind = word == "uniform"       ? Parameter::Kind::uniform
                 : word == "log_uniform" ? Parameter::Kind::log_uniform
                                         : Parameter::Kind::integer;
        read_interval(p, word, content, place, faults);
      } else if (word == "points") {
        if (!content.is_number_integer() || content.get<std::int64_t>() < 2) {
          faults.add("points of '" + p.key + "' is " + content.dump() + "; it must be a whole number of at least 2",
                     place);
        } else {
          p.points = content.get<std::size_t>();
        }
      } else if (word == "when") {
        read_condition(p, content, place, faults);
      } else {
        faults.add("'" + p.key + "' has the unknown word '" + base::excerpt(word) + "'", place,
                   base::suggestion(word, std::vector<std::string>{"choice", "uniform", "log_uniform", "integer",
                                                                   "points", "when"}));
      }
    }
    if (kinds != 1) {
      faults.add("'" + p.key + "' says " + (kinds == 0 ? "not" : "more than once") + " what values it takes", place,
                 "write one of choice: [a, b], uniform: [low, high], log_uniform: [low, high], integer: [low, high]");
    }
  }

  static void read_choices(Parameter& p, const config::Json& list, const std::string& place, base::Faults& faults) {
    if (!list.is_array() || list.empty()) {
      faults.add("the choice of '" + p.key + "' is " + list.dump() + "; it must be a list of values", place);
      return;
    }
    for (const config::Json& value : list) {
      if (std::find(p.choices.begin(), p.choices.end(), value) != p.choices.end()) {
        faults.add("'" + p.key + "' lists " + value.dump() + " twice", place, "keep one of them");
      } else {
        p.choices.push_back(value);
      }
    }
  }

  static void read_interval(Parameter& p, const std::string& word, const config::Json& ends, const std::string& place,
                            base::Faults& faults) {
    const bool whole = word == "integer";
    const auto number = [&](const config::Json& j) { return whole ? j.is_number_integer() : j.is_number(); };
    if (!ends.is_array() || ends.size() != 2 || !number(ends[0]) || !number(ends[1])) {
      faults.add(word + " of '" + p.key + "' is " + ends.dump() + "; it must be [low, high]" +
                     (whole ? " in whole numbers" : ""),
                 place);
      return;
    }
    p.low = ends[0].get<double>();
    p.high = ends[1].get<double>();
    constexpr double kExact = 9007199254740992;  // 2^53: beyond it doubles skip whole numbers
    if (whole && (std::abs(p.low) > kExact || std::abs(p.high) > kExact)) {
      faults.add(word + " of '" + p.key + "' is " + ends.dump() + "; whole numbers go up to 2^53", place);
    } else if (p.low >= p.high) {
      faults.add(word + " of '" + p.key + "' is " + ends.dump() + "; the second number must be the larger", place);
    } else if (word == "log_uniform" && p.low <= 0) {
      faults.add("log_uniform of '" + p.key + "' begins at " + ends[0].dump() + "; it must be above 0", place,
                 "write uniform, or begin at 1.0e-6");
    }
  }

  static void read_condition(Parameter& p, const config::Json& when, const std::string& place, base::Faults& faults) {
    if (!when.is_object() || when.size() != 1) {
      faults.add("when of '" + p.key + "' is " + when.dump() + "; it must be one {key: value} or {key: [values]}",
                 place);
      return;
    }
    p.when = when.items().begin().key();
    const config::Json& values = when.items().begin().value();
    if (values.is_array()) {
      p.when_values.assign(values.begin(), values.end());
    } else {
      p.when_values = {values};
    }
  }

  /// A condition names an earlier key, and values that this one takes.
  void check_condition(const Parameter& p, const std::string& place, base::Faults& faults) const {
    if (p.when.empty()) return;
    const auto self = find(p.key);
    const auto parent = std::find_if(parameters_.begin(), self, [&](const Parameter& q) { return q.key == p.when; });
    if (parent == self) {
      faults.add("'" + p.key + "' depends on '" + p.when + "', which does not stand before it in the space", place,
                 "a condition names an earlier key of the space");
      return;
    }
    if (p.when_values.empty()) faults.add("when of '" + p.key + "' lists no value", place);
    for (const config::Json& value : p.when_values) {
      const bool known = parent->kind == Parameter::Kind::choice &&
                         std::find(parent->choices.begin(), parent->choices.end(), value) != parent->choices.end();
      if (!known) {
        faults.add("'" + p.key + "' waits for " + p.when + " to be " + value.dump() + ", which it never is", place,
                   "list values of its choice");
      }
    }
  }

  static bool holds(const Parameter& p, const Params& so_far) {
    if (p.when.empty()) return true;
    const auto it = so_far.find(p.when);
    return it != so_far.end() && std::find(p.when_values.begin(), p.when_values.end(), *it) != p.when_values.end();
  }

  std::vector<Parameter> parameters_;
};

}  // namespace youden::sweep
