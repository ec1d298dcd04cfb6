#include "youden/backbone/prefix.hpp"

#include <torch/torch.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "backbone/formula.hpp"
#include "shared.hpp"
#include "youden/backbone/initialise.hpp"
#include "youden/backbone/module_tree.hpp"
#include "youden/backbone/supported.hpp"
#include "youden/registry/registry.hpp"
#include "youden/weights/load.hpp"
#include "youden/weights/read.hpp"

using namespace youden;
using namespace youden::backbone;

namespace {

using Options = torch::nn::Conv2dOptions;

/// Drawn numbers in every tensor, positive where they are variances.
template <class Module>
Module filled(Module module) {
  const torch::NoGradGuard no_grad;
  for (auto& item : module->named_parameters()) item.value().copy_(test::unit(item.key(), item.value().sizes()) - 0.4);
  for (auto& item : module->named_buffers()) {
    if (item.value().is_floating_point()) item.value().copy_(test::unit(item.key(), item.value().sizes()) + 0.3);
  }
  module->eval();
  return module;
}
torch::Tensor images(torch::IntArrayRef shape, torch::ScalarType type = torch::kFloat32) {
  return (test::unit("images", shape) - 0.5).to(type).contiguous(torch::MemoryFormat::ChannelsLast);
}
std::shared_ptr<Backbone> network(const std::string& name) {
  std::shared_ptr<Backbone> net = registry::make<Backbone>({name});
  initialise(*net, 7, 0);
  net->eval();
  return net;
}
/// Prepared and run: [N,3,H,W] float32 -> the map behind `cut` stages, float32.
torch::Tensor features(Backbone& net, const torch::Tensor& x, std::size_t cut, const Arithmetic& arithmetic = {}) {
  prepare_prefix(net, cut, arithmetic);
  return run_prefix(net, x.contiguous(torch::MemoryFormat::ChannelsLast), cut, arithmetic);
}
base::Cpu with_flags(const std::string& flags) {
  std::istringstream in("model name\t: Test 3000\nflags\t\t: fpu " + flags + "\n\nmodel name\t: another\n");
  return base::Cpu::from(in);
}

boost::test_tools::assertion_result has_int8(boost::unit_test::test_unit_id /*id*/) {
  boost::test_tools::assertion_result here(!unsupported({"vgg11", {{"precision", "int8"}}}, base::Cpu::here(), ""));
  here.message() << "this machine has no int8";
  return here;
}

/// Says so where what is to come is left out.
bool has_bfloat16() {
  const bool here = !unsupported(Precision::bfloat16, base::Cpu::here(), "");
  if (!here) BOOST_TEST_MESSAGE("without bfloat16, which this machine does not have");
  return here;
}

/// Its second convolution belongs to no unit.
class HalfKnown final : public Backbone {
 public:
  HalfKnown() {
    const Unit first = add({.conv = plant(*this, "first", torch::nn::Conv2d(Options(3, 4, 3)))});
    auto second = plant(*this, "second", torch::nn::Conv2d(Options(4, 2, 1)));
    stages_.push_back({"one", first, {"first"}});
    stages_.push_back({"two", [second](const torch::Tensor& x) mutable { return second(x); }, {"second"}});
  }
  [[nodiscard]] const std::vector<Stage>& stages() const override { return stages_; }

