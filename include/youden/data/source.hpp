#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <opencv2/core.hpp>
#include <optional>
#include <string>

#include "youden/config/fields.hpp"
#include "youden/image/decode.hpp"
#include "youden/sample/manifest.hpp"

namespace youden::data {

/// Where `dataset.size` is auto and nothing speaks for more.
inline constexpr int kUsualSize = 224;

struct SourceCommon {
  config::WordOr<int> size = "auto";
  std::string on_error = "refuse";
  std::optional<config::TextsMap> labels = {};
  std::optional<std::string> source = {};
  std::string range = "auto";

  static const config::Fields<SourceCommon>& fields() {
    static const auto f =
        config::Fields<SourceCommon>()
            .add(
                &SourceCommon::size, "size",
                "side of the square that every image is resized to, ignoring aspect; auto = 448 for a network that is "
                "frozen whole with loaded weights, which reads more from larger films and pays for them once; else 224",
                {.unit = "pixels", .min = 8, .max = 2048, .words = {"auto"}})
            .add(&SourceCommon::on_error, "on_error", "what a missing or unreadable image does to the run",
                 {.choices = {"refuse", "skip"}})
            .add(
                &SourceCommon::labels, "labels",
                "class -> labels as written, e.g. {covid: [COVID-19], drop: ['']}; those under drop are left out; null "
                "= the labels are the classes")
            .add(&SourceCommon::source, "source",
                 "collection or hospital, kept with every sample; null = as the source says")
            .add(&SourceCommon::range, "range",
                 "what is white in a 16-bit film: the most that the bits it uses can hold (10, 12, 14, 15 or 16), or "
                 "65535",
                 {.choices = {"auto", "full"}});
    return f;
  }
};

struct SourceContext {
  std::uint64_t seed = 0;    ///< the experiment's seed, for sources that draw
  int size = 224;            ///< pixels a side
  bool maps_labels = false;  ///< `dataset.labels` is given, so that an empty label may yet get its class
  image::ValueRange range = image::ValueRange::automatic;
  std::shared_ptr<image::FilmBits> bits = {};  ///< where the bits that films use are noted

  [[nodiscard]] image::Decoding decoding() const { return {.size = size, .range = range, .bits = bits}; }
};

/// Where labelled images come from. `load()` lists them without decoding; `image()` may be called from many threads.
class Source {
 public:
  static constexpr const char* kKind = "source";
  using Common = SourceCommon;
  using Context = SourceContext;

  virtual ~Source() = default;
  /// Every sample with label and sha256. Throws DataError naming every file that is missing.
  [[nodiscard]] virtual sample::Manifest load() const = 0;
  /// The sample's image: RGB, 8 or 16 bit a channel, size × size. Throws DataError naming the file.
  [[nodiscard]] virtual cv::Mat image(const sample::Sample& sample) const = 0;
};

}  // namespace youden::data
