#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/philox.hpp"
#include "youden/data/phantom_film.hpp"
#include "youden/data/sha256.hpp"
#include "youden/data/source.hpp"
#include "youden/registry/registry.hpp"

namespace youden::data {

struct PhantomOptions {
  int films = 240;
  double prevalence = 0.5;
  std::vector<double> films_per_patient = {1, 3};
  double contrast = 1;
  double marker_rate = 0;
  double border = 0;
  double source_rate = 0;
  double source_brightness = 0;
  std::optional<std::uint64_t> seed = {};

  static const config::Fields<PhantomOptions>& fields() {
    static const auto f =
        config::Fields<PhantomOptions>()
            .add(&PhantomOptions::films, "films", "how many films", {.min = 4, .max = 1'000'000})
            .add(&PhantomOptions::prevalence, "prevalence", "share of films labelled opacity; the rest is clear",
                 {.min = 0, .max = 1})
            .add(&PhantomOptions::films_per_patient, "films_per_patient",
                 "least and most films of one patient, drawn evenly", {.min = 1, .max = 20})
            .add(&PhantomOptions::contrast, "contrast",
                 "strength of the opacities: 1 is hard but learnable, 0 leaves no difference between the labels",
                 {.min = 0, .max = 10})
            .add(&PhantomOptions::marker_rate, "marker_rate",
                 "shortcut: share of films whose corner letter follows the label; the others carry it by a coin",
                 {.min = 0, .max = 1})
            .add(&PhantomOptions::border, "border",
                 "shortcut: share of films whose black edges follow the label; the others have them by a coin",
                 {.min = 0, .max = 1})
            .add(&PhantomOptions::source_rate, "source_rate",
                 "shortcut: share of patients whose hospital follows the label (opacity: b); the others go by a coin",
                 {.min = 0, .max = 1})
            .add(&PhantomOptions::source_brightness, "source_brightness", "how much brighter hospital b's films are",
                 {.unit = "of full scale", .min = 0, .max = 0.5})
            .add(&PhantomOptions::seed, "seed", "of the films; null = the experiment's seed");
    return f;
  }
};

/// Procedural frontal chest films, drawn on demand: nothing on disk. Labels `opacity` (bilateral, peripheral,
/// lower-zone haze) and `clear`; patients with several films; two hospitals. Shortcuts are off unless asked for, and
/// then only what was asked for depends on the label.
class Phantom : public Source {
 public:
  using Options = PhantomOptions;
  static constexpr const char* kVersion = "phantom 1";  ///< changes whenever a film's pixels do

  Phantom(Options options, const Context& context)
      : options_(std::move(options)), seed_(options_.seed.value_or(context.seed)), size_(context.size) {
    const auto& range = options_.films_per_patient;
    if (range.size() != 2 || range[0] > range[1] || range[0] < 1) {
      throw base::ConfigError({"films_per_patient is not a range", "dataset.films_per_patient", "write [least, most]"});
    }
    make_patients();
    choose_labels();
    for (PhantomPatient& p : patients_) {
      p.hospital = follows(p.opacity, options_.source_rate, "source", p.id) ? 'b' : 'a';
    }
    for (std::size_t i = 0; i < films_.size(); ++i) index_[films_[i].id] = i;
  }

  [[nodiscard]] sample::Manifest load() const override {
    sample::Manifest manifest;
    const std::string made_from = recipe();
    for (const Film& film : films_) {
      const PhantomPatient& p = patients_[film.patient];
      manifest.samples.push_back({.id = film.id,
                                  .path = {},
                                  .sha256 = sha256_of(made_from + film.id),
                                  .label = p.opacity ? "opacity" : "clear",
                                  .patient = p.id,
                                  .source = std::string(1, p.hospital),
                                  .covariates = {{"age", p.age}, {"sex", p.female ? "F" : "M"}, {"view", "PA"}}});
    }
    return manifest;
  }

  /// [size,size] of 3 × uint8, RGB, all channels alike.
  [[nodiscard]] cv::Mat image(const sample::Sample& sample) const override {
    const auto it = index_.find(sample.id);
    if (it == index_.end()) {
      throw base::DataError({"the phantom has no film '" + sample.id + "'",
                             {},
                             "it draws phantom-… for the options it was given: were `films` or `seed` changed?"});
    }
    const Film& film = films_[it->second];
    const PhantomPatient& p = patients_[film.patient];
    return phantom_film(seed_, p, film.number,
                        {.contrast = static_cast<float>(options_.contrast),
                         .marker = follows(p.opacity, options_.marker_rate, "marker", film.id),
                         .border = follows(p.opacity, options_.border, "border", film.id),
                         .brightness = p.hospital == 'b' ? static_cast<float>(options_.source_brightness) : 0},
                        size_);
  }

 private:
  struct Film {
    std::string id;
    std::size_t patient;
    int number;  ///< among the patient's films
  };

  static std::string numbered(const std::string& prefix, std::size_t number, std::size_t of) {
    const std::string digits = std::to_string(number);
    const std::size_t width = std::max<std::size_t>(4, std::to_string(of).size());
    return prefix + std::string(width - std::min(width, digits.size()), '0') + digits;
  }

  void make_patients() {
    base::Stream stream({.seed = seed_, .purpose = "phantom-patients"});
    const auto least = static_cast<int>(options_.films_per_patient[0]);
    const auto most = static_cast<int>(options_.films_per_patient[1]);
    const auto total = static_cast<std::size_t>(options_.films);
    while (films_.size() < total) {
      const int n = least + static_cast<int>(stream.below(static_cast<std::uint32_t>(most - least + 1)));
      patients_.emplace_back(seed_, numbered("p", patients_.size() + 1, total));
      for (int k = 0; k < n && films_.size() < total; ++k) {
        films_.push_back({numbered("phantom-", films_.size() + 1, total), patients_.size() - 1, k});
      }
    }
  }

  /// Patients in random order become positive while their films still fit the share asked for.
  void choose_labels() {
    std::vector<std::size_t> films(patients_.size());
    for (const Film& film : films_) ++films[film.patient];
    std::vector<std::size_t> order(patients_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    base::Stream stream({.seed = seed_, .purpose = "phantom-labels"});
    stream.shuffle(order);
    auto left = static_cast<std::size_t>(std::lround(options_.prevalence * static_cast<double>(films_.size())));
    for (const std::size_t p : order) {
      if (films[p] > left) continue;
      patients_[p].opacity = true;
      left -= films[p];
    }
  }

  /// The label itself for `rate` of the items, a fair coin for the others; the same coins at every rate.
  [[nodiscard]] bool follows(bool label, double rate, std::string_view purpose, const std::string& item) const {
    base::Stream stream({.seed = seed_, .purpose = purpose, .item = item});
    const bool coin = stream.bernoulli(0.5);
    return stream.bernoulli(rate) ? label : coin;
  }

  /// Everything that a film's pixels are made from, but for the film's own name.
  [[nodiscard]] std::string recipe() const {
    config::Json options = Options::fields().print(options_);
    options.erase("seed");  // null and the experiment's seed spelled out are the same films
    return std::string(kVersion) + "\n" + options.dump() + "\nseed " + std::to_string(seed_) + "\nsize " +
           std::to_string(size_) + "\nfilm ";
  }

  Options options_;
  std::uint64_t seed_;
  int size_;
  std::vector<PhantomPatient> patients_;
  std::vector<Film> films_;
  std::map<std::string, std::size_t> index_;
};

inline const registry::Register<Source, Phantom> kPhantom{
    "phantom", "procedural chest films with known disease and, when asked for, known shortcuts; needs no files"};

}  // namespace youden::data
