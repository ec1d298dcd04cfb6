#pragma once
#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "youden/base/error.hpp"
#include "youden/data/group_regex.hpp"
#include "youden/data/source.hpp"
#include "youden/image/decode.hpp"
#include "youden/image/image_files.hpp"
#include "youden/registry/registry.hpp"

namespace youden::data {

struct ImageFolderOptions {
  std::string root;
  std::optional<std::string> patient;

  static const config::Fields<ImageFolderOptions>& fields() {
    static const auto f =
        config::Fields<ImageFolderOptions>()
            .add(&ImageFolderOptions::root, "root", "folder with one sub-folder of images a class",
                 {.required = true, .path = config::PathRule::project})
            .add(&ImageFolderOptions::patient, "patient",
                 "regular expression on the file name; its first group is the patient, e.g. '^([0-9]{8})_'");
    return f;
  }
};

/// The tutorial's layout:
///
///     root/covid/film-1.png   label covid, id covid/film-1.png
///     root/normal/…           sub-folders of a class are searched too
///
/// Hidden files are passed over; so are files that neither are named like images nor begin like one. DICOM files are
/// listed, so that the run refuses them by name instead of quietly training without them.
class ImageFolder final : public Source {
 public:
  using Options = ImageFolderOptions;
  ImageFolder(Options options, const SourceContext& context)
      : options_(std::move(options)), decoding_(context.decoding()) {
    if (options_.patient) patient_.emplace(*options_.patient, "dataset.patient");
  }

  [[nodiscard]] sample::Manifest load() const override {
    namespace fs = std::filesystem;
    std::error_code error;
    if (!fs::is_directory(options_.root, error)) {
      throw base::DataError(
          {fs::exists(options_.root, error) ? "is a file, not a folder of class folders" : "no such folder",
           options_.root, "set dataset.root to a folder with one sub-folder of images a class"});
    }
    sample::Manifest manifest;
    for (const fs::path& folder : image::children(options_.root)) {
      if (!fs::is_directory(folder, error)) continue;
      for (const fs::path& path : image::image_files(folder)) {
        manifest.samples.push_back({.id = path.lexically_relative(options_.root).generic_string(),
                                    .path = fs::absolute(path, error).lexically_normal().string(),
                                    .sha256 = {},
                                    .label = folder.filename().string(),
                                    .patient = patient_ ? (*patient_)(path.filename().string()) : std::string()});
      }
    }
    if (manifest.samples.empty()) {
      throw base::DataError({"no image in any class folder", options_.root,
                             "expected " + options_.root + "/<class>/<image>.png (or .jpg, .tif, .bmp, …)"});
    }
    if (patient_ && !manifest.has_patients()) {
      throw base::DataError({patient_->text() + " matches no file name, for example not " + manifest.samples.front().id,
                             options_.root, "mend the expression; without patients they may be split across parts"});
    }
    std::sort(manifest.samples.begin(), manifest.samples.end(),
              [](const sample::Sample& a, const sample::Sample& b) { return a.id < b.id; });
    return manifest;
  }

  [[nodiscard]] cv::Mat image(const sample::Sample& sample) const override {
    return image::decode_film(sample.path, decoding_);
  }

 private:
  Options options_;
  std::optional<GroupRegex> patient_ = {};
  image::Decoding decoding_;
};

inline const registry::Register<Source, ImageFolder> kImageFolder{"image_folder",
                                                                  "a folder with one sub-folder of images a class"};

}  // namespace youden::data
