#include <torch/torch.h>
#include <torch/version.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backbone/formula.hpp"
#include "shared.hpp"
#include "youden/backbone/backbone.hpp"
#include "youden/backbone/freeze.hpp"
#include "youden/backbone/stage_shapes.hpp"
#include "youden/registry/registry.hpp"
#include "youden/weights/load.hpp"
#include "youden/weights/read.hpp"
#include "youden/weights/safetensors.hpp"

using namespace youden;
using namespace youden::backbone;

namespace {

const std::filesystem::path kGolden = std::filesystem::path(kSourceDir) / "tests" / "golden" / "backbone";

std::unique_ptr<Backbone> network(const std::string& name, const config::Json& options = config::Json::object()) {
  return registry::make<Backbone>({name, options});
}
torch::Tensor features(Backbone& backbone, const torch::Tensor& images) {
  const torch::NoGradGuard no_grad;
  backbone.eval();
  return run_stages(backbone, images, 0, backbone.stages().size());
}
std::map<std::string, torch::Tensor> tensors_of(const std::filesystem::path& path) {
  std::map<std::string, torch::Tensor> out;
  for (const auto& t : weights::read_weights(path)) out[t.name] = weights::to_torch(t);
  return out;
}
void check_against_shared(const std::string& name, const std::string& suffix = "_imagenet") {
  const auto golden = tensors_of(test::shared_weights() / (name + suffix + ".golden.safetensors"));
  const auto net = network(name);
  const auto file = test::shared_weights() / (name + suffix + ".safetensors");
  weights::load_state(*net, weights::read_weights(file, net->ignored_tensors()), net->ignored_tensors(), file.string());
  for (const auto format : {torch::MemoryFormat::Contiguous, torch::MemoryFormat::ChannelsLast}) {
    const torch::Tensor map = features(*net, golden.at("input").contiguous(format));
    const double off = test::difference(map.mean({2, 3}), golden.at("pooled"));
    BOOST_TEST_MESSAGE(name << " with its ImageNet weights: " << off);
    BOOST_TEST(off <= 1e-5);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(networks)

BOOST_AUTO_TEST_CASE(tensors_have_torchvisions_names_and_shapes) {
  std::ifstream in(kGolden / "torchvision_names.json");
  const auto golden = nlohmann::json::parse(in);
  BOOST_TEST(golden.size() == 13U);
  for (const auto& [name, expected] : golden.items()) {
    std::map<std::string, std::vector<std::int64_t>> ours;
    for (const auto& [key, tensor] : weights::named_state(*network(name))) ours[key] = tensor.sizes().vec();
    BOOST_TEST((ours == expected.get<std::map<std::string, std::vector<std::int64_t>>>()), name);
  }
}

BOOST_AUTO_TEST_CASE(features_equal_torchvisions) {
  const auto golden = tensors_of(kGolden / "features.safetensors");
  BOOST_TEST(golden.size() == 6U);
  const torch::Tensor image = test::unit("input", {1, 3, 64, 96}).to(torch::kFloat32);
  for (const auto& [name, expected] : golden) {
    const auto net = network(name);
    const test::TempFolder folder;
    weights::write_safetensors(folder / "w.safetensors", test::formula_state(*net));
    weights::load_state(*net, weights::read_weights(folder / "w.safetensors"), {}, "w.safetensors");
    net->eval();
    // As what trains is computed: module by module, each sum in the order of the torchvision that made the golden
    // features, which ran on PyTorch 1.13. libtorch 2 sums 1×1 convolutions in another order (see below).
    constexpr double kExact = TORCH_VERSION_MAJOR < 2 ? 1e-5 : 1e-4;
    const torch::Tensor ours = run_stages(*net, image, 0, net->stages().size()).detach();
    BOOST_REQUIRE_MESSAGE(ours.sizes() == expected.sizes(), name);
    const double off = test::difference(ours, expected);
    BOOST_TEST_MESSAGE(name << " with formula weights: " << off);
    BOOST_TEST(off <= kExact, name << " is off by " << off);
    // oneDNN's 1×1 convolutions and channels-last sum in another order, which made-up weights magnify (MobileNetV2:
    // 5e-5).
    for (const auto format : {torch::MemoryFormat::Contiguous, torch::MemoryFormat::ChannelsLast}) {
      const double frozen = test::difference(features(*net, image.contiguous(format)), expected);
      BOOST_TEST(frozen <= 1e-4, name << " in inference is off by " << frozen);
    }
  }
}

BOOST_AUTO_TEST_CASE(mobilenet_v2_reproduces_imagenet, *boost::unit_test::precondition(test::has_shared_weights)) {
  check_against_shared("mobilenet_v2");
}
BOOST_AUTO_TEST_CASE(squeezenet1_1_reproduces_imagenet, *boost::unit_test::precondition(test::has_shared_weights)) {
  check_against_shared("squeezenet1_1");
}

BOOST_AUTO_TEST_CASE(densenet169_reproduces_imagenet, *boost::unit_test::precondition(test::has_shared_weights)) {
  check_against_shared("densenet169", "_imagenet_features");
}

BOOST_AUTO_TEST_CASE(stages_are_named_and_shaped) {
  using Shapes = std::vector<StageShape>;
  BOOST_TEST((stage_shapes(*network("vgg16"), 224, 192) == Shapes{{"conv1", 64, 112, 96},
                                                                  {"conv2", 128, 56, 48},
                                                                  {"conv3", 256, 28, 24},
                                                                  {"conv4", 512, 14, 12},
                                                                  {"conv5", 512, 7, 6}}));
  const Shapes mobile = stage_shapes(*network("mobilenet_v2"), 224, 224);
  BOOST_TEST(mobile.size() == 19U);
  BOOST_TEST((mobile.front() == StageShape{"stem", 32, 112, 112}));
  BOOST_TEST((mobile.at(13) == StageShape{"block13", 96, 14, 14}));
  BOOST_TEST((mobile.back() == StageShape{"last", 1280, 7, 7}));
  BOOST_TEST((stage_shapes(*network("squeezenet1_1"), 224, 224).back() == StageShape{"fire8", 512, 13, 13}));
  BOOST_TEST((stage_shapes(*network("densenet169"), 224, 224) == Shapes{{"stem", 64, 56, 56},
                                                                        {"block1", 128, 28, 28},
                                                                        {"block2", 256, 14, 14},
                                                                        {"block3", 640, 7, 7},
                                                                        {"block4", 1664, 7, 7}}));
  BOOST_TEST((stage_shapes(*network("efficientnet_lite0"), 224, 192).at(11) == StageShape{"block11", 112, 14, 12}));
  BOOST_TEST((stage_shapes(*network("small_cnn"), 224, 160).back() == StageShape{"block4", 128, 7, 5}));
  BOOST_TEST((stage_shapes(*network("small_cnn", {{"width", 6}, {"depth", 3}}), 64, 64) ==
              Shapes{{"block1", 6, 16, 16}, {"block2", 12, 8, 8}, {"block3", 24, 4, 4}}));
}

BOOST_AUTO_TEST_CASE(shapes_foretold_are_those_computed) {
  for (const std::string& name : registry::catalog().names(Backbone::kKind)) {
    const auto net = network(name);
    const torch::Tensor map = features(*net, torch::zeros({1, 3, 64, 96}));
    const StageShape last = stage_shapes(*net, 64, 96).back();
    BOOST_TEST((map.sizes() == torch::IntArrayRef{1, last.channels, last.height, last.width}), name);
  }
}

BOOST_AUTO_TEST_CASE(images_that_are_too_small_are_refused_by_name) {
  const auto net = network("vgg16");
  net->train();
  try {
    stage_shapes(*net, 16, 31);
    BOOST_FAIL("accepted");
  } catch (const base::ConfigError& error) {
    BOOST_TEST(std::string(error.what()).find("dataset.size: images of 16×31 pixels") != std::string::npos);
    BOOST_TEST(std::string(error.what()).find("'conv5'") != std::string::npos);
  }
  BOOST_TEST(net->is_training());
}

BOOST_AUTO_TEST_CASE(every_backbone_describes_the_stages_it_has) {
  for (const std::string& name : registry::catalog().names(Backbone::kKind)) {
    const auto net = network(name);
    std::vector<std::string> stages;
    std::vector<std::string> modules;
    for (const Stage& stage : net->stages()) {
      BOOST_TEST((stage.name != "all" && stage.name != "none"));
      stages.push_back(stage.name);
      modules.insert(modules.end(), stage.modules.begin(), stage.modules.end());
    }
    const config::Json traits = registry::catalog().find(Backbone::kKind, name)->traits;
    BOOST_TEST((traits.at("stages").get<std::vector<std::string>>() == stages), name);
    for (const auto& [tensor, ignored] : weights::named_state(*net)) BOOST_TEST(lies_in(tensor, modules), tensor);
  }
}

BOOST_AUTO_TEST_SUITE_END()
