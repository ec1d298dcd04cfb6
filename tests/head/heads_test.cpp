#include <torch/torch.h>

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <vector>

#include "youden/backbone/initialise.hpp"
#include "youden/head/head.hpp"
#include "youden/registry/registry.hpp"

using namespace youden;
using namespace youden::head;

namespace {

std::unique_ptr<Head> make(const std::string& type, const config::Json& options, const HeadContext& context) {
  return registry::make<Head>({type, options}, context);
}
torch::Tensor parameter(Head& head, const std::string& name) { return head.named_parameters()[name]; }

void set(Head& head, const std::string& name, const std::vector<float>& values) {
  const torch::NoGradGuard no_grad;
  torch::Tensor p = parameter(head, name);
  p.copy_(torch::tensor(values).reshape(p.sizes()));
}
std::vector<float> list(const torch::Tensor& t) {
  const torch::Tensor plain = t.detach().contiguous();
  return {plain.data_ptr<float>(), plain.data_ptr<float>() + plain.numel()};
}
/// Row r, column c of channel k is 100 k + 10 r + c.
torch::Tensor numbered_map(std::int64_t channels, std::int64_t height, std::int64_t width) {
  torch::Tensor map = torch::empty({1, channels, height, width});
  for (std::int64_t k = 0; k < channels; ++k) {
    for (std::int64_t r = 0; r < height; ++r) {
      for (std::int64_t c = 0; c < width; ++c) map[0][k][r][c] = static_cast<float>(100 * k + 10 * r + c);
    }
  }
  return map;
}

}  // namespace

#define CHECK_LIST(tensor, ...)                                             \
  do {                                                                      \
    const std::vector<float> expected{__VA_ARGS__};                         \
    BOOST_TEST(list(tensor) == expected, boost::test_tools::per_element()); \
  } while (false)

BOOST_AUTO_TEST_SUITE(heads)

BOOST_AUTO_TEST_CASE(tutorial_pools_whole_windows_only) {
  const auto head = make("tutorial", {{"pool", 2}}, {.channels = 2, .height = 3, .width = 5, .classes = 2});
  // Rows 0–1, columns 0–1 and 2–3: means 5.5 and 7.5; row 2 and column 4 are dropped.
  CHECK_LIST(head->pool(numbered_map(2, 3, 5)), 5.5F, 7.5F, 105.5F, 107.5F);
  BOOST_TEST(parameter(*head, "hidden.weight").size(1) == 4);
}

BOOST_AUTO_TEST_CASE(tutorial_on_seven_by_seven_reads_the_corner) {
  const auto head = make("tutorial", {}, {.channels = 512, .height = 7, .width = 7, .classes = 2});
  torch::Tensor map = torch::zeros({1, 512, 7, 7});
  map.select(2, 4).fill_(9);
  map.select(3, 4).fill_(9);
  BOOST_TEST(head->pool(map).abs().max().item<float>() == 0);
  BOOST_TEST(head->unread_cells() ==
             "33 of 49 cells of the 7×7 map are never read by the 4×4 average pooling; head=global_average reads them "
             "all");
  BOOST_TEST((parameter(*head, "hidden.weight").sizes() == torch::IntArrayRef{64, 512}));
  BOOST_TEST((parameter(*head, "output.weight").sizes() == torch::IntArrayRef{2, 64}));
}

BOOST_AUTO_TEST_CASE(unread_cells_count_both_edges) {
  BOOST_TEST(make("tutorial", {{"pool", 3}}, {.channels = 1, .height = 6, .width = 9, .classes = 2})->unread_cells() ==
             "");
  BOOST_TEST(make("tutorial", {{"pool", 3}}, {.channels = 1, .height = 4, .width = 8, .classes = 2})
                 ->unread_cells()
                 .starts_with("14 of 32 cells of the 4×8 map"));
}

BOOST_AUTO_TEST_CASE(a_map_smaller_than_the_pooling_is_refused) {
  try {
    make("tutorial", {}, {.channels = 8, .height = 3, .width = 7, .classes = 2});
    BOOST_FAIL("accepted");
  } catch (const base::ConfigError& error) {
    const std::string text = error.what();
    BOOST_TEST(text.find("head.pool: the 3×7 map is smaller than the 4×4 pooling") != std::string::npos, text);
    BOOST_TEST(text.find("at most 3") != std::string::npos, text);
  }
}

