#include "youden/backbone/initialise.hpp"

#include <sched.h>
#include <torch/torch.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>

#include "youden/backbone/backbone.hpp"
#include "youden/registry/registry.hpp"
#include "youden/weights/content_hash.hpp"
#include "youden/weights/load.hpp"

using namespace youden;
using namespace youden::backbone;

namespace {

std::unique_ptr<Backbone> network(const std::string& name = "small_cnn") { return registry::make<Backbone>({name}); }

std::string bits(const torch::nn::Module& module) { return weights::content_hash(weights::save_state(module)); }

torch::Tensor tensor_of(const torch::nn::Module& module, const std::string& name) {
  for (const auto& [key, tensor] : weights::named_state(module)) {
    if (key == name) return tensor;
  }
  throw std::out_of_range(name);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(initialisation)

BOOST_AUTO_TEST_CASE(torchs_generator_has_no_part_in_it) {
  torch::manual_seed(1);
  const auto a = network();
  initialise(*a, 42, 0);
  torch::manual_seed(2);
  torch::rand({1000});
  const auto b = network();
  BOOST_TEST(bits(*a) != bits(*b));
  initialise(*b, 42, 0);
  BOOST_TEST(bits(*a) == bits(*b));
}

BOOST_AUTO_TEST_CASE(seed_and_replicate_matter) {
  const auto net = network();
  std::set<std::string> seen;
  for (const auto& [seed, replicate] : {std::pair{0, 0}, {0, 1}, {1, 0}}) {
    initialise(*net, static_cast<std::uint64_t>(seed), static_cast<std::uint64_t>(replicate));
    seen.insert(bits(*net));
  }
  BOOST_TEST(seen.size() == 3U);
}

BOOST_AUTO_TEST_CASE(threads_and_memory_format_do_not_matter) {
  const auto a = network("mobilenet_v2");
  initialise(*a, 5, 1);
  cpu_set_t all;
  ::sched_getaffinity(0, sizeof all, &all);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &one);
  }
  ::sched_setaffinity(0, sizeof one, &one);
  BOOST_TEST(base::usable_threads() == 1);
  const auto b = network("mobilenet_v2");
  for (torch::Tensor& p : b->parameters()) {
    if (p.dim() == 4) p.set_data(p.data().contiguous(torch::MemoryFormat::ChannelsLast));
  }
  initialise(*b, 5, 1);
  ::sched_setaffinity(0, sizeof all, &all);
  BOOST_TEST(bits(*a) == bits(*b));
}

BOOST_AUTO_TEST_CASE(moments_are_those_of_the_rules) {
  const auto net = network("vgg11_bn");
  initialise(*net, 3, 0);
  const torch::Tensor conv = tensor_of(*net, "features.4.weight").to(torch::kFloat64);  // [128,64,3,3]: 73,728 draws
  const double sigma = std::sqrt(2.0 / (128 * 9));
  BOOST_TEST(std::abs(conv.mean().item<double>()) < 5 * sigma / std::sqrt(73'728.0));
  BOOST_TEST(std::abs(conv.std().item<double>() / sigma - 1) < 5 / std::sqrt(2 * 73'728.0));
  const torch::Tensor z = conv / sigma;
  BOOST_TEST(std::abs(z.pow(4).mean().item<double>() - 3) < 5 * std::sqrt(96 / 73'728.0));
  BOOST_TEST(z.abs().max().item<double>() > 3.8);
  BOOST_TEST(std::abs((z.flatten().slice(0, 0, 73'727) * z.flatten().slice(0, 1)).mean().item<double>()) < 0.02);
  BOOST_TEST(tensor_of(*net, "features.4.bias").abs().max().item<float>() == 0);
  BOOST_TEST(tensor_of(*net, "features.5.weight").min().item<float>() == 1);
  BOOST_TEST(tensor_of(*net, "features.5.running_var").max().item<float>() == 1);

  torch::nn::Linear dense(300, 100);
  initialise(*dense, 3, 0);
  const double limit = std::sqrt(6.0 / 400);
  BOOST_TEST(dense->weight.abs().max().item<double>() <= limit);
  BOOST_TEST(dense->weight.max().item<double>() > 0.999 * limit);
  BOOST_TEST(dense->weight.min().item<double>() < -0.999 * limit);
  BOOST_TEST(std::abs(dense->weight.std().item<double>() / (limit / std::sqrt(3.0)) - 1) < 0.02);
  BOOST_TEST(dense->bias.abs().max().item<float>() == 0);
}

BOOST_AUTO_TEST_CASE(only_the_modules_asked_for) {
  const auto net = network();
  initialise(*net, 1, 0);
  const torch::Tensor first = tensor_of(*net, "block1.conv.weight").clone();
  const torch::Tensor second = tensor_of(*net, "block2.conv.weight").clone();
  initialise(*net, 1, 7, {"block2", "block3"});
  BOOST_TEST(torch::equal(first, tensor_of(*net, "block1.conv.weight")));
  BOOST_TEST(!torch::equal(second, tensor_of(*net, "block2.conv.weight")));
}

BOOST_AUTO_TEST_CASE(statistics_start_afresh_and_gradients_stay_on) {
  const auto net = network();
  tensor_of(*net, "block1.norm.running_mean").fill_(9);
  initialise(*net, 1, 0);
  BOOST_TEST(tensor_of(*net, "block1.norm.running_mean").abs().max().item<float>() == 0);
  for (const torch::Tensor& p : net->parameters()) BOOST_TEST(p.requires_grad());
}

BOOST_AUTO_TEST_CASE(a_module_without_a_rule_is_our_mistake) {
  torch::nn::LayerNorm norm(torch::nn::LayerNormOptions({4}));
  BOOST_CHECK_THROW(initialise(*norm, 0, 0), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()
