#include "youden/backbone/freeze.hpp"

#include <torch/torch.h>

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <vector>

#include "youden/backbone/inference_mode.hpp"
#include "youden/registry/registry.hpp"

using namespace youden;
using namespace youden::backbone;

BOOST_AUTO_TEST_SUITE(freeze)

BOOST_AUTO_TEST_CASE(resolves_all_none_and_stages) {
  const auto vgg = registry::make<Backbone>({"vgg16"});
  BOOST_TEST(resolve_freeze(*vgg, "none") == 0U);
  BOOST_TEST(resolve_freeze(*vgg, "conv1") == 1U);
  BOOST_TEST(resolve_freeze(*vgg, "conv4") == 4U);
  BOOST_TEST(resolve_freeze(*vgg, "all") == 5U);
}

BOOST_AUTO_TEST_CASE(an_unknown_stage_is_named_with_those_there_are) {
  const auto net = registry::make<Backbone>({"small_cnn", {{"depth", 2}}});
  try {
    resolve_freeze(*net, "blok2");
    BOOST_FAIL("accepted");
  } catch (const base::ConfigError& error) {
    const std::string text = error.what();
    BOOST_TEST(text.find("'blok2'") != std::string::npos);
    BOOST_TEST(text.find("did you mean 'block2'?") != std::string::npos, text);
    BOOST_TEST(text.find("all, none, block1, block2") != std::string::npos, text);
  }
  BOOST_CHECK_THROW(resolve_freeze(*net, ""), base::ConfigError);
  BOOST_CHECK_THROW(resolve_freeze(*net, "block3"), base::ConfigError);
}

BOOST_AUTO_TEST_CASE(stage_modules_are_whole_names) {
  const auto vgg = registry::make<Backbone>({"vgg11"});
  const auto first = stage_modules(*vgg, 0, 1);
  BOOST_TEST(first == std::vector<std::string>{"features.0"}, boost::test_tools::per_element());
  BOOST_TEST(lies_in("features.0.weight", first));
  BOOST_TEST(!lies_in("features.01.weight", first));
  BOOST_TEST(!lies_in("features.3.weight", first));
}

BOOST_AUTO_TEST_CASE(the_prefix_gets_neither_gradients_nor_training_mode) {
  const auto net = registry::make<Backbone>({"small_cnn"});
  net->train();
  freeze_prefix(*net, 2);
  BOOST_TEST(!net->is_training());
  set_suffix_training(*net, 2, true);
  const auto modules = net->named_modules("", false);
  for (const auto& p : net->named_parameters()) {
    BOOST_TEST(p.value().requires_grad() == (p.key() >= "block3"), p.key());
  }
  BOOST_TEST(!modules["block2.norm"]->is_training());
  BOOST_TEST(modules["block3.norm"]->is_training());
  set_suffix_training(*net, 2, false);
  BOOST_TEST(!modules["block3.norm"]->is_training());
  freeze_prefix(*net, 0);
  BOOST_TEST(net->parameters().front().requires_grad());
  freeze_prefix(*net, 4);
  BOOST_TEST(!net->parameters().back().requires_grad());
}

BOOST_AUTO_TEST_CASE(inference_mode_gives_every_module_its_own_mode_back) {
  const auto net = registry::make<Backbone>({"small_cnn"});
  freeze_prefix(*net, 1);
  set_suffix_training(*net, 1, true);
  const auto modules = net->named_modules("", false);
  {
    const InferenceMode inference(*net);
    BOOST_TEST(!modules["block4.norm"]->is_training());
  }
  BOOST_TEST(!modules["block1.norm"]->is_training());
  BOOST_TEST(modules["block4.norm"]->is_training());
}

BOOST_AUTO_TEST_CASE(stages_compose) {
  const auto net = registry::make<Backbone>({"small_cnn"});
  net->eval();
  const torch::NoGradGuard no_grad;
  const torch::Tensor image = torch::linspace(0, 1, 2 * 3 * 48 * 32).reshape({2, 3, 48, 32});
  const torch::Tensor before = image.clone();
  const torch::Tensor whole = run_stages(*net, image, 0, 4);
  BOOST_TEST(torch::equal(whole, run_stages(*net, run_stages(*net, image, 0, 2), 2, 4)));
  BOOST_TEST(torch::equal(image, before));
}

BOOST_AUTO_TEST_SUITE_END()
