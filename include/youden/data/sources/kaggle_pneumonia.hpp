#pragma once
#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/data/patient_names.hpp"
#include "youden/data/source.hpp"
#include "youden/image/decode.hpp"
#include "youden/image/image_files.hpp"
#include "youden/registry/registry.hpp"

namespace youden::data {

struct KagglePneumoniaOptions {
  std::string root;

  static const config::Fields<KagglePneumoniaOptions>& fields() {
    static const auto f = config::Fields<KagglePneumoniaOptions>().add(
        &KagglePneumoniaOptions::root, "root", "chest_xray, the folder with train/, val/ and test/",
        {.required = true, .path = config::PathRule::project});
    return f;
  }
};

/// Kaggle's pneumonia set (Kermany et al. 2018, doi:10.1016/j.cell.2018.02.010), children aged 1 to 5:
///
///     root/train/PNEUMONIA/person12_bacteria_34.jpeg     patient person12, cause bacteria
///     root/test/NORMAL/NORMAL2-IM-0115-0001.jpeg         patient NORMAL2-IM-0115
///
/// id = path below root, label = class folder, part = first folder. Numbers of patients start anew in each part and
/// class, so both belong to the group.
class KagglePneumonia final : public Source {
 public:
  using Options = KagglePneumoniaOptions;
  KagglePneumonia(Options options, const SourceContext& context)
      : options_(std::move(options)), decoding_(context.decoding()) {}

  [[nodiscard]] sample::Manifest load() const override {
    const std::string remedy = "set dataset.root to chest_xray, the folder with train/, val/ and test/";
    sample::Manifest manifest;
    base::Faults faults;
    for (const auto& path : image::require_image_files(options_.root, remedy)) {
      const std::filesystem::path inside = path.lexically_relative(options_.root);
      std::vector<std::string> folders;
      for (const auto& step : inside) folders.push_back(step.string());
      const bool fits = folders.size() == 3 && (folders[0] == "train" || folders[0] == "val" || folders[0] == "test");
      if (!fits) {
        faults.add("is not in train, val or test and a class folder", inside.string(), faults.empty() ? remedy : "");
        continue;
      }
      const std::string name = path.filename().string();
      const std::string patient = kaggle_patient(name);
      sample::Sample s{.id = inside.generic_string(),
                       .path = std::filesystem::absolute(path).lexically_normal().string(),
                       .sha256 = {},
                       .label = folders[1],
                       .patient = patient.empty() ? "" : folders[0] + "/" + folders[1] + "/" + patient,
                       .source = "kaggle-pneumonia",
                       .part = folders[0]};
      for (const char* cause : {"bacteria", "virus"}) {
        if (name.find(std::string("_") + cause + "_") != std::string::npos) s.covariates["cause"] = cause;
      }
      manifest.samples.push_back(std::move(s));
    }
    faults.raise<base::DataError>("files do not fit the collection:");
    std::sort(manifest.samples.begin(), manifest.samples.end(),
              [](const sample::Sample& a, const sample::Sample& b) { return a.id < b.id; });
    return manifest;
  }

  [[nodiscard]] cv::Mat image(const sample::Sample& sample) const override {
    return image::decode_film(sample.path, decoding_);
  }

 private:
  Options options_;
  image::Decoding decoding_;
};

inline const registry::Register<Source, KagglePneumonia> kKagglePneumonia{
    "kaggle_pneumonia", "Kaggle's pneumonia set: part and class from the folders, patient from the file name"};

}  // namespace youden::data
