#pragma once
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "youden/augment/pipeline.hpp"
#include "youden/base/faults.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/text.hpp"
#include "youden/base/threads.hpp"
#include "youden/bundle/bundle.hpp"
#include "youden/data/dataset.hpp"
#include "youden/image/decode.hpp"
#include "youden/image/image_name.hpp"
#include "youden/stat/temperature.hpp"
#include "youden/train/feature_source.hpp"
#include "youden/train/image_pipeline.hpp"
#include "youden/train/scoring.hpp"

namespace youden::bundle {

/// Files as given, and whatever is named like an image in the folders among them, sorted. What of it is absent or no
/// file is told when it is read. Throws DataError naming every folder that holds no image or cannot be listed.
inline std::vector<std::filesystem::path> collect_images(const std::vector<std::string>& words) {
  namespace fs = std::filesystem;
  std::vector<fs::path> out;
  base::Faults faults;
  std::error_code error;
  for (const std::string& word : words) {
    if (!fs::is_directory(word, error)) {
      out.emplace_back(word);
    } else {
      std::vector<fs::path> inside;
      std::error_code ignored;  // of a link to nowhere
      for (fs::recursive_directory_iterator it(word, error), end; !error && it != end; it.increment(error)) {
        if (!it->is_directory(ignored) && image::has_image_name(it->path())) inside.push_back(it->path());
      }
      if (error) {
        faults.add("the folder, or one in it, cannot be listed: " + error.message(), word);
      } else if (inside.empty()) {
        faults.add("the folder holds no image", word);
      }
      std::sort(inside.begin(), inside.end());
      out.insert(out.end(), inside.begin(), inside.end());
    }
  }
  faults.raise<base::DataError>("paths cannot be used:");
  return out;
}

struct Prediction {
  std::filesystem::path path;
  std::vector<double> probability;  ///< in the order of the classes
  std::string decision;
};
/// A file that could not be predicted, and why.
struct Unread {
  std::filesystem::path path;
  std::string reason;
};
struct Predictions {
  std::vector<Prediction> done;
  std::vector<Unread> unread;
  std::string note = {};  ///< of films that use fewer bits than they have; "" = there are none
};

/// Applies one bundle, or averages the probabilities of several of the same run.
class Predictor {
 public:
  explicit Predictor(const std::vector<std::filesystem::path>& files) {
    for (const auto& file : files) {
      bundles_.push_back(Bundle::read(file));
      models_.push_back(bundles_.back().model(file.string()));
      if (bundles_.back().classes != bundles_.front().classes) {
        throw base::WeightsError({"the bundles tell different classes apart", file.string()});
      }
      threshold_ += bundles_.back().threshold / static_cast<double>(files.size());
    }
  }

  [[nodiscard]] const std::vector<std::string>& classes() const { return bundles_.front().classes; }
  [[nodiscard]] const std::string& positive() const { return bundles_.front().positive; }
  [[nodiscard]] double threshold() const { return threshold_; }
  /// Pixels a side.
  [[nodiscard]] int size() const { return static_cast<int>(bundles_.front().size); }
  /// What is white in a 16-bit film, as in training.
  [[nodiscard]] image::ValueRange range() const { return image::value_range(bundles_.front().range); }

  /// One prediction a file that can be read, in their order; the others with the reason.
  [[nodiscard]] Predictions predict(const std::vector<std::filesystem::path>& files) const {
    Predictions out;
    const auto bits = std::make_shared<image::FilmBits>();
    const auto source = std::make_shared<Files>(image::Decoding{.size = size(), .range = range(), .bits = bits});
    sample::Manifest manifest;
    for (const auto& file : files)
      manifest.samples.push_back({.id = file.string(), .path = file.string(), .sha256 = {}, .label = {}});
    base::Progress quiet(true);
    const auto dataset = data::Dataset::open(
        source, std::move(manifest),
        {.skip_broken = true, .may_be_empty = true, .threads = base::usable_threads(), .bits = bits}, quiet);
    for (const sample::Skipped& s : dataset.manifest().skipped) out.unread.push_back({s.path, s.reason});
    out.note = image::range_note(dataset.bit_counts(), dataset.size(), range());
    const std::size_t k = classes().size();
    const std::vector<double> mean = probabilities(dataset);
    for (std::size_t i = 0; i < dataset.size(); ++i) {
      Prediction p{
          dataset.manifest().samples[i].path,
          {mean.begin() + static_cast<std::ptrdiff_t>(i * k), mean.begin() + static_cast<std::ptrdiff_t>((i + 1) * k)},
          {}};
      p.decision = decide(p.probability);
      out.done.push_back(std::move(p));
    }
    return out;
  }

  /// Row-major, samples × classes, rows sum to 1. The dataset's images have the side that size() says.
  [[nodiscard]] std::vector<double> probabilities(const data::Dataset& dataset) const {
    std::vector<train::View> views(dataset.size());
    for (std::size_t i = 0; i < views.size(); ++i) views[i] = {i, -1};

    const std::size_t k = classes().size();
    std::vector<double> mean(views.size() * k, 0.0);
    for (std::size_t b = 0; b < models_.size(); ++b) {
      const train::ImagePipeline images(dataset, augment::Pipeline({}), 0, bundles_[b].normalization, size());
      train::FeatureSource features(images, *models_[b], {.threads = base::usable_threads()});
      torch::set_num_threads(1);
      for (std::size_t from = 0; from < views.size(); from += 64) {
        const std::size_t to = std::min<std::size_t>(from + 64, views.size());
        auto p = train::score(*models_[b], features.get(std::span(views).subspan(from, to - from)));
        stat::apply_temperature(p, k, bundles_[b].temperature);
        for (std::size_t i = 0; i < p.size(); ++i) mean[from * k + i] += p[i] / static_cast<double>(models_.size());
      }
    }
    return mean;
  }

 private:
  /// Image files without labels.
  class Files final : public data::Source {
   public:
    explicit Files(image::Decoding decoding) : decoding_(std::move(decoding)) {}
    [[nodiscard]] sample::Manifest load() const override { return {}; }
    [[nodiscard]] cv::Mat image(const sample::Sample& sample) const override {
      return image::decode_film(sample.path, decoding_);
    }

   private:
    image::Decoding decoding_;
  };

  [[nodiscard]] std::string decide(const std::vector<double>& probability) const {
    const auto best =
        static_cast<std::size_t>(std::max_element(probability.begin(), probability.end()) - probability.begin());
    if (classes().size() != 2) return classes()[best];
    const std::size_t p = classes()[0] == positive() ? 0 : 1;
    return classes()[probability[p] >= threshold_ ? p : 1 - p];
  }

  std::vector<Bundle> bundles_;
  std::vector<std::unique_ptr<train::Model>> models_;
  double threshold_ = 0;
};

}  // namespace youden::bundle
