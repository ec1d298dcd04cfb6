#include "youden/store/labels.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "fixture.hpp"
#include "youden/store/unsound.hpp"

using namespace youden;
using test::says;

namespace {

struct TwoRuns {
  test::TempFolder folder;
  store::Database db = store::Database::open(folder / "youden.db");
  std::int64_t first = test::add_run(db, "a", "f");
  std::int64_t second = test::add_run(db, "b", "g");
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(labels, TwoRuns)

BOOST_AUTO_TEST_CASE(tags_are_set_changed_and_taken_away) {
  store::change_tags(db, first, {{"site", "north"}, {"reader", "2"}});
  store::change_tags(db, first, {{"site", "a = b"}, {"reader", ""}});
  BOOST_TEST(store::read_tags(db, first) == (store::Json{{"site", "a = b"}}));
  BOOST_TEST(store::read_tags(db, second).empty());
}

BOOST_AUTO_TEST_CASE(taking_away_what_is_not_there_changes_nothing) {
  store::change_tags(db, first, {{"site", "north"}});
  BOOST_CHECK_EXCEPTION(store::change_tags(db, first, {{"kept", "1"}, {"stie", ""}}), base::ConfigError,
                        says({"no tag 'stie'", "did you mean 'site'"}));
  BOOST_TEST(store::read_tags(db, first).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_word_is_read_as_name_and_value) {
  BOOST_TEST((store::parse_tag("site=north=1") == std::pair<std::string, std::string>("site", "north=1")));
  BOOST_TEST(store::parse_tag("site=").second.empty());
  for (const char* word : {"site", "=north", "my site=north", "a]=1", "a\"=1"}) {
    BOOST_CHECK_EXCEPTION(store::parse_tag(word), base::ConfigError, says({base::split(word, '=')[0], "command line"}));
  }
  BOOST_CHECK_EXCEPTION(store::parse_tag("site=\xff"), base::ConfigError, says({"site", "UTF-8"}));
}

BOOST_AUTO_TEST_CASE(notes_are_kept_in_order_with_their_time) {
  store::add_note(db, first, "  blurred films\nin the test set\n");
  store::add_note(db, second, "other");
  store::add_note(db, first, "looked again");
  const auto notes = store::read_notes(db, first);
  BOOST_TEST(notes.size() == 2U);
  BOOST_TEST(notes[0].body == "blurred films\nin the test set");
  BOOST_TEST(notes[1].body == "looked again");
  BOOST_TEST(notes[0].created.ends_with('Z'));
  BOOST_TEST(notes[0].created <= notes[1].created);
}

BOOST_AUTO_TEST_CASE(a_note_is_removed_by_its_number_from_its_own_run_only) {
  store::add_note(db, first, "one");
  BOOST_CHECK_EXCEPTION(store::remove_note(db, second, 1), base::ConfigError, says({"run 2 has no note 1"}));
  store::remove_note(db, first, 1);
  BOOST_TEST(store::read_notes(db, first).empty());
}

BOOST_AUTO_TEST_CASE(a_note_says_something) {
  for (const char* text : {"", " \n", "\xc3("}) BOOST_CHECK_THROW(store::add_note(db, first, text), base::ConfigError);
}

BOOST_AUTO_TEST_CASE(words_are_as_long_as_a_merge_takes_them_and_no_longer) {
  store::change_tags(db, first, {store::parse_tag("site=" + std::string(10'000, 'x'))});
  BOOST_CHECK_EXCEPTION(store::parse_tag("site=" + std::string(10'001, 'x')), base::ConfigError,
                        says({"tag 'site'", "10001 bytes", "at most 10000"}));
  store::add_note(db, first, std::string(1'000'000, 'x'));
  BOOST_CHECK_EXCEPTION(store::add_note(db, first, std::string(1'000'001, 'x')), base::ConfigError,
                        says({"the note", "1000001 bytes"}));
  store::claim_run(db, test::small_run(std::string(1'000, 'x'), "long"), false);
  BOOST_CHECK_EXCEPTION(store::claim_run(db, test::small_run(std::string(1'001, 'x'), "longer"), false),
                        base::ConfigError, says({"the run's name", "1001 bytes"}));
  BOOST_TEST(test::count(db, "run WHERE fingerprint = 'longer'") == 0);
  BOOST_TEST(store::unsound(db.sqlite()).empty());
}

BOOST_AUTO_TEST_CASE(a_running_run_is_labelled_without_being_touched) {
  const auto run = store::claim_run(db, test::small_run("r", "r"), false).run;
  const auto before = store::read_run(db, run).heartbeat;
  store::Database other = store::Database::open(folder / "youden.db");
  store::change_tags(other, run, {{"watch", "yes"}});
  store::add_note(other, run, "slow");
  store::commit_epoch(db, run, 0, 0, 0, {{"train", "loss", 1.0}}, {});
  BOOST_TEST(store::read_tags(db, run)["watch"] == "yes");
  BOOST_TEST(store::read_run(db, run).status == "running");
  BOOST_TEST(store::read_run(db, run).heartbeat >= before);
}

BOOST_AUTO_TEST_CASE(a_lock_that_lasts_is_explained) {
  store::Database waiter = store::Database::open(folder / "youden.db", 50);
  const store::Transaction held(db.sqlite());
  BOOST_CHECK_EXCEPTION(store::change_tags(waiter, first, {{"a", "b"}}), base::StoreError, says({"locked"}));
  BOOST_CHECK_EXCEPTION(store::add_note(waiter, first, "a"), base::StoreError, says({"locked"}));
}

BOOST_AUTO_TEST_SUITE_END()
