#pragma once
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/data/apportion.hpp"
#include "youden/data/split.hpp"
#include "youden/registry/registry.hpp"

namespace youden::data {

struct LeaveOneSourceOutOptions {
  double val = 0;

  static const config::Fields<LeaveOneSourceOutOptions>& fields() {
    static const auto f = config::Fields<LeaveOneSourceOutOptions>().add(
        &LeaveOneSourceOutOptions::val, "val", "share of each fold's training samples set aside for validation",
        {.min = 0, .max = 0.9});
    return f;
  }
};

/// Internal-external validation (Steyerberg & Harrell 2016, doi:10.1016/j.jclinepi.2015.04.005): each collection or
/// hospital is held out once as part `oof`, in the order of their names. Films elsewhere with an id of its patients are
/// unused there, to be on the safe side.
class LeaveOneSourceOut final : public Split {
 public:
  using Options = LeaveOneSourceOutOptions;
  LeaveOneSourceOut(Options options, SplitContext context) : options_(options), context_(std::move(context)) {}

  [[nodiscard]] std::vector<Fold> folds(const sample::Manifest& manifest) const override {
    const auto sources = sources_of(manifest);
    require_both_sides(manifest, sources);
    std::vector<Fold> out;
    for (const auto& [source, labels] : sources) {
      std::set<std::string> ids;  // one that stands elsewhere, too, may or may not be the same person
      for (const sample::Sample& s : manifest.samples) {
        if (s.source == source && !s.patient.empty() && context_.common.group) ids.insert(s.patient);
      }
      Fold fold;
      std::vector<std::size_t> rest;
      for (std::size_t i = 0; i < manifest.samples.size(); ++i) {
        const sample::Sample& s = manifest.samples[i];
        const bool elsewhere = s.source != source && ids.contains(s.patient);
        fold.push_back(s.source == source ? Part::oof : elsewhere ? Part::unused : Part::train);
        if (fold.back() == Part::train) rest.push_back(i);
      }
      if (options_.val > 0) {
        const auto share = Apportion(manifest, rest, context_)
                               .divide({1 - options_.val, options_.val}, {"train", "val"}, out.size() + 1);
        for (const std::size_t i : rest) fold[i] = share[i] == 0 ? Part::train : Part::val;
      }
      out.push_back(std::move(fold));
    }
    return out;
  }

 private:
  using Sources = std::map<std::string, std::map<std::string, std::size_t>>;  ///< source -> label -> samples

  static Sources sources_of(const sample::Manifest& manifest) {
    Sources out;
    std::vector<std::string> unknown;
    for (const sample::Sample& s : manifest.samples) {
      if (s.source.empty()) {
        unknown.push_back(s.id);
      } else {
        ++out[s.source][s.label];
      }
    }
    if (!unknown.empty()) {
      throw base::DataError({std::to_string(unknown.size()) + " samples have no source, among them " + unknown.front(),
                             "split", "give a source column (manifest) or dataset.source, or use split: kfold"});
    }
    if (out.size() < 2) {
      throw base::DataError({"all samples are of one source" + (out.empty() ? "" : " ('" + out.begin()->first + "')"),
                             "split", "leaving one source out takes two; use split: kfold"});
    }
    return out;
  }

  /// Without a source every class must be left to train on: else the source itself tells the label.
  void require_both_sides(const sample::Manifest& manifest, const Sources& sources) const {
    const auto labels = context_.classes.empty() ? manifest.labels() : context_.classes;
    base::Faults faults;
    for (const auto& [source, held_out] : sources) {
      for (const std::string& label : labels) {
        std::size_t left = 0;
        for (const auto& [other, counts] : sources) {
          if (other != source && counts.contains(label)) left += counts.at(label);
        }
        if (left == 0) faults.add("without the source '" + source + "' no sample of '" + label + "' is left", "split");
      }
    }
    if (!faults.empty()) {
      faults.add("a source that has a class to itself tells the label by itself", "split",
                 "collect each class from several sources, or use split: kfold and read the audit");
    }
    faults.raise<base::DataError>("leaving one source out is not possible:");
  }

  Options options_;
  SplitContext context_;
};

inline const registry::Register<Split, LeaveOneSourceOut> kLeaveOneSourceOut{
    "leave_one_source_out", "each collection or hospital is held out once"};

}  // namespace youden::data
