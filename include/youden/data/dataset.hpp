#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/memory.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/threads.hpp"
#include "youden/data/film_memory.hpp"
#include "youden/data/sha256.hpp"
#include "youden/data/source.hpp"
#include "youden/image/film_store.hpp"

namespace youden::data {

/// A manifest whose every image has been opened, and those images: decoded or drawn once, kept in memory within the
/// budget and in a scratch file beyond it. `image()` and `film()` may be called from many threads.
class Dataset {
 public:
  struct Settings {
    bool skip_broken = false;   ///< leave broken images out instead of refusing them
    bool may_be_empty = false;  ///< whether all of them may be left out
    int threads = 1;
    std::size_t budget = film_budget();          ///< bytes of decoded images kept in memory
    std::filesystem::path scratch = {};          ///< folder for the others; empty = the system's for temporary files
    FilmMemory* memory = nullptr;                ///< of the files that were found sound before; null = none
    std::shared_ptr<image::FilmBits> bits = {};  ///< where the source notes the bits that films use; null = nowhere
  };
  /// A quarter of what memory can be had, at most 512 MiB: what lies in the scratch file costs a copy.
  static std::size_t film_budget() { return std::min(base::usable_memory() / 4, std::size_t{512} << 20U); }

  /// Hashes and decodes every file, but for those that did so before and have not changed since. Throws DataError
  /// naming each image that is missing or broken, unless skipped.
  static Dataset open(std::shared_ptr<const Source> source, sample::Manifest manifest, const Settings& settings,
                      base::Progress& progress) {
    Dataset dataset;
    dataset.source_ = std::move(source);
    auto& samples = manifest.samples;
    dataset.films_ = std::make_unique<image::FilmStore>(
        samples.size(), image::FilmStore::Settings{.budget = settings.budget, .scratch = settings.scratch});
    std::vector<std::optional<std::string>> broken(samples.size());
    std::atomic<std::size_t> done{0};
    std::mutex drawing;                               // of the bar
    std::vector<std::string> states(samples.size());  // of files that are read now, as they are before
    for (std::size_t i = 0; settings.memory != nullptr && i < samples.size(); ++i) {
      if (!samples[i].sha256.empty()) continue;
      std::string state = FilmMemory::state_of(samples[i].path);
      if (auto known = settings.memory->find(state)) {
        samples[i].sha256 = std::move(known->sha256);
        if (settings.bits != nullptr) settings.bits->add(samples[i].path, known->bits);
      } else {
        states[i] = std::move(state);
      }
    }
    base::parallel_for(samples.size(), settings.threads, [&](std::size_t i) {
      if (samples[i].sha256.empty()) {  // else it is known, or drawn: nothing on disk that could be broken
        try {
          dataset.films_->keep(i, dataset.source_->image(samples[i]));
          samples[i].sha256 = sha256_of_file(samples[i].path);
        } catch (const base::DataError& e) {
          broken[i] = e.what();
        }
      }
      ++done;
      if (const std::unique_lock turn(drawing, std::try_to_lock); turn) {
        progress.update("images", done, samples.size());
      }
    });
    progress.update("images", samples.size(), samples.size());

    base::Faults faults;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (!broken[i]) {
        const int bits = settings.bits != nullptr ? settings.bits->of(samples[i].path) : 8;
        ++dataset.bit_counts_[bits];
        if (settings.memory != nullptr) settings.memory->add(states[i], {samples[i].sha256, bits});
        dataset.manifest_.samples.push_back(std::move(samples[i]));
        dataset.numbers_.push_back(i);
      } else if (settings.skip_broken) {
        manifest.skipped.push_back({samples[i].id, samples[i].path, *broken[i]});
      } else {
        faults.add(*broken[i]);
      }
    }
    if (settings.memory != nullptr) settings.memory->flush();
    if (!faults.empty()) {
      base::Fault all = faults.summary("images cannot be used:");
      all.remedy = "mend or remove them, or leave them out with dataset.on_error=skip (each is then recorded)";
      throw base::DataError(all);
    }
    dataset.manifest_.skipped = std::move(manifest.skipped);
    dataset.manifest_.excluded = std::move(manifest.excluded);
    dataset.manifest_.notes = std::move(manifest.notes);
    if (dataset.manifest_.samples.empty() && !settings.may_be_empty) {
      const auto& skipped = dataset.manifest_.skipped;
      throw base::DataError({"no usable image is left in the dataset" +
                             (skipped.empty() ? "" : "; the first was skipped because:\n  " + skipped.front().reason)});
    }
    return dataset;
  }

  [[nodiscard]] const sample::Manifest& manifest() const { return manifest_; }
  [[nodiscard]] std::size_t size() const { return manifest_.samples.size(); }
  /// How many films use how many bits; those that are drawn, or of 8 bits, under 8.
  [[nodiscard]] const image::BitCounts& bit_counts() const { return bit_counts_; }
  /// [size,size] of 1 (gray) or 3 (RGB) × uint8 or uint16. Do not write to it: it may be shared.
  [[nodiscard]] cv::Mat film(std::size_t i) const {
    cv::Mat film = films_->get(numbers_[i]);
    if (film.empty()) {
      film = source_->image(manifest_.samples[i]);
      films_->keep(numbers_[i], film);
    }
    return film;
  }
  /// The same with gray repeated: [size,size] of 3 × uint8 or uint16, RGB.
  [[nodiscard]] cv::Mat image(std::size_t i) const {
    cv::Mat image = film(i);
    if (image.channels() == 1) cv::cvtColor(image, image, cv::COLOR_GRAY2RGB);
    return image;
  }

 private:
  std::shared_ptr<const Source> source_;
  sample::Manifest manifest_;
  std::unique_ptr<image::FilmStore> films_;
  image::BitCounts bit_counts_;
  std::vector<std::size_t> numbers_;  ///< sample -> its film's number in the store
};

}  // namespace youden::data
