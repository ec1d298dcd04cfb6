#pragma once
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "youden/base/clock.hpp"
#include "youden/base/progress.hpp"
#include "youden/run/audit.hpp"
#include "youden/run/audit_report.hpp"
#include "youden/run/permuted_control.hpp"
#include "youden/run/workbench.hpp"
#include "youden/sample/exclusions.hpp"
#include "youden/sample/part.hpp"

namespace youden::run {

namespace detail {

/// Seconds that training takes, and that it would take if every frozen feature were read from the cache.
struct Cost {
  double seconds = 0;
  double cached = 0;

  Cost& operator+=(const Cost& other) {
    seconds += other.seconds;
    cached += other.cached;
    return *this;
  }
};

/// How many images pass a frozen prefix in a whole run. Folds and replicates share what they see alike; 8-bit ranges
/// belong to one fold.
inline double images_through(const Workbench& bench, const train::Phase& phase) {
  const Materials& m = bench.materials;
  const auto& augment = bench.experiment.augment;
  const int* cycle = config::value_of(augment.views);
  const double plain = static_cast<double>(m.labels.size());
  double drawn = 0;
  if (!augment.steps.empty()) {
    std::set<std::size_t> trained;
    for (std::size_t f = 0; f < m.folds().size(); ++f) {
      const auto part = m.part(f, sample::Part::train);
      trained.insert(part.begin(), part.end());
    }
    const int most = bench.experiment.train.exact() ? std::numeric_limits<int>::max() : phase.epochs;
    drawn = static_cast<double>(trained.size()) * (cycle ? std::min(*cycle, most) : phase.epochs);
  }
  return (plain + drawn) * (bench.prefix().needs_calibration() ? static_cast<double>(m.folds().size()) : 1);
}

/// An exact fit of a fold, from its rows, columns and penalties: each takes about 50 products with the rows, forth and
/// back, at a few hundred million numbers a second.
inline double exact_seconds(const Workbench& bench, const train::Task& task) {
  const auto& options = bench.experiment.train;
  const auto& cut = *bench.cuts.at(bench.assembler->cuts().front()).features;
  const auto rows = static_cast<double>(task.train.size()) * static_cast<double>(cut.views());
  const auto columns = static_cast<double>(bench.prefix().linear()->weight.size(1));
  const std::size_t penalties =
      options.penalties().empty() ? train::PenaltySearch::grid().size() : options.penalties().size();
  const double fits = 1 + (options.chooses_penalty() ? static_cast<double>(penalties) * options.l2_folds : 0);
  const double one = rows * std::min(rows, columns) * 50 / 5e8;
  return fits * one + (columns > rows ? rows * rows * columns / 2e9 : 0);
}

/// A phase in the whole run with its controls, from one measured batch of features and a few steps.
inline Cost phase_cost(const Workbench& bench, const train::Phase& phase) {
  const train::Task full = bench.task(0, 0);
  const auto& options = bench.experiment.train;
  const auto& controls = bench.experiment.controls;
  const auto asked = [&](const char* control) {
    return std::find(controls.begin(), controls.end(), control) != controls.end();
  };
  const double borders = asked("border") ? 1 : 0;
  const double trainings = static_cast<double>(bench.materials.folds().size()) *
                           (bench.materials.replicates + borders + (asked("permuted") ? kPermutations : 0)) *
                           (options.select.refit ? 2 : 1);
  const double films = static_cast<double>(bench.materials.labels.size());
  const std::size_t sample = std::min<std::size_t>(full.train.size(), 16);
  std::vector<train::View> views;
  for (std::size_t i = 0; i < sample; ++i) views.push_back({full.train[i], 0});
  const auto look = [&] {
    const base::Stopwatch watch;
    phase.features->get(views);
    return watch.seconds() / static_cast<double>(sample);
  };
  const double first_look = look();  // decodes or draws
  const double later_look = look();

  const double trained = static_cast<double>(full.train.size());
  const double decoding = std::max(first_look - later_look, 0.0) * films * (1 + borders);
  if (options.exact()) {
    const double fits = exact_seconds(bench, full) * trainings;
    return {decoding + later_look * images_through(bench, phase) * (1 + borders) + fits, fits};
  }

  train::Task few = full;
  few.train.resize(std::min<std::size_t>(full.train.size(), static_cast<std::size_t>(options.batch) * 2));
  few.curve.clear();
  const auto model = bench.assembler->make(0);
  train::Trainer trainer(*model, {{phase.cut, phase.features, 2, phase.lr}}, options, few);
  trainer.run_epoch([](auto&&...) {});  // warms up
  const base::Stopwatch step;
  trainer.run_epoch([](auto&&...) {});
  const double per_film = step.seconds() / static_cast<double>(few.train.size());
  if (phase.cut == 0) {
    const double epoch = per_film * trained + later_look * static_cast<double>(full.curve.size());
    const double held_out = later_look * (films - trained);
    const double seconds = (epoch * phase.epochs + held_out) * trainings + decoding;
    return {seconds, seconds};
  }
  // Nothing was kept here, so that the epochs above computed their features; a run computes each view once.
  const double steps = std::max(per_film - later_look, 0.0) * trained * phase.epochs * trainings;
  return {decoding + later_look * images_through(bench, phase) * (1 + borders) + steps, steps};
}

inline int epochs_of(const Workbench& bench) {
  if (bench.experiment.train.exact()) return 1;
  int sum = 0;
  for (const train::PhaseOptions& p : bench.experiment.train.stretches()) sum += p.epochs;
  return sum;
}

/// What an epoch's checkpoint and commit take on a slow disk, and metrics with their bootstraps at the end: seconds.
inline constexpr double kCommit = 0.02;
inline constexpr double kConclusion = 1;

/// Of the whole run.
inline Cost estimate(Workbench& bench) {
  bench.turn_to(0, 0);
  const double epochs = static_cast<double>(epochs_of(bench)) * static_cast<double>(bench.materials.folds().size()) *
                        bench.materials.replicates * (bench.experiment.train.select.refit ? 2 : 1);
  Cost sum{kConclusion + kCommit * epochs, kConclusion + kCommit * epochs};
  for (const train::Phase& phase : bench.phases()) sum += phase_cost(bench, phase);
  return sum;
}

}  // namespace detail

/// What `train --dry-run` says: counts by part, class and patient, shapes, memory, time. Missing or broken images were
/// thrown as one DataError before it comes to that.
inline config::Json dry_run(const config::Resolved& document, base::Progress& progress) {
  const base::Stopwatch watch;
  Workbench bench(document, progress, {}, false);
  const double setting_up = watch.seconds();
  const Materials& m = bench.materials;
  config::Json parts = config::Json::object();
  for (const sample::Part part : sample::kShown) {
    if (part == sample::Part::unused || !m.has(part)) continue;
    config::Json counts = config::Json::object();
    std::size_t n = 0;
    std::set<std::string> patients;
    for (std::size_t c = 0; c < m.classes.size(); ++c) {
      std::size_t of_class = 0;
      for (const std::size_t i : m.part(0, part)) {
        if (m.labels[i] != static_cast<int>(c)) continue;
        ++of_class;
        if (!m.patients[i].empty()) patients.insert(m.patients[i]);
      }
      counts[m.classes[c]] = of_class;
      n += of_class;
    }
    parts[sample::name_of(part)] = {{"n", n}, {"classes", counts}, {"patients", patients.size()}};
  }
  const auto& map = bench.assembler->context();
  std::int64_t parameters = 0;
  for (const auto& [name, tensor] : bench.prefix().trained_parameters()) parameters += tensor.numel();
  std::int64_t frozen = 0;
  for (const auto& [name, tensor] : bench.prefix().prefix_state()) frozen += tensor.numel();
  detail::Cost cost = detail::estimate(bench);
  cost += {setting_up, setting_up};
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  config::Json skipped = config::Json::array();
  for (const auto& s : m.dataset.manifest().skipped)
    skipped.push_back({{"id", s.id}, {"path", s.path}, {"reason", s.reason}});
  config::Json audited;
  if (bench.experiment.audit != "off") {
    const auto findings = fast_audit(m);
    audited = {{"verdict", audit::name_of(audit::verdict(findings))}, {"findings", config::Json::array()}};
    for (const audit::Finding& f : findings) audited["findings"].push_back(f.json());
    audited["lines"] = audit_lines(findings);
  }
  return {{"name", bench.experiment.name},
          {"dry_run", true},
          {"classes", m.classes},
          {"positive", m.positive_name},
          {"folds", m.folds().size()},
          {"replicates", m.replicates},
          {"parts", parts},
          {"missing", config::Json::array()},
          {"skipped", skipped},
          {"excluded", m.dataset.manifest().excluded},
          {"shapes",
           {{"image", {3, bench.images->size(), bench.images->size()}},
            {"map", {map.channels, map.height, map.width}},
            {"logits", {map.classes}}}},
          {"parameters", {{"trained", parameters}, {"frozen", frozen}}},
          {"memory_bytes", static_cast<std::int64_t>(usage.ru_maxrss) * 1024},
          {"audit", audited},
          {"seconds", cost.seconds},
          {"cached_seconds", cost.cached}};
}

inline std::string dry_run_text(const config::Json& j) {
  std::string out = fmt::format("{}: nothing was written\n\n", j.at("name").get<std::string>());
  out += fmt::format("{:<8}{:>8}{:>10}", "part", "images", "patients");
  for (const auto& name : j.at("classes")) out += fmt::format("{:>14}", name.get<std::string>());
  out += "\n";
  for (const auto& [part, counts] : j.at("parts").items()) {
    const auto patients = counts.at("patients").get<std::size_t>();
    out += fmt::format("{:<8}{:>8}{:>10}", part, counts.at("n").get<std::size_t>(),
                       patients == 0 ? "unknown" : std::to_string(patients));
    for (const auto& [name, n] : counts.at("classes").items()) out += fmt::format("{:>14}", n.get<std::size_t>());
    out += "\n";
  }
  if (j.at("folds") > 1) out += fmt::format("(fold 1 of {})\n", j.at("folds").get<std::size_t>());
  const auto dims = [](const config::Json& shape) {
    std::string text;
    for (const auto& n : shape) text += (text.empty() ? "" : " × ") + n.dump();
    return text;
  };
  out += fmt::format("\nimage {} → map {} → {} classes; {} parameters train, {} are frozen\n",
                     dims(j.at("shapes").at("image")), dims(j.at("shapes").at("map")),
                     j.at("shapes").at("logits")[0].get<int>(), j.at("parameters").at("trained").get<std::int64_t>(),
                     j.at("parameters").at("frozen").get<std::int64_t>());
  if (!j.at("skipped").empty()) out += fmt::format("skipped: {} images\n", j.at("skipped").size());
  for (const std::string& line : sample::exclusion_lines(j.at("excluded"))) out += "excluded: " + line + "\n";
  if (const config::Json& audited = j.at("audit"); !audited.is_null()) {
    out += fmt::format("audit: {}\n", audited.at("verdict").get<std::string>());
    for (const auto& line : audited.at("lines")) out += "  " + line.get<std::string>() + "\n";
  }
  out += fmt::format("memory so far {:.0f} MiB; time about {}\n", j.at("memory_bytes").get<double>() / (1 << 20),
                     base::duration_text(j.at("seconds").get<double>()));
  return out;
}

}  // namespace youden::run
