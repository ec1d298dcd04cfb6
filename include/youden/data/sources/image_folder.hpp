#pragma once
#include <algorithm>
#include <filesystem>
#include <optional>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/data/decode.hpp"
#include "youden/data/image_name.hpp"
#include "youden/data/source.hpp"
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
/// Hidden files are passed over; so are files that neither are named like images nor begin like one.
class ImageFolder final : public Source {
 public:
  using Options = ImageFolderOptions;
  ImageFolder(Options options, const SourceContext& context) : options_(std::move(options)), size_(context.size) {}

  [[nodiscard]] Manifest load() const override {
    namespace fs = std::filesystem;
    std::error_code error;
    if (!fs::is_directory(options_.root, error)) {
      throw base::DataError(
          {fs::exists(options_.root, error) ? "is a file, not a folder of class folders" : "no such folder",
           options_.root, "set dataset.root to a folder with one sub-folder of images a class"});
    }
    Manifest manifest;
    for (const fs::path& folder : children(options_.root)) {
      if (fs::is_directory(folder, error)) collect(folder, folder.filename().string(), manifest);
    }
    if (manifest.samples.empty()) {
      throw base::DataError({"no image in any class folder", options_.root,
                             "expected " + options_.root + "/<class>/<image>.png (or .jpg, .tif, .bmp, …)"});
    }
    std::sort(manifest.samples.begin(), manifest.samples.end(),
              [](const Sample& a, const Sample& b) { return a.id < b.id; });
    return manifest;
  }

  [[nodiscard]] cv::Mat image(const Sample& sample) const override { return decode_film(sample.path, size_); }

 private:
  static std::vector<std::filesystem::path> children(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> out;
    std::error_code error;
    for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
      if (!it->path().filename().string().starts_with('.')) out.push_back(it->path());
    }
    if (error) throw base::DataError({"the folder cannot be listed: " + error.message(), folder.string()});
    std::sort(out.begin(), out.end());
    return out;
  }

  void collect(const std::filesystem::path& folder, const std::string& label, Manifest& into) const {
    std::error_code error;
    for (const auto& path : children(folder)) {
      const bool named = has_image_name(path);
      if (!named && std::filesystem::is_directory(path, error)) {
        collect(path, label, into);
      } else if (named || begins_like_image(path)) {
        into.samples.push_back({.id = std::filesystem::relative(path, options_.root, error).generic_string(),
                                .path = std::filesystem::absolute(path, error).lexically_normal().string(),
                                .sha256 = {},
                                .label = label,
                                .group = patient_of(path.filename().string())});
      }
    }
  }

  [[nodiscard]] std::string patient_of(const std::string& file) const {
    if (!options_.patient) return {};
    try {
      std::smatch match;
      if (!std::regex_search(file, match, std::regex(*options_.patient))) return {};
      return match.size() > 1 ? match[1].str() : match[0].str();
    } catch (const std::regex_error& e) {
      throw base::ConfigError(
          {"dataset.patient is not a regular expression: " + *options_.patient + " (" + e.what() + ")"});
    }
  }

  static bool begins_like_image(const std::filesystem::path& path) {
    try {
      return read_header(path).width > 0;
    } catch (const base::DataError&) {
      return false;
    }
  }

  Options options_;
  int size_;
};

inline const registry::Register<Source, ImageFolder> kImageFolder{"image_folder",
                                                                  "a folder with one sub-folder of images a class"};

}  // namespace youden::data
