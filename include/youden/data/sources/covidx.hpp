#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/read_file.hpp"
#include "youden/base/text.hpp"
#include "youden/base/utf8.hpp"
#include "youden/data/confine.hpp"
#include "youden/data/source.hpp"
#include "youden/image/decode.hpp"
#include "youden/image/image_name.hpp"
#include "youden/registry/registry.hpp"

namespace youden::data {

struct CovidxOptions {
  std::string root;
  std::vector<std::string> lists = {"train.txt", "test.txt"};

  static const config::Fields<CovidxOptions>& fields() {
    using Options = CovidxOptions;
    static const auto f =
        config::Fields<Options>()
            .add(&Options::root, "root", "the collection's folder, with its lists and the folders train/ and test/",
                 {.required = true, .path = config::PathRule::project})
            .add(&Options::lists, "lists",
                 "its text lists within root, e.g. [train_COVIDx9A.txt, test_COVIDx9A.txt]; the part is the name's "
                 "beginning: train, val or test");
    return f;
  }
};

/// COVIDx (Wang et al. 2020, arXiv:2003.09871), lines of `patient file label [source]` without a header:
///
///     root/train_COVIDx9A.txt     COVID-19 (12) film-3.png positive cohen
///     root/train/film-3.png
///
/// Patient ids hold spaces, so a line is read from its end: the last word that is named like an image is the file.
class Covidx final : public Source {
 public:
  using Options = CovidxOptions;
  Covidx(Options options, const SourceContext& context) : options_(std::move(options)), decoding_(context.decoding()) {}

  [[nodiscard]] sample::Manifest load() const override {
    std::map<std::string, sample::Sample> samples;
    base::Faults faults;
    for (const std::string& list : options_.lists) read(list, samples, faults);
    faults.raise<base::DataError>("faults in the lists:");
    sample::Manifest manifest;
    for (auto& [id, sample] : samples) manifest.samples.push_back(std::move(sample));
    if (manifest.samples.empty()) throw base::DataError({"the lists have no line", options_.root});
    return manifest;
  }

  [[nodiscard]] cv::Mat image(const sample::Sample& sample) const override {
    return image::decode_film(sample.path, decoding_);
  }

 private:
  void read(const std::string& list, std::map<std::string, sample::Sample>& samples, base::Faults& faults) const {
    const std::filesystem::path root = options_.root;
    const std::string file = confined(root, list, "dataset.lists", "name lists within dataset.root", faults);
    const std::string part = part_of(list);
    if (part.empty()) {
      faults.add("'" + list + "' does not say which part it lists", "dataset.lists",
                 "its name begins with train, val or test");
      return;
    }
    const auto text = base::read_file(file, {.what = "the list", .absent = "set dataset.root and dataset.lists"});
    std::size_t number = 0;
    for (std::string line : base::split(text, '\n')) {
      ++number;
      const std::string place = file + ":" + std::to_string(number);
      if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
      if (base::trim(line).empty()) continue;
      if (base::first_bad_utf8(line) || line.find('\0') != std::string::npos) {
        faults.add("the line is not UTF-8 text", place);
        continue;
      }
      std::vector<std::string> words;
      for (const std::string& word : base::split(base::trim(line), ' ')) {
        if (!word.empty()) words.push_back(word);
      }
      std::size_t at = words.size();
      while (at > 0 && !image::has_image_name(words[at - 1])) --at;
      const std::size_t after = words.size() - at;
      if (at < 2 || after < 1 || after > 2) {
        faults.add("the line is not 'patient file label [source]'", place, "its file is named like an image");
        continue;
      }
      const std::string& name = words[at - 1];
      std::string patient =
          base::join(std::vector(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(at) - 1), " ");
      const std::string id = part + "/" + name;
      sample::Sample s{.id = id,
                       .path = confined(root / part, name, place, "a line names a file of its part's folder", faults),
                       .sha256 = {},
                       .label = words[at],
                       .patient = std::move(patient),
                       .source = after == 2 ? words[at + 1] : "covidx",
                       .part = part};
      if (!samples.emplace(id, std::move(s)).second) faults.add("'" + name + "' is listed twice", place);
    }
  }

  static std::string part_of(const std::string& list) {
    const std::string name = std::filesystem::path(list).filename().string();
    for (const char* part : {"train", "val", "test"}) {
      if (name.starts_with(part)) return part;
    }
    return {};
  }

  Options options_;
  image::Decoding decoding_;
};

inline const registry::Register<Source, Covidx> kCovidx{"covidx", "COVIDx: text lists of patient, file, label, source"};

}  // namespace youden::data
