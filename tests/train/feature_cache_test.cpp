#include <torch/torch.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "lab.hpp"
#include "shared.hpp"

using namespace youden;
using namespace youden::train;
using namespace youden::test;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(feature_cache)

namespace {

std::unique_ptr<FeatureCache> cache_in(const fs::path& folder, const std::string& augmentation = "a") {
  return std::make_unique<FeatureCache>(std::make_shared<base::Cache>(folder, 1U << 30U), "plain: 1\n",
                                        "augmented: " + augmentation + "\n");
}
FeatureSource source(const Lab& lab, const Model& model, std::unique_ptr<FeatureCache> cache, std::int64_t views = 0) {
  const FeatureSource::Settings settings{.views = views, .augments = !lab.options.steps.empty()};
  return {lab.images, model, settings, std::move(cache)};
}
constexpr std::int64_t kFilms = 21;

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_read_has_the_bits_of_what_is_computed) {
  for (const char* freeze : {"all", "block1"}) {  // [F] and [C,H,W]
    const Lab lab({.backbone = {"small_cnn", {{"width", 4}, {"depth", 2}, {"freeze", freeze}}}});
    const auto model = lab.assembler.make(0);
    const TempFolder folder;
    const torch::Tensor expected = lab.features(*model).get(all_views(kFilms, 3));
    for (const std::int64_t computed : {kFilms, std::int64_t{0}}) {
      FeatureSource cached = source(lab, *model, cache_in(folder.path()));
      const torch::Tensor got = cached.get(all_views(kFilms, 3));
      BOOST_TEST(torch::equal(got, expected), freeze);
      BOOST_TEST((got.strides() == expected.strides()), freeze);
      BOOST_TEST(cached.count().computed == computed, freeze);
      BOOST_TEST(cached.count().cached == kFilms - computed, freeze);
    }
  }
}

BOOST_AUTO_TEST_CASE(only_what_is_missing_is_computed_whatever_batch_it_falls_into) {
  const Lab lab;
  const auto model = lab.assembler.make(0);
  const TempFolder folder;
  source(lab, *model, cache_in(folder.path())).get(all_views(13, 0));
  FeatureSource cached = source(lab, *model, cache_in(folder.path()));
  BOOST_TEST(torch::equal(cached.get(all_views(kFilms, 0)), lab.features(*model).get(all_views(kFilms, 0))));
  BOOST_TEST(cached.count().computed == kFilms - 13);
}

BOOST_AUTO_TEST_CASE(two_sources_share_as_they_go) {
  const Lab lab;
  const auto model = lab.assembler.make(0);
  const TempFolder folder;
  FeatureSource first = source(lab, *model, cache_in(folder.path()));
  FeatureSource second = source(lab, *model, cache_in(folder.path()));
  for (std::int64_t view = 0; view < 4; ++view) {
    const torch::Tensor a = (view % 2 == 0 ? first : second).get(all_views(kFilms, view));
    BOOST_TEST(torch::equal((view % 2 == 0 ? second : first).get(all_views(kFilms, view)), a));
  }
  BOOST_TEST(first.count().computed == 2 * kFilms);
  BOOST_TEST(second.count().computed == 2 * kFilms);
}

BOOST_AUTO_TEST_CASE(films_as_they_are_are_shared_by_all_augmentations_views_are_not) {
  const Lab rotated;
  const Lab plain({.steps = {}});
  const auto model = rotated.assembler.make(0);
  const TempFolder folder;
  source(rotated, *model, cache_in(folder.path(), "rotate")).get(all_views(kFilms, -1));
  FeatureSource other = source(plain, *model, cache_in(folder.path(), "none"));
  other.get(all_views(kFilms, -1));
  other.get(all_views(kFilms, 5));  // nothing is done to a film: every view is the film as it is
  BOOST_TEST(other.count().computed == 0);
  FeatureSource more = source(rotated, *model, cache_in(folder.path(), "rotate more"));
  more.get(all_views(kFilms, 0));
  BOOST_TEST(more.count().computed == kFilms);
}

BOOST_AUTO_TEST_CASE(views_come_round_to_the_same_records) {
  const Lab lab;
  const auto model = lab.assembler.make(0);
  const TempFolder folder;
  FeatureSource two = source(lab, *model, cache_in(folder.path()), 2);
  for (std::int64_t epoch = 0; epoch < 5; ++epoch) two.get(all_views(kFilms, epoch));
  BOOST_TEST(two.count().computed == 2 * kFilms);
  FeatureSource fresh = source(lab, *model, cache_in(folder.path()));
  fresh.get(all_views(kFilms, 1));  // a view is a view, however they are counted
  BOOST_TEST(fresh.count().computed == 0);
}

BOOST_AUTO_TEST_CASE(a_damaged_file_costs_time_and_no_bit) {
  const Lab lab;
  const auto model = lab.assembler.make(0);
  const TempFolder folder;
  const torch::Tensor expected = source(lab, *model, cache_in(folder.path())).get(all_views(kFilms, 0));
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    if (entry.path().extension() != ".data") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(entry.file_size() / 2));
    file.write("damage", 6);
  }
  FeatureSource cached = source(lab, *model, cache_in(folder.path()));
  BOOST_TEST(torch::equal(cached.get(all_views(kFilms, 0)), expected));
  BOOST_TEST(cached.count().computed == 1);
  FeatureSource mended = source(lab, *model, cache_in(folder.path()));
  mended.get(all_views(kFilms, 0));
  BOOST_TEST(mended.count().computed == 0);
}

BOOST_AUTO_TEST_CASE(where_the_cache_takes_nothing_memory_does) {
  const Lab lab;
  const auto model = lab.assembler.make(0);
  const TempFolder folder;
  std::ofstream(folder / "file") << "in the way";
  FeatureSource two = source(lab, *model, cache_in(folder / "file/cache"), 2);
  for (std::int64_t epoch = 0; epoch < 5; ++epoch) {
    BOOST_TEST(torch::equal(two.get(all_views(kFilms, epoch)), lab.features(*model).get(all_views(kFilms, epoch % 2))));
  }
  BOOST_TEST(two.count().computed == 2 * kFilms);
  BOOST_TEST(two.count().cached == 0);
}

BOOST_AUTO_TEST_CASE(weights_come_when_they_are_needed_and_are_those_that_were_hashed) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor images = torch::zeros({8, 3, 24, 24});
  const std::string hash = Lab().assembler.make(0)->prefix_hash();
  const auto same = Lab().assembler.make(0);  // outlives its assembler
  same->know_hash(hash);
  BOOST_TEST(torch::equal(same->prefix(images), Lab().assembler.make(0)->prefix(images)));
  const auto other = Lab().assembler.make(0);
  other->know_hash("the hash of weights that were there yesterday");
  BOOST_TEST(other->prefix_hash() == "the hash of weights that were there yesterday");  // nobody computed with them yet
  BOOST_CHECK_THROW(other->prefix(images), base::RunError);
  BOOST_CHECK_THROW(other->prefix(images), base::RunError);
}

BOOST_AUTO_TEST_SUITE_END()
