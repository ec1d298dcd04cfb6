#pragma once
#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/config/fields.hpp"
#include "youden/train/assemble.hpp"
#include "youden/train/checkpoint.hpp"
#include "youden/train/model.hpp"
#include "youden/train/normalization.hpp"

namespace youden::bundle {

/// A trained model in one .safetensors file. Its metadata entry `youden` says all that prediction needs; its tensors
/// are those that were trained and, in an exported bundle, the frozen ones too.
struct Bundle {
  static constexpr int kVersion = 1;

  std::vector<std::string> classes = {};
  std::string positive = {};  ///< empty with more than two classes
  double threshold = 0.5;     ///< the frozen operating point; positive when its score reaches it
  std::int64_t size = 224;    ///< pixels a side
  train::Normalization normalization = {};
  config::Json config = config::Json::object();  ///< the resolved experiment
  std::string prefix_hash = {};
  bool self_contained = false;
  train::Checkpoint tensors = {};

  void write(const std::filesystem::path& path) const {
    const config::Json about{{"version", kVersion},
                             {"classes", classes},
                             {"positive", positive},
                             {"threshold", threshold},
                             {"preprocessing",
                              {{"size", size},
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
    try {
      const auto j = config::Json::parse(about->second);
      if (j.at("version").get<int>() > kVersion) {
        throw base::WeightsError({"was written by a newer Youden", path.string(), "update Youden"});
      }
      b.classes = j.at("classes").get<std::vector<std::string>>();
      b.positive = j.at("positive").get<std::string>();
      b.threshold = j.at("threshold").get<double>();
      const auto& pre = j.at("preprocessing");
      b.size = pre.at("size").get<std::int64_t>();
      b.normalization.bgr = pre.at("channels") == "BGR";
      pre.at("mean").get_to(b.normalization.mean);
      pre.at("std").get_to(b.normalization.std);
      b.prefix_hash = j.at("prefix_hash").get<std::string>();
      b.self_contained = j.at("self_contained").get<bool>();
      b.config = j.at("config");
    } catch (const config::Json::exception& e) {
      throw base::WeightsError({"the bundle's metadata is damaged (" + std::string(e.what()) + ")", path.string()});
    }
    return b;
  }

  /// The model, ready to predict. A bundle that is not self-contained needs the weights it was trained on; their
  /// content is checked.
  [[nodiscard]] std::unique_ptr<train::Model> model(const std::string& where) const {
    train::Recipe recipe{.backbone = config::component_from_json(config.at("backbone")),
                         .head = config::component_from_json(config.at("head")),
                         .classes = static_cast<std::int64_t>(classes.size()),
                         .size = size,
                         .seed = config.at("seed").get<std::uint64_t>()};
    if (self_contained) recipe.backbone.options["weights"] = nullptr;
    auto model = train::Assembler(recipe).make(0);
    tensors.restore("", model->trained_state(), where);
    if (self_contained) tensors.restore("", model->prefix_state(), where);
    if (model->prefix_hash() != prefix_hash) {
      throw base::WeightsError({"the frozen weights are not those that the model was trained on", where,
                                "give back the weight file of the run, or use `youden export` where it is"});
    }
    model->set_training(false);
    return model;
  }
};

}  // namespace youden::bundle
