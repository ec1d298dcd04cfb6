#include "youden/weights/load.hpp"

#include <torch/torch.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "youden/weights/convert.hpp"

using namespace youden;
using namespace youden::weights;

namespace {

/// conv.{weight [2,1,1,3], bias [2]}, norm.{weight, bias, running_mean, running_var [2], num_batches_tracked []}
struct Tiny : torch::nn::Module {
  torch::nn::Conv2d conv = register_module("conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(1, 2, {1, 3})));
  torch::nn::BatchNorm2d norm = register_module("norm", torch::nn::BatchNorm2d(2));
};

std::vector<NamedTensor> fitting() {
  return {from_torch("conv.weight", torch::arange(6, torch::kFloat32).reshape({2, 1, 1, 3})),
          from_torch("conv.bias", torch::tensor({-1.0F, 0.25F}).to(torch::kBFloat16)),
          from_torch("norm.weight", torch::tensor({2.0, 3.0}, torch::kFloat64)),
          from_torch("norm.bias", torch::tensor({0.5F, 0.125F}).to(torch::kFloat16)),
          from_torch("norm.running_mean", torch::tensor({4, 5}, torch::kInt32)),
          from_torch("norm.running_var", torch::tensor({6, 7}, torch::kUInt8))};
}
std::string refusal(const std::vector<NamedTensor>& tensors) {
  Tiny tiny;
  const torch::Tensor before = tiny.conv->weight.clone();
  try {
    load_state(tiny, tensors, {"classifier."}, "file.safetensors");
  } catch (const base::WeightsError& error) {
    BOOST_TEST(torch::equal(before, tiny.conv->weight));
    return error.what();
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(load)

BOOST_AUTO_TEST_CASE(copies_by_name_and_converts) {
  Tiny tiny;
  load_state(tiny, fitting(), {}, "file");
  BOOST_TEST(tiny.conv->weight[1][0][0][2].item<float>() == 5);
  BOOST_TEST(tiny.conv->bias[1].item<float>() == 0.25F);
  BOOST_TEST(tiny.norm->weight[0].item<float>() == 2);
  BOOST_TEST(tiny.norm->bias[1].item<float>() == 0.125F);
  BOOST_TEST(tiny.norm->running_mean[1].item<float>() == 5);
  BOOST_TEST(tiny.norm->running_var[0].item<float>() == 6);
  BOOST_TEST((tiny.norm->running_var.scalar_type() == torch::kFloat32));
  BOOST_TEST(tiny.conv->weight.requires_grad());
}

BOOST_AUTO_TEST_CASE(what_is_saved_loads_again) {
  Tiny a;
  Tiny b;
  a.norm->num_batches_tracked.fill_(12);
  load_state(b, save_state(a), {}, "memory");
  BOOST_TEST(torch::equal(a.conv->weight, b.conv->weight));
  BOOST_TEST(b.norm->num_batches_tracked.item<std::int64_t>() == 12);
}

BOOST_AUTO_TEST_CASE(every_misfit_is_in_one_error_and_nothing_is_copied) {
  std::vector<NamedTensor> tensors = fitting();
  tensors[0] = from_torch("conv.weight", torch::zeros({2, 1, 3, 1}));
  tensors[1].name = "conv.scale";
  tensors[4] = from_torch("norm.running_mean", torch::tensor({0.0F, std::numeric_limits<float>::quiet_NaN()}));
  tensors[5] = from_torch("norm.running_var", torch::tensor({1e300, 1.0}, torch::kFloat64));
  tensors.push_back(from_torch("classifier.weight", torch::zeros({9})));
  const std::string text = refusal(tensors);
  for (const char* part :
       {"file.safetensors: ", "5 tensors", "wrong shape: conv.weight is [2, 1, 3, 1], the network needs [2, 1, 1, 3]",
        "missing: conv.bias [2]", "unexpected: conv.scale [2]", "not finite: norm.running_mean",
        "not finite: norm.running_var"}) {
    BOOST_TEST(text.find(part) != std::string::npos, part << " is not in: " << text);
  }
  BOOST_TEST(text.find("classifier") == std::string::npos);
  BOOST_TEST(text.find("num_batches_tracked") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_empty_file_misses_everything) {
  BOOST_TEST(refusal({}).find("6 tensors:") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
