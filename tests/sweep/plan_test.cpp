#include "youden/sweep/plan.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "shared.hpp"
#include "youden/metric/metrics/auc.hpp"
#include "youden/metric/metrics/brier.hpp"
#include "youden/sweep/worker.hpp"

using namespace youden;
using config::Json;

namespace {

/// A document of few keys, in which `head.dropout` must be below 1; a setting is `key=value` with a JSON value.
config::Resolved compose(const std::vector<std::string>& settings, const Json& section) {
  Json document{{"name", "fake"},
                {"seed", 1},
                {"dataset", {{"type", "phantom"}}},
                {"augment", {{"views", "fresh"}}},
                {"backbone", {{"type", "vgg16"}, {"freeze", "all"}}},
                {"head", {{"type", "linear"}, {"dropout", 0.5}}},
                {"train", {{"epochs", 4}, {"phases", Json::array()}}},
                {"metrics", {"auc", "brier"}},
                {"cache", {{"dir", "cache"}}},
                {"sweep", section}};
  for (const std::string& word : settings) {
    const auto equals = word.find('=');
    Json* at = &document;
    for (const std::string& key : base::split(word.substr(0, equals), '.')) at = &(*at)[key];
    const Json value = Json::parse(word.substr(equals + 1), nullptr, false);
    *at = value.is_discarded() ? Json(word.substr(equals + 1)) : value;
  }
  if (document["head"]["dropout"] >= 1) throw base::ConfigError({"'head.dropout' is too large", "command line"});
  return {.config = document};
}

Json section(const Json& space) {
  return {{"sampler", "grid"}, {"trials", nullptr}, {"objective", "val.auc"}, {"seed", 0},
          {"space", space},    {"pruner", nullptr}, {"generation", 8}};
}

sweep::Plan plan(const Json& s, const std::vector<std::string>& words = {}) {
  return sweep::make_plan(words, [&](const std::vector<std::string>& settings) { return compose(settings, s); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sweep_plan)

BOOST_AUTO_TEST_CASE(trials_of_one_network_stand_together_and_the_longest_is_known) {
  const auto p =
      plan(section({{"head.dropout", {0.1, 0.2}}, {"backbone.type", {"vgg16", "vgg19"}}, {"train.epochs", {2, 9}}}));
  BOOST_REQUIRE(p.trials.size() == 8U);
  BOOST_TEST(p.groups() == 2U);
  for (std::size_t i = 0; i < 8; ++i) {
    BOOST_TEST(p.trials[i].params["backbone.type"] == (i < 4 ? "vgg16" : "vgg19"));
    BOOST_TEST(p.trials[i].epochs == p.trials[i].params["train.epochs"]);
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_frozen_or_not_kept_is_not_shared) {
  BOOST_TEST(plan(section({{"head.dropout", {0.1, 0.2}}}), {"backbone.freeze=none"}).trials[0].feature_group.empty());
  BOOST_TEST(plan(section({{"head.dropout", {0.1, 0.2}}}), {"cache=null"}).groups() == 2U);
}

BOOST_AUTO_TEST_CASE(comma_lists_join_the_documents_space_and_take_its_places) {
  const auto p = plan(section({{"head.dropout", {0.1, 0.2}}}), {"head.dropout=0.3,0.4,0.5", "train.epochs=1,2"});
  BOOST_TEST(p.trials.size() == 6U);
  BOOST_TEST(p.trials[0].params.dump() == R"({"head.dropout":0.3,"train.epochs":1})");
}

BOOST_AUTO_TEST_CASE(components_are_set_before_their_options_whatever_the_spaces_order) {
  const auto words = sweep::settings_of({{"head.hidden", 16}, {"head.type", "tutorial"}, {"backbone", "vgg16"}});
  const std::vector<std::string> expected{"head.type=tutorial", "backbone=vgg16", "head.hidden=16"};
  BOOST_TEST(words == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_bounding_value_is_tried_and_all_faults_are_told) {
  BOOST_CHECK_EXCEPTION(plan(section({{"head.dropout", {0.1, 1.5, 2}}})), base::ConfigError, [](const auto& e) {
    const std::string text = e.what();
    return text.find("head.dropout=1.5") != std::string::npos && text.find("head.dropout=2") != std::string::npos &&
           text.find("head.dropout=0.1") == std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(the_fingerprint_is_of_all_but_the_space) {
  const auto one = plan(section({{"head.dropout", {0.1, 0.2}}}));
  BOOST_TEST(one.fingerprint == plan(section({{"head.dropout", {0.1, 0.2, 0.3}}})).fingerprint);
  BOOST_TEST(one.fingerprint != plan(section({{"head.dropout", {0.1, 0.2}}}), {"seed=2"}).fingerprint);
}

BOOST_AUTO_TEST_CASE(a_worker_does_every_trial_notes_failures_and_goes_on) {
  const test::TempFolder folder;
  const auto path = folder.path() / "s.db";
  const auto p = plan(section({{"head.dropout", {0.1, 0.2, 0.3}}}));
  auto db = store::Database::open(path);
  const auto opened = store::open_sweep(db, sweep::record_of(p, "", ""), p.trials, false);
  std::vector<double> seen;
  sweep::Worker worker(
      path, opened.id, p.objectives,
      [&](const std::vector<std::string>& settings) { return compose(settings, section(Json::object())); },
      [&](const config::Resolved& document, const auto&) -> sweep::TrialOutcome {
        seen.push_back(document.config["head"]["dropout"].get<double>());
        if (seen.back() == 0.2) throw base::DataError({"a film is broken", "film.png"});
        throw base::RunError({"diverged"});
      });
  worker.work();
  const std::vector<double> expected{0.1, 0.2, 0.3};
  BOOST_TEST(seen == expected, boost::test_tools::per_element());
  const auto trials = store::read_trials(db, opened.id);
  for (const auto& t : trials) BOOST_TEST(t.state == "failed");
  BOOST_TEST(trials[1].reason.find("film.png") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_interrupted_trial_is_another_workers_and_a_busy_run_is_tried_again) {
  const test::TempFolder folder;
  const auto path = folder.path() / "s.db";
  const auto p = plan(section({{"head.dropout", {0.1}}}));
  auto db = store::Database::open(path);
  const auto opened = store::open_sweep(db, sweep::record_of(p, "", ""), p.trials, false);
  int calls = 0;
  sweep::Worker worker(
      path, opened.id, p.objectives,
      [&](const std::vector<std::string>& settings) { return compose(settings, section(Json::object())); },
      [&](const config::Resolved&, const auto&) -> sweep::TrialOutcome {
        if (++calls == 1) throw sweep::Busy({"run 1 is being worked on"});
        throw base::Interrupted({"stop"});
      });
  BOOST_CHECK_THROW(worker.work(), base::Interrupted);
  BOOST_TEST(calls == 2);
  BOOST_TEST(store::read_trials(db, opened.id)[0].state == "pending");
  BOOST_TEST(store::read_trials(db, opened.id)[0].attempts == 0);
}

BOOST_AUTO_TEST_SUITE_END()