BOOST_AUTO_TEST_CASE(tutorial_by_hand) {
  const auto head = make("tutorial", {{"hidden", 2}, {"pool", 1}, {"dropout", 0.75}},
                         {.channels = 3, .height = 1, .width = 1, .classes = 2});
  set(*head, "hidden.weight", {1, 2, 3, -1, 0, 1});
  set(*head, "hidden.bias", {1, -4});
  set(*head, "output.weight", {1, 10, -2, 5});
  set(*head, "output.bias", {0.5F, 0});
  const torch::Tensor pooled = torch::tensor({1.0F, 2.0F, 4.0F, 1.0F, 0.0F, 9.0F}).reshape({2, 3});
  // Row 0: hidden (18, −1 -> 0); row 1: hidden (29, 4).
  CHECK_LIST(head->forward(pooled, {}), 18.5F, -36, 69.5F, -38);

  const DropoutMask mask = [](std::string_view layer, double rate, std::int64_t width) {
    BOOST_TEST(layer == "hidden");
    BOOST_TEST(rate == 0.75);
    BOOST_TEST(width == 2);
    return torch::tensor({4.0F, 0.0F, 0.0F, 4.0F}).reshape({2, 2});
  };
  // Row 0: (72, 0); row 1: (0, 16).
  CHECK_LIST(head->forward(pooled, mask), 72.5F, -144, 160.5F, 80);
}

BOOST_AUTO_TEST_CASE(no_mask_is_drawn_at_rate_zero) {
  const DropoutMask never = [](std::string_view, double, std::int64_t) -> torch::Tensor {
    throw std::logic_error("drawn");
  };
  const HeadContext one{.channels = 2, .height = 1, .width = 1, .classes = 2};
  const torch::Tensor pooled = torch::ones({1, 2});
  BOOST_CHECK_NO_THROW(make("tutorial", {{"pool", 1}, {"dropout", 0}}, one)->forward(pooled, never));
  BOOST_CHECK_NO_THROW(make("global_average", {}, one)->forward(pooled, never));
  BOOST_CHECK_NO_THROW(make("linear", {}, one)->forward(pooled, never));
}

BOOST_AUTO_TEST_CASE(global_average_by_hand) {
  const HeadContext context{.channels = 2, .height = 2, .width = 3, .classes = 3};
  const auto head = make("global_average", {{"dropout", 0.5}}, context);
  const torch::Tensor pooled = head->pool(numbered_map(2, 2, 3));
  CHECK_LIST(pooled, 6, 106);
  set(*head, "output.weight", {1, 0, 0, 1, 2, -1});
  set(*head, "output.bias", {0, 1, 0});
  CHECK_LIST(head->forward(pooled, {}), 6, 107, -94);
  const DropoutMask mask = [](std::string_view layer, double, std::int64_t width) {
    BOOST_TEST(layer == "pooled");
    BOOST_TEST(width == 2);
    return torch::tensor({2.0F, 0.0F}).reshape({1, 2});
  };
  CHECK_LIST(head->forward(pooled, mask), 12, 1, 24);
  BOOST_TEST(head->unread_cells() == "");

  const auto deep = make("global_average", {{"hidden", 5}}, context);
  BOOST_TEST((parameter(*deep, "hidden.weight").sizes() == torch::IntArrayRef{5, 2}));
  BOOST_TEST((parameter(*deep, "output.weight").sizes() == torch::IntArrayRef{3, 5}));
}

BOOST_AUTO_TEST_CASE(linear_reads_every_cell_channel_by_channel) {
  const auto head = make("linear", {}, {.channels = 2, .height = 1, .width = 3, .classes = 1});
  const torch::Tensor map = numbered_map(2, 1, 3).contiguous(torch::MemoryFormat::ChannelsLast);
  CHECK_LIST(head->pool(map), 0, 1, 2, 100, 101, 102);
  set(*head, "output.weight", {1, 0, 2, 0, 0, 1});
  set(*head, "output.bias", {0.25F});
  CHECK_LIST(head->forward(head->pool(map), {}), 106.25F);
}

BOOST_AUTO_TEST_CASE(pooling_depends_on_neither_batch_mates_nor_memory_format) {
  const HeadContext context{.channels = 96, .height = 7, .width = 7, .classes = 2};
  torch::Tensor maps = torch::sin(torch::arange(8 * 96 * 49, torch::kFloat32) * 1.7F).reshape({8, 96, 7, 7});
  for (const char* type : {"tutorial", "global_average", "linear"}) {
    const auto head = make(type, {}, context);
    const torch::Tensor all = head->pool(maps);
    BOOST_TEST(torch::equal(all.slice(0, 5, 6), head->pool(maps.slice(0, 5, 6))), type);
    BOOST_TEST(torch::equal(all, head->pool(maps.contiguous(torch::MemoryFormat::ChannelsLast))), type);
  }
}

BOOST_AUTO_TEST_CASE(heads_start_from_the_seed) {
  const HeadContext context{.channels = 6, .height = 4, .width = 4, .classes = 2};
  const auto a = make("tutorial", {}, context);
  const auto b = make("tutorial", {}, context);
  backbone::initialise(*a, 11, 2);
  backbone::initialise(*b, 11, 2);
  BOOST_TEST(torch::equal(parameter(*a, "hidden.weight"), parameter(*b, "hidden.weight")));
  BOOST_TEST(parameter(*a, "output.bias").abs().max().item<float>() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
