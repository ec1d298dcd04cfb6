#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "fixture.hpp"
#include "youden/run/training.hpp"

using namespace youden;
using namespace youden::run;
using namespace youden::test;

namespace {

/// 120 films, a letter in the corner of those with an opacity: a small network sees it within seconds.
const std::string kMarked = R"(
name: marked
positive: opacity
threads: 1
dataset: { type: phantom, films: 120, size: 64, films_per_patient: [1, 1], marker_rate: 1 }
split: { type: kfold, folds: 3 }
backbone: { type: small_cnn, width: 8, depth: 3, freeze: none }
head: { type: global_average }
train: { epochs: 8, batch: 8, lr: 0.01 }
)";

Outcome go(const RunProject& p, const std::vector<std::string>& overrides) {
  base::Progress quiet(true);
  Request request;
  request.experiment = p.resolve(kMarked, overrides);
  request.db = p.db();
  return Training(std::move(request), quiet).go();
}

store::FindingRow border_control_of(const RunProject& p, const std::vector<std::string>& overrides) {
  const std::int64_t run = go(p, overrides).run;
  auto db = store::Database::open_read_only(p.db());
  for (auto& f : store::read_findings(db, run)) {
    if (f.rule == "border-control") return f;
  }
  return {"absent", "absent"};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(run_control)

BOOST_AUTO_TEST_CASE(labels_move_with_their_patient_and_only_among_members) {
  const std::vector<std::string> units{"A", "A", "B", "B", "C", "C", "D", "D", "E"};
  const std::vector<int> before{1, 1, 0, 0, 1, 1, 0, 0, 1};
  bool changed = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::vector<int> labels = before;
    permute_labels(labels, units, {0, 1, 2, 3, 4, 5, 6, 7}, base::Stream({.seed = seed}));
    for (std::size_t i = 0; i < 8; i += 2) BOOST_TEST(labels[i] == labels[i + 1]);
    BOOST_TEST(std::count(labels.begin(), labels.end() - 1, 1) == 4);
    BOOST_TEST(labels[8] == 1);
    changed |= labels != before;
  }
  BOOST_TEST(changed);
}

BOOST_AUTO_TEST_CASE(a_null_that_leaves_out_a_half_fails) {
  std::vector<double> aucs;
  for (int i = 0; i < 20; ++i) aucs.push_back(0.62 + 0.01 * i);
  BOOST_TEST((judge_permutations(aucs, 0.9, sample::Part::test).severity == audit::Severity::fail));
  aucs[3] = 0.31;
  aucs[7] = 0.42;
  const audit::Finding f = judge_permutations(aucs, 0.9, sample::Part::test);
  BOOST_TEST((f.severity == audit::Severity::pass));
  BOOST_TEST(f.evidence.at("p").get<double>() == 1.0 / 21, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_run_no_better_than_permuted_labels_is_reported) {
  std::vector<double> aucs;
  for (int i = 0; i < 20; ++i) aucs.push_back(0.41 + 0.01 * i);
  const audit::Finding f = judge_permutations(aucs, 0.55, sample::Part::oof);
  BOOST_TEST((f.severity == audit::Severity::warn));
  BOOST_TEST(f.evidence.at("p").get<double>() == 7.0 / 21, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(the_border_control_sees_a_marker_and_nothing_else) {
  const RunProject p;
  const auto marked = border_control_of(p, {"controls=[border]"});
  BOOST_TEST(marked.severity == "fail", marked.evidence.dump());
  BOOST_TEST(marked.evidence.at("low").get<double>() > 0.5);
  const auto clean = border_control_of(p, {"controls=[border]", "dataset.marker_rate=0"});
  BOOST_TEST(clean.severity == "pass", clean.evidence.dump());
}

BOOST_AUTO_TEST_CASE(permutations_push_no_film_through_the_prefix_again) {
  const RunProject p;
  const std::vector<std::string> off{"dataset.films=24", "dataset.size=32", "split=holdout", "backbone.freeze=all",
                                     "train.epochs=2"};
  const auto count = [&](std::vector<std::string> more, const std::string& cache) {
    more.insert(more.end(), off.begin(), off.end());
    more.push_back("cache.dir=" + (p.root() / cache).string());  // on a command line: of the working folder
    return go(p, more).prefix_images;
  };
  const auto alone = count({}, "one");
  BOOST_TEST(alone > 0);
  BOOST_TEST(count({"controls=[permuted]"}, "two") == alone);
  BOOST_TEST(count({"controls=[border]"}, "three") == 2 * alone);
}

BOOST_AUTO_TEST_SUITE_END()
