#include <torch/torch.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "fixture.hpp"
#include "youden/run/dry_run.hpp"
#include "youden/run/training.hpp"
#include "youden/run/verify.hpp"

using namespace youden;
using namespace youden::run;
using namespace youden::test;

BOOST_AUTO_TEST_SUITE(cache)

namespace {

struct Keys {
  std::string plain;
  std::string augmented;
};
Keys keys(const RunProject& p, const std::vector<std::string>& overrides = {}) {
  base::Progress quiet(true);
  const Workbench bench(p.resolve(kTiny, overrides), quiet);
  return {feature_key(bench.experiment, *bench.prefix, bench.normalization, false),
          feature_key(bench.experiment, *bench.prefix, bench.normalization, true)};
}
Outcome go(const RunProject& p, const std::vector<std::string>& overrides = {}) {
  base::Progress quiet(true);
  return Training({.experiment = p.resolve(kTiny, overrides), .db = p.db(), .again = true}, quiet).go();
}
std::filesystem::path folder_of(const RunProject& p) { return p.root() / "results" / "cache"; }

}  // namespace

BOOST_AUTO_TEST_CASE(what_behind_the_cut_is_no_part_of_the_key) {
  const RunProject p;
  const Keys before = keys(p);
  for (const char* change :
       {"name=x", "head.dropout=0.1", "head.hidden=9", "train.lr=0.5", "train.epochs=9", "split.group=null",
        "replicates=3", "augment.views=7", "threads=1", "train.optimizer=sgd", "dataset.on_error=skip"}) {
    const Keys now = keys(p, {change});
    BOOST_TEST(now.plain == before.plain, change);
    BOOST_TEST(now.augmented == before.augmented, change);
  }
}

BOOST_AUTO_TEST_CASE(whatever_reaches_a_feature_is) {
  const RunProject p;
  const Keys before = keys(p);
  for (const char* change : {"seed=6", "dataset.size=40", "dataset.films=30", "normalize=caffe", "backbone.width=5",
                             "backbone.freeze=block1", "head.pool=2", "head=global_average"}) {
    const Keys now = keys(p, {change});
    BOOST_TEST(now.plain != before.plain, change);
    BOOST_TEST(now.augmented != before.augmented, change);
  }
  for (const char* change : {"augment.seed=7", "augment.steps.rotate.degrees=11"}) {
    const Keys now = keys(p, {change});
    BOOST_TEST(now.plain == before.plain, change);
    BOOST_TEST(now.augmented != before.augmented, change);
  }
}

BOOST_AUTO_TEST_CASE(another_build_has_other_keys) {
  const RunProject p;
  const Keys before = keys(p);
  const std::string build = g_library;
  g_library = "other headers";
  BOOST_TEST(keys(p).plain != before.plain);
  g_library = build;
}

BOOST_AUTO_TEST_CASE(the_second_run_computes_nothing_and_replicates_share) {
  const RunProject p;
  const Outcome first = go(p);
  BOOST_TEST(first.prefix_images > 24);
  const Outcome second = go(p);
  BOOST_TEST(second.prefix_images == 0);
  BOOST_TEST(second.cached_features > 0);
  BOOST_TEST(go(p, {"head.hidden=5", "replicates=2"}).prefix_images == 0);
  BOOST_TEST(go(p, {"cache=null"}).prefix_images == first.prefix_images);
  BOOST_TEST(go(p, {"cache.max_bytes=0"}).prefix_images == first.prefix_images);
}

BOOST_AUTO_TEST_CASE(no_cache_no_folder) {
  const RunProject p;
  go(p, {"cache=null"});
  go(p, {"cache.max_bytes=0"});
  base::Progress quiet(true);
  dry_run(p.resolve(kTiny), quiet);
  auto db = store::Database::open_read_only(p.db());
  BOOST_TEST((verify(db, store::read_run(db, 1), p.resolve(kTiny), quiet) == std::nullopt));
  BOOST_TEST(!std::filesystem::exists(folder_of(p)));
  go(p);
  BOOST_TEST(std::filesystem::exists(folder_of(p)));
}

BOOST_AUTO_TEST_CASE(sizes_in_the_document_are_bytes) {
  const RunProject p;
  const auto bytes = [&](const std::string& text) {
    return Experiment::from(p.resolve(kTiny, {"cache.max_bytes=" + text})).cache->bytes();
  };
  BOOST_TEST(bytes("4096") == 4096U);
  BOOST_TEST(bytes("1.5 MiB") == 1572864U);
  BOOST_TEST(Experiment::from(p.resolve(kTiny)).cache->bytes() == std::uint64_t{20} << 30U);
}

BOOST_AUTO_TEST_SUITE_END()