 private:
  std::vector<Stage> stages_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(prefix)

BOOST_AUTO_TEST_CASE(normalisation_is_folded_into_weight_and_bias) {
  const torch::NoGradGuard no_grad;
  Unit::Parts parts{torch::nn::Conv2d(Options(1, 2, 1)),
                    torch::nn::BatchNorm2d(torch::nn::BatchNormOptions(2).eps(0.25))};
  parts.conv->weight.copy_(torch::tensor({{2.0F}, {-3.0F}}).view({2, 1, 1, 1}));
  parts.conv->bias.copy_(torch::tensor({1.0F, 0.0F}));
  parts.norm->weight.copy_(torch::tensor({3.0F, 1.0F}));
  parts.norm->bias.copy_(torch::tensor({5.0F, -1.0F}));
  parts.norm->running_mean.copy_(torch::tensor({4.0F, 2.0F}));
  parts.norm->running_var.copy_(torch::tensor({2.0F, 15.75F}));  // √(2 + 1/4) = 1.5, √16 = 4
  const Folded f = fold(parts);
  BOOST_TEST(torch::equal(f.weight.flatten(), torch::tensor({4.0F, -0.75F})));            // 2·2, −3/4
  BOOST_TEST(torch::equal(f.bias, torch::tensor({5 + 2 * (1 - 4.0F), -1 - 0.25F * 2})));  // β + s·(b − μ)
}

BOOST_AUTO_TEST_CASE(a_kernel_gives_what_the_modules_give) {
  const torch::NoGradGuard no_grad;
  const std::vector<Unit::Parts> all{
      {filled(torch::nn::Conv2d(Options(3, 20, 3).padding(1))), nullptr, Rectifier::relu},
      {filled(torch::nn::Conv2d(Options(3, 8, 5).stride({2, 1}).padding({1, 2}).bias(false))),
       filled(torch::nn::BatchNorm2d(8)), Rectifier::relu6},
      {filled(torch::nn::Conv2d(Options(3, 6, 3).groups(3).dilation(2))), filled(torch::nn::BatchNorm2d(6))},
      {nullptr, filled(torch::nn::BatchNorm2d(3)), Rectifier::relu},
      {filled(torch::nn::Conv2d(Options(3, 9, 1))), nullptr, Rectifier::none}};
  for (const auto& [type, tolerance] : {std::pair{torch::kFloat32, 1e-6}, std::pair{torch::kBFloat16, 0.01}}) {
    if (type == torch::kBFloat16 && !has_bfloat16()) continue;
    for (std::size_t i = 0; i < all.size(); ++i) {
      Unit unit(all[i]);
      const torch::Tensor expected = unit(images({8, 3, 13, 10}));
      unit.use(std::make_shared<Fused>(all[i], type));
      const torch::Tensor y = unit(images({8, 3, 13, 10}, type));
      BOOST_TEST(y.scalar_type() == type);
      BOOST_TEST(test::difference(y.to(torch::kFloat32), expected) < tolerance, i << " in " << type);
      BOOST_TEST(torch::equal(unit(images({1, 3, 13, 10}, type)), y.slice(0, 0, 1)), i << " in " << type);
    }
  }
}

BOOST_AUTO_TEST_CASE(gradients_and_other_types_go_module_by_module) {
  Unit unit({filled(torch::nn::Conv2d(Options(3, 4, 1)))});
  unit.use(std::make_shared<Fused>(unit.parts(), torch::kBFloat16));
  BOOST_TEST(unit(images({2, 3, 5, 4})).scalar_type() == torch::kFloat32);
  BOOST_TEST(unit(images({2, 3, 5, 4}).requires_grad_()).requires_grad());
  BOOST_TEST((unit(images({0, 3, 5, 4})).sizes() == torch::IntArrayRef{0, 4, 5, 4}));
}

BOOST_AUTO_TEST_CASE(prepared_networks_reproduce_imagenet, *boost::unit_test::precondition(test::has_shared_weights)) {
  const torch::NoGradGuard no_grad;
  const std::map<std::string, std::string> files{{"mobilenet_v2", "mobilenet_v2_imagenet"},
                                                 {"squeezenet1_1", "squeezenet1_1_imagenet"},
                                                 {"densenet169", "densenet169_imagenet_features"}};
  for (const auto& [name, file] : files) {
    std::map<std::string, torch::Tensor> golden;
    for (const auto& t : weights::read_weights(test::shared_weights() / (file + ".golden.safetensors")))
      golden[t.name] = weights::to_torch(t);
    const auto net = network(name);
    const auto tensors = weights::read_weights(test::shared_weights() / (file + ".safetensors"));
    weights::load_state(*net, tensors, net->ignored_tensors(), file);
    const auto off = [&](Precision precision) {
      const torch::Tensor map = features(*net, golden.at("input"), net->stages().size(), {precision});
      const double error = test::difference(map.mean({2, 3}), golden.at("pooled"));
      BOOST_TEST_MESSAGE(name << " in " << name_of(precision) << ": " << error);
      return error;
    };
    BOOST_TEST(off(Precision::float32) <= 1e-5, name);
    if (has_bfloat16()) BOOST_TEST(off(Precision::bfloat16) <= 0.1, name);
  }
}

/// Every network, cut behind every stage: the rest of the way gives the whole network's bits, and its numbers are those
/// of the modules.
BOOST_AUTO_TEST_CASE(a_cut_changes_nothing) {
  const torch::NoGradGuard no_grad;
  torch::set_num_threads(1);
  for (const std::string& name : registry::catalog().names(Backbone::kKind)) {
    const auto net = network(name);
    const std::size_t n = net->stages().size();
    const torch::Tensor x = images({2, 3, 72, 64});
    const torch::Tensor plain = run_stages(*net, x, 0, n);
    const torch::Tensor whole = features(*net, x, n);
    BOOST_TEST(test::difference(whole, plain) < 1e-4, name);
    for (std::size_t cut = 1; cut < n; ++cut) {
      const torch::Tensor at_cut = run_prefix(*net, x, cut, {});
      if (at_cut.size(2) * at_cut.size(3) > kCellsTogether) continue;
      BOOST_TEST(torch::equal(run_stages(*net, at_cut, cut, n), whole), name << " cut at " << cut);
    }
  }
}

/// A 1×1 convolution by hand: bytes of 0.5 from −2 (zero point 4), weights of 1/127 and 2/127, sums rounded to 0.1.
BOOST_AUTO_TEST_CASE(eight_bits_by_hand, *boost::unit_test::precondition(has_int8)) {
  const torch::NoGradGuard no_grad;
  Unit unit({torch::nn::Conv2d(Options(2, 2, 1)), nullptr, Rectifier::relu});
  unit.parts().conv->weight.copy_(torch::tensor({{1.0F, 0.5F}, {-2.0F, 1.5F}}).view({2, 2, 1, 1}));
  unit.parts().conv->bias.copy_(torch::tensor({0.25F, -1.0F}));
  unit.use(std::make_shared<Quantized>(unit.parts(), torch::tensor({0.0F, 25.5F})));
  const ByteScale in = ByteScale::of(torch::tensor({-2.0F, 125.5F}));
  BOOST_TEST(in.scale == 0.5);
  BOOST_TEST(in.zero == 4);
  const torch::Tensor x = torch::tensor({3.2F, -1.9F, 60.0F, 8.0F}).view({1, 2, 1, 2});  // rounds to 3, −2, 60, 8
  const torch::Tensor y =
      unit(at::quantize_per_tensor(x.contiguous(torch::MemoryFormat::ChannelsLast), in.scale, in.zero, torch::kQUInt8));
  // 0.5 is 64/127 of 1 and 1.5 is 95/127 of 2: 3 + 60·64/127 + 0.25 = 33.49, above the range; −2 + 8·64/127 + 0.25
  // = 2.28 −6 + 60·190/127 − 1 = 82.8, above; 4 + 8·190/127 − 1 = 14.97
  const torch::Tensor expected = torch::tensor({25.5F, 2.3F, 25.5F, 15.0F}).view({1, 2, 1, 2});
  BOOST_TEST((y.dequantize() - expected).abs().max().item<double>() < 1e-5);
}

BOOST_AUTO_TEST_CASE(eight_bits_are_near_whichever_way_the_maps_are_run, *boost::unit_test::precondition(has_int8)) {
  const torch::NoGradGuard no_grad;
  torch::set_num_threads(1);
  for (const char* name : {"vgg11", "vgg11_bn"}) {
    const auto net = network(name);
    const torch::Tensor x = images({3, 3, 96, 80});
    const torch::Tensor exact = features(*net, x, 5);
    Arithmetic arithmetic{Precision::int8, torch::full({9, 2}, NAN)};
    arithmetic.ranges[0].copy_(torch::tensor({x.min().item<float>(), x.max().item<float>()}));
    measure_ranges(*net, 5, arithmetic.ranges, [&] { run_prefix(*net, x, 5, {}); });
    BOOST_TEST(arithmetic.ranges[8][1].item<float>() == exact.max().item<float>());  // pooling keeps the highest
    BOOST_TEST(arithmetic.ranges[8][0].item<float>() == 0);                          // rectified
    const torch::Tensor near = features(*net, x, 5, arithmetic);
    const double off = ((near - exact).norm() / exact.norm()).item<double>();
    BOOST_TEST_MESSAGE(name << " in int8: " << off);
    BOOST_TEST((off > 1e-4 && off < 0.05), name << ": " << off);
    BOOST_TEST(torch::equal(features(*net, x.slice(0, 1, 2), 5, arithmetic)[0], near[1]), name);
  }
}

BOOST_AUTO_TEST_CASE(only_the_prefix_gets_kernels_and_keeps_them) {
  const auto net = network("vgg11");
  prepare_prefix(*net, 2, {Precision::bfloat16});
  const Kernel* first = net->units()[0].kernel();
  BOOST_TEST(first != nullptr);
  BOOST_TEST(net->units()[1].kernel() != nullptr);
  BOOST_TEST(net->units()[2].kernel() == nullptr);
  prepare_prefix(*net, 3, {Precision::bfloat16});
  BOOST_TEST(net->units()[0].kernel() == first);
  BOOST_TEST(net->units()[3].kernel() != nullptr);
  prepare_prefix(*net, 1, {Precision::float32});
  BOOST_TEST(net->units()[0].kernel() != nullptr);
  BOOST_TEST(net->units()[1].kernel() == nullptr);
}

BOOST_AUTO_TEST_CASE(modules_outside_of_units_compute_in_float32_only) {
  HalfKnown net;
  prepare_prefix(net, 2, {Precision::float32});
  prepare_prefix(net, 1, {Precision::bfloat16});
  BOOST_CHECK_EXCEPTION(
      prepare_prefix(net, 2, {Precision::bfloat16}), base::ConfigError, [](const base::ConfigError& e) {
        return std::string(e.what()).find("its module second is part of no unit") != std::string::npos;
      });
}

BOOST_AUTO_TEST_CASE(a_processor_without_the_instructions_is_named_with_the_remedy) {
  const auto refusal = [](Precision p, const std::string& flags) {
    const auto fault = unsupported(p, with_flags(flags), "exp.yaml:3:1");
    return fault ? fault->text() : "";
  };
  BOOST_TEST(refusal(Precision::float32, "") == "");
  BOOST_TEST(refusal(Precision::bfloat16, "avx2 avx512_bf16") == "");
  BOOST_TEST(refusal(Precision::bfloat16, "amx_bf16") == "");
  BOOST_TEST(refusal(Precision::int8, "avx512_vnni") == "");
  const std::string text = refusal(Precision::bfloat16, "avx2 avx512f avx512_vnni");
  for (const char* part : {"exp.yaml:3:1: ", "bfloat16", "avx512_bf16", "Test 3000", "backbone.precision: float32"})
    BOOST_TEST(text.find(part) != std::string::npos, text);
  BOOST_TEST(refusal(Precision::int8, "avx512_bf16 avx2").find("avx512_vnni") != std::string::npos);
  BOOST_TEST(with_flags("sse2 avx2 fma movbe").vector_flags() == "avx2 fma sse2");
  BOOST_CHECK_THROW(precision_named("fp16"), base::ConfigError);
  const auto squeezed = unsupported({"squeezenet1_1", {{"precision", "int8"}}}, with_flags("avx512_vnni"), "");
  BOOST_TEST((squeezed && squeezed->what.find("squeezenet1_1 is not computed in int8") != std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()
