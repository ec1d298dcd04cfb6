#pragma once
#include <c10/util/Exception.h>
#include <torch/types.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/bundle/parts.hpp"
#include "youden/config/json.hpp"
#include "youden/train/assemble.hpp"
#include "youden/train/checkpoint.hpp"
#include "youden/train/model.hpp"
#include "youden/train/normalization.hpp"

namespace youden::bundle {

/// A trained model in one .safetensors file. Its metadata entry `youden` says all that prediction needs; its tensors
/// are those that were trained and, in an exported bundle, the frozen ones too.
struct Bundle {
  static constexpr int kVersion = 2;  ///< 2: has a temperature; without one, 1 is written, which all read

  std::vector<std::string> classes = {};
  std::string positive = {};   ///< empty with more than two classes
  double threshold = 0.5;      ///< the frozen operating point; positive when its score reaches it
  double temperature = 1;      ///< of the probabilities: softmax(logits / T); the threshold is meant for them
  std::int64_t size = 224;     ///< pixels a side
  std::string range = "full";  ///< `dataset.range` of the films it learnt from; what older bundles had
  train::Normalization normalization = {};
  config::Json config = config::Json::object();  ///< the experiment, as far as it determines numbers
  std::string prefix_hash = {};
  bool self_contained = false;
  train::Checkpoint tensors = {};

  /// Takes in the frozen tensors of its model, so that it predicts where their weight file is not.
  void embed(const train::Model& model) {
    tensors.add("", model.prefix_state());
    config["backbone"]["weights"] = nullptr;
    self_contained = true;
  }

  void write(const std::filesystem::path& path) const {
    const config::Json about{{"version", temperature == 1 ? 1 : kVersion},
                             {"classes", classes},
                             {"positive", positive},
                             {"threshold", threshold},
                             {"temperature", temperature},
                             {"preprocessing",
                              {{"size", size},
                               {"range", range},
                               {"channels", normalization.bgr ? "BGR" : "RGB"},
                               {"scale", "0-1"},
                               {"mean", normalization.mean},
                               {"std", normalization.std}}},
                             {"prefix_hash", prefix_hash},
                             {"self_contained", self_contained},
                             {"config", config}};
    train::Checkpoint file = tensors;
    file.facts = {{"youden", about.dump()}};
    file.write(path);
  }

  static Bundle read(const std::filesystem::path& path) {
    Bundle b;
    b.tensors = train::Checkpoint::read(path);
    const auto about = b.tensors.facts.find("youden");
    if (about == b.tensors.facts.end()) {
      throw base::WeightsError({"is no model bundle of Youden", path.string(),
                                "give a run, or a file that `youden export` or a run's model artifact names"});
    }
    const auto whole = [&](const config::Json& number) {
      const auto value = number.is_number_integer() ? number.get<std::int64_t>() : -1;
      if (value >= 0) return value;
      throw base::WeightsError(
          {"the bundle's metadata is damaged (" + base::excerpt(number.dump()) + " is no whole number)",
           path.string()});
    };
    try {
      const auto j = config::Json::parse(about->second, [&](int depth, auto, const config::Json&) {
        if (depth > 64) throw base::WeightsError({"the bundle's metadata is nested too deeply", path.string()});
        return true;
      });
      if (whole(j.at("version")) > kVersion) {
        throw base::WeightsError({"was written by a newer Youden", path.string(), "update Youden"});
      }
      b.classes = j.at("classes").get<std::vector<std::string>>();
      b.positive = j.at("positive").get<std::string>();
      b.threshold = j.at("threshold").get<double>();
      b.temperature = j.value("temperature", 1.0);
      const auto& pre = j.at("preprocessing");
      b.size = whole(pre.at("size"));
      b.range = pre.value("range", std::string("full"));
      b.normalization.bgr = pre.at("channels") == "BGR";
      pre.at("mean").get_to(b.normalization.mean);
      pre.at("std").get_to(b.normalization.std);
      b.prefix_hash = j.at("prefix_hash").get<std::string>();
      b.self_contained = j.at("self_contained").get<bool>();
      b.config = j.at("config");
    } catch (const config::Json::exception& e) {
      throw base::WeightsError({"the bundle's metadata is damaged (" + std::string(e.what()) + ")", path.string()});
    }
    b.require_sense(path.string());
    return b;
  }

