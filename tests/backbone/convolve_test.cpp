#include "youden/backbone/convolve.hpp"

#include <torch/torch.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>

#include "backbone/formula.hpp"

using namespace youden;
using namespace youden::backbone;

namespace {

using torch::indexing::Slice;

torch::nn::Conv2d convolution(const torch::nn::Conv2dOptions& options) {
  torch::nn::Conv2d conv(options);
  const torch::NoGradGuard no_grad;
  for (auto& item : conv->named_parameters()) item.value().copy_(test::unit(item.key(), item.value().sizes()) - 0.4);
  return conv;
}
torch::Tensor images(torch::IntArrayRef shape) { return (test::unit("images", shape) - 0.5).to(torch::kFloat32); }

/// The sum over channels written out, in float64: [N,C,H,W] × [O,C] + [O].
torch::Tensor by_hand(const torch::nn::Conv2d& conv, const torch::Tensor& x) {
  const torch::Tensor w = conv->weight.detach().to(torch::kFloat64).flatten(1);
  const torch::Tensor y = torch::einsum("nchw,oc->nohw", {x.to(torch::kFloat64), w});
  return conv->bias.defined() ? y + conv->bias.detach().view({1, -1, 1, 1}) : y;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(convolve_test)

BOOST_AUTO_TEST_CASE(a_pointwise_one_is_a_sum_over_channels) {
  const torch::NoGradGuard no_grad;
  for (const bool bias : {false, true}) {
    const auto conv = convolution(torch::nn::Conv2dOptions(5, 7, 1).bias(bias));
    const torch::Tensor x = images({8, 5, 6, 9});
    for (const auto format : {torch::MemoryFormat::Contiguous, torch::MemoryFormat::ChannelsLast}) {
      const torch::Tensor y = convolve(conv, x.contiguous(format));
      BOOST_TEST(test::difference(y, by_hand(conv, x)) < 1e-6);
      BOOST_TEST(y.is_contiguous(format));
    }
  }
}

BOOST_AUTO_TEST_CASE(parts_of_a_tensor_are_read_where_they_lie) {
  const torch::NoGradGuard no_grad;
  const auto conv = convolution(torch::nn::Conv2dOptions(4, 3, 1));
  const torch::Tensor x = images({8, 6, 10, 12}).index({Slice(), Slice(1, 5), Slice(2, 9), Slice(0, 12, 2)});
  BOOST_TEST(test::difference(convolve(conv, x), by_hand(conv, x)) < 1e-6);
  BOOST_TEST(test::difference(convolve(conv, x.transpose(2, 3)), by_hand(conv, x.transpose(2, 3))) < 1e-6);
}

BOOST_AUTO_TEST_CASE(strides_padding_and_groups_are_obeyed) {
  const torch::NoGradGuard no_grad;
  using Options = torch::nn::Conv2dOptions;
  const torch::Tensor x = images({8, 6, 7, 10});
  const auto strided = convolution(Options(6, 4, 1).stride({2, 3}));
  BOOST_TEST(test::difference(convolve(strided, x),
                              by_hand(strided, x.index({Slice(), Slice(), Slice(0, 7, 2), Slice(0, 10, 3)}))) < 1e-6);
  const auto padded = convolution(Options(6, 4, 1).padding({1, 2}));
  BOOST_TEST(test::difference(convolve(padded, x), by_hand(padded, torch::constant_pad_nd(x, {2, 2, 1, 1}))) < 1e-6);
  const auto same = convolution(Options(6, 4, 1).padding(torch::kSame));
  BOOST_TEST(test::difference(convolve(same, x), by_hand(same, x)) < 1e-6);
  const auto halves = convolution(Options(6, 2, 1).groups(2).bias(false));
  const auto one = [&](std::int64_t g) {
    return torch::einsum("nchw,c->nhw", {x.slice(1, 3 * g, 3 * g + 3), halves->weight[g].flatten()});
  };
  BOOST_TEST(test::difference(convolve(halves, x), torch::stack({one(0), one(1)}, 1)) < 1e-6);
}

BOOST_AUTO_TEST_CASE(gradients_flow_where_they_are_wanted) {
  const auto conv = convolution(torch::nn::Conv2dOptions(3, 2, 1));
  const torch::Tensor x = images({2, 3, 4, 4});
  convolve(conv, x).sum().backward();  // d/dw = the sum of each channel
  BOOST_TEST(test::difference(conv->weight.grad()[0].flatten(), x.sum({0, 2, 3})) < 1e-6);
  conv->weight.requires_grad_(false);
  conv->bias.requires_grad_(false);
  BOOST_TEST(!convolve(conv, x).requires_grad());
  const torch::Tensor trained = x.clone().requires_grad_();
  BOOST_TEST(convolve(conv, trained).requires_grad());
}

BOOST_AUTO_TEST_CASE(nothing_in_nothing_out) {
  const torch::NoGradGuard no_grad;
  const auto conv = convolution(torch::nn::Conv2dOptions(3, 2, 1));
  BOOST_TEST((convolve(conv, torch::zeros({0, 3, 5, 4})).sizes() == torch::IntArrayRef{0, 2, 5, 4}));
}

/// What the feature source rests on, at its batch of 8 on one thread.
BOOST_AUTO_TEST_CASE(neither_slot_nor_batch_mates_reach_a_bit) {
  const torch::NoGradGuard no_grad;
  const int threads = torch::get_num_threads();
  torch::set_num_threads(1);
  for (const std::int64_t side : {7, 14, 28}) {
    const auto conv = convolution(torch::nn::Conv2dOptions(96, 48, 1).bias(false));
    const torch::Tensor x = images({8, 96, side, side}).contiguous(torch::MemoryFormat::ChannelsLast);
    const torch::Tensor y = convolve(conv, x);
    const torch::Tensor turned = convolve(conv, x.roll(3, 0).contiguous(torch::MemoryFormat::ChannelsLast));
    BOOST_TEST(torch::equal(turned, y.roll(3, 0)), side);
    torch::Tensor alone = torch::zeros_like(x);
    alone[5] = x[2];
    BOOST_TEST(torch::equal(convolve(conv, alone)[5], y[2]), side);
  }
  torch::set_num_threads(threads);
}

BOOST_AUTO_TEST_SUITE_END()
