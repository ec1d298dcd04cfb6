#include "youden/store/external.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "compare/compare_fixture.hpp"
#include "youden/store/check.hpp"
#include "youden/store/leaderboard.hpp"
#include "youden/store/run_json.hpp"
#include "youden/store/scored.hpp"
#include "youden/store/seen_samples.hpp"

using namespace youden;
using store::Database;
using test::says;

namespace {

/// Run 1 of compare_fixture.hpp, and three films from a ward: w0 covid .8, w1 normal .6, w2 normal .1.
struct Ward {
  test::TempFolder folder;
  Database db = Database::open(folder / "youden.db");
  std::int64_t run = test::add_scored_run(db, {.scores = {{.9, .4, .6, .2, .1, .3}}});

  static store::ExternalPart part(const std::string& name = "ward", double first = .8) {
    store::ExternalPart p{"external:" + name, {"hash of the ward", name, {}, {}}, {}, {}};
    for (int i = 0; i < 3; ++i) {
      const std::string id = fmt::format("w{}", i);
      p.dataset.samples.push_back({id, "/ward/" + id + ".png", "ward " + id, i == 0 ? "covid" : "normal"});
      const double score = std::vector{first, .6, .1}[static_cast<std::size_t>(i)];
      p.predictions.push_back({0, 0, p.part, id, "covid", score});
      p.predictions.push_back({0, 0, p.part, id, "normal", 1 - score});
    }
    p.results = {test::result(p.part, "sensitivity", 1, 1), test::result(p.part, "auc", 1, 3)};
    return p;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(external, Ward)

BOOST_AUTO_TEST_CASE(a_part_from_elsewhere_is_shown_and_changes_no_rank) {
  store::write_external(db, run, part());
  const store::Json j = store::run_json(db, run);
  BOOST_TEST(j["n"]["external:ward"] == 3);
  BOOST_TEST(j["metrics"]["external:ward"]["sensitivity"]["value"] == 1);
  BOOST_TEST(j["confusions"]["external:ward"]["matrix"] == store::Json({{1, 0}, {1, 1}}));
  BOOST_TEST(j["confusion"]["part"] == "test");
  const auto board = store::rank_runs(db, {});
  BOOST_TEST(board.runs[0].columns["part"] == "test");
  BOOST_TEST(board.runs[0].columns["sensitivity"] == 0.5);
  BOOST_TEST(store::check_database(db).problems.empty());
}

BOOST_AUTO_TEST_CASE(what_it_left_out_goes_with_it) {
  auto narrow = part();
  narrow.dataset.excluded = {{"view 'L'", 3}};
  store::write_external(db, run, narrow);
  const std::string sum = "SELECT coalesce(sum(n), 0) FROM excluded WHERE part = 'external:ward'";
  BOOST_TEST(db.sqlite().execAndGet(sum).getInt() == 3);
  store::write_external(db, run, part());
  BOOST_TEST(db.sqlite().execAndGet(sum).getInt() == 0);
}

BOOST_AUTO_TEST_CASE(scoring_it_counts_as_a_look) {
  const std::string hash = store::hash_samples(part().dataset.samples);
  BOOST_TEST(store::count_scored(db, hash) == 0);
  store::write_external(db, run, part());
  store::write_external(db, run, part());
  BOOST_TEST(store::count_scored(db, hash) == 1);
  store::write_external(db, test::add_scored_run(db, {.scores = {{.9, .4, .6, .2, .1, .3}}}), part());
  BOOST_TEST(store::count_scored(db, hash) == 2);
}

BOOST_AUTO_TEST_CASE(the_hash_is_that_of_a_test_set_of_the_same_films) {
  std::vector<store::SampleRow> tested;
  for (const int i : {11, 3, 4, 8, 10, 9}) {
    tested.push_back({.id = "any", .path = "", .sha256 = fmt::format("sha f{}", i), .label = "covid"});
  }
  BOOST_TEST(store::hash_samples(tested) == store::read_run(db, run).test_hash);
}

BOOST_AUTO_TEST_CASE(a_repetition_takes_the_place_of_what_was_there) {
  store::write_external(db, run, part());
  BOOST_TEST(store::external_dataset(db, run, "external:ward").value() == "hash of the ward");
  BOOST_TEST(!store::external_dataset(db, run, "external:other"));
  store::write_external(db, run, part("ward", .3));
  BOOST_TEST(test::count(db, "prediction WHERE part = 'external:ward'") == 6);
  BOOST_TEST(store::read_confusion(db, store::read_run(db, run), "external:ward").matrix[0][1] == 1);
}

BOOST_AUTO_TEST_CASE(only_a_completed_run_takes_one) {
  const auto stopped = test::add_scored_run(db, {.scores = {{.9, .4, .6, .2, .1, .3}}, .status = "interrupted"});
  BOOST_CHECK_EXCEPTION(store::write_external(db, stopped, part()), base::ConfigError, says({"completed"}));
  BOOST_TEST(test::count(db, "prediction WHERE part = 'external:ward'") == 0);
  BOOST_CHECK_THROW(store::write_external(db, 99, part()), base::ConfigError);
}

BOOST_AUTO_TEST_CASE(runs_are_compared_on_it) {
  const auto other = test::add_scored_run(db, {.scores = {{.9, .4, .6, .2, .1, .3}}});
  store::write_external(db, run, part());
  store::write_external(db, other, part("ward", .3));
  const auto c = compare::compare_runs(db, {run, other}, {.part = "external:ward"});
  BOOST_TEST(c.pairs[0].shared == 3U);
  BOOST_TEST(c.flipped.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_a_run_learnt_from_is_known_by_content_and_patient) {
  std::vector<std::string> patients(12, "");
  patients[1] = "p1";
  patients[3] = "p3";
  const auto learnt =
      test::add_scored_run(db, {.scores = {{.9, .4, .6, .2, .1, .3}}, .patients = patients, .with_val = true});
  store::execute(db.sqlite(), "UPDATE sample SET source = 'north' WHERE patient IS NOT NULL");
  const auto seen = store::seen_samples(db, learnt);
  BOOST_TEST(seen.content.size() == 6U);
  BOOST_TEST(seen.content.at("sha f0") == "train");
  BOOST_TEST(seen.content.at("sha f2") == "val");
  BOOST_TEST(!seen.content.contains("sha f3"));
  BOOST_TEST(seen.patients.contains({"p1", "north"}));
  BOOST_TEST(seen.patients.contains({"p1", ""}));  // a table without sources names the same people
  BOOST_TEST(!seen.patients.contains({"p1", "south"}));
  BOOST_TEST(!seen.patients.contains({"p3", "north"}));
}

BOOST_AUTO_TEST_SUITE_END()