  /// The model, ready to predict in the precision it was trained with. A bundle that is not self-contained needs the
  /// weights it was trained on; their content is checked.
  [[nodiscard]] std::unique_ptr<train::Model> model(const std::string& where,
                                                    const base::Cpu& cpu = base::Cpu::here()) const {
    const Parts parts = Parts::from(config, where);
    train::Recipe recipe{.backbone = parts.backbone,
                         .head = parts.head,
                         .classes = static_cast<std::int64_t>(classes.size()),
                         .size = size,
                         .seed = static_cast<std::uint64_t>(parts.seed),
                         .cpu = cpu};
    if (const auto fault = backbone::unsupported(parts.backbone, cpu, where)) {
      throw base::WeightsError({"the model was trained in another arithmetic than this machine has: " + fault->what,
                                where, "predict where it was trained, or train it with backbone.precision=float32"});
    }
    if (self_contained) recipe.backbone.options["weights"] = nullptr;
    auto model = build(recipe, where);
    if (const auto mean = tensors.tensors.find(train::Model::kFeatureMean); mean != tensors.tensors.end()) {
      model->prepare_standardisation(mean->second.numel());
    }
    fill(model->trained_state(), where);
    if (self_contained) fill(model->prefix_state(), where);
    if (model->prefix_hash() != prefix_hash) {
      throw base::WeightsError({"the frozen weights are not those that the model was trained on", where,
                                "give back the weight file of the run, or use `youden export` where it is"});
    }
    model->set_training(false);
    return model;
  }

 private:
  static std::unique_ptr<train::Model> build(const train::Recipe& recipe, const std::string& where) {
    const auto refuse = [&](const std::string& reason) {
      return base::WeightsError({"the bundle describes a model that cannot be built (" + reason + ")", where});
    };
    try {
      return train::Assembler(recipe).make(0);
    } catch (const base::ConfigError& e) {
      throw refuse(base::split(e.what(), '\n')[0]);
    } catch (const c10::Error& e) {
      throw refuse(base::split(e.what_without_backtrace(), '\n')[0]);
    }
  }

  void fill(const train::Model::NamedTensors& named, const std::string& where) const {
    for (const auto& [name, tensor] : named) {
      const auto it = tensors.tensors.find(name);
      const char* fault = it == tensors.tensors.end()                 ? "is missing"
                          : it->second.sizes() != tensor.sizes()      ? "has another shape"
                          : !it->second.isfinite().all().item<bool>() ? "holds NaN or infinity"
                                                                      : nullptr;
      if (fault == nullptr) continue;
      throw base::WeightsError({"the bundle does not hold the model that it describes: tensor " + name + " " + fault,
                                where, "export the run again"});
    }
    tensors.restore("", named, where);
  }

  /// Refuses what no run writes, before anything is built from it.
  void require_sense(const std::string& where) const {
    const std::set<std::string> distinct(classes.begin(), classes.end());
    base::Faults faults;
    if (classes.size() < 2 || distinct.size() != classes.size() || classes.size() > 10'000)
      faults.add("its classes are not two or more different names", where);
    if (classes.size() == 2 ? !distinct.contains(positive) : !positive.empty() && !distinct.contains(positive))
      faults.add("its positive class is none of its classes", where);
    if (!(threshold >= 0 && threshold <= 1)) faults.add("its threshold is not between 0 and 1", where);
    if (!(temperature >= 0.01 && temperature <= 100)) faults.add("its temperature is not between 0.01 and 100", where);
    if (size < 8 || size > 2048) faults.add("its image size is not between 8 and 2048 pixels", where);
    for (std::size_t c = 0; c < 3; ++c) {
      if (!std::isfinite(normalization.mean[c]) || !std::isfinite(normalization.std[c]) || normalization.std[c] <= 0) {
        faults.add("its normalisation is no mean and positive deviation", where);
        break;
      }
    }
    faults.raise<base::WeightsError>("faults in the bundle's metadata:");
  }
};

}  // namespace youden::bundle
