#include "youden/evaluate/score_file.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "shared.hpp"
#include "youden/evaluate/registered.hpp"
#include "youden/evaluate/score_file_pair.hpp"
#include "youden/metric/metrics/auc.hpp"
#include "youden/metric/metrics/sensitivity.hpp"

using namespace youden;
using evaluate::ScoreFile;
using evaluate::ScoreFileOptions;

namespace {

struct Files {
  test::TempFolder folder;
  ScoreFile read(const std::string& text, ScoreFileOptions options = {}, const std::string& name = "t.csv") {
    std::ofstream(folder / name) << text;
    options.file = folder / name;
    return evaluate::read_score_file(options);
  }
  std::string refused(const std::string& text, ScoreFileOptions options = {}) {
    try {
      read(text, std::move(options));
    } catch (const base::DataError& e) {
      return e.what();
    }
    return {};
  }
};

bool holds(const std::string& text, const std::string& part) {
  BOOST_TEST_MESSAGE(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(score_file, Files)

BOOST_AUTO_TEST_CASE(plain_columns_are_guessed_and_said) {
  const ScoreFile f = read("film,y,prob,Patient ID\na,1,.75,p\nb,0,.5,q\nc,0,1e-3,p\n");
  BOOST_TEST(f.positive() == "1");
  BOOST_TEST(f.table.truth == (std::vector<int>{1, 0, 0}), boost::test_tools::per_element());
  BOOST_TEST(f.table.score == (std::vector<double>{.75, .5, 1e-3}), boost::test_tools::per_element());
  BOOST_TEST(f.table.patient == (std::vector<std::string>{"p", "q", "p"}), boost::test_tools::per_element());
  BOOST_TEST(f.id == (std::vector<std::string>{"a", "b", "c"}), boost::test_tools::per_element());
  BOOST_TEST(f.guesses.size() == 5U);   // label, positive, score, group, id
  BOOST_TEST(f.table.decided(1) == 1);  // at the threshold
}

BOOST_AUTO_TEST_CASE(the_positive_class_is_named_unless_its_name_says_so) {
  const std::string text = "label,score\ncovid,.9\nnormal,.2\n";
  BOOST_TEST(holds(refused(text), "--positive covid, or --positive normal"));
  BOOST_TEST(read(text, {.positive = "normal"}).positive() == "normal");
  BOOST_TEST(holds(refused(text, {.positive = "covd"}), "no row is labelled 'covd'"));
  BOOST_TEST(read("label,score\nYes,.9\nno,.2\n").positive() == "Yes");
  const ScoreFile one = read("label,score\ncovid,.9\ncovid,.2\n", {.positive = "covid"});
  BOOST_TEST(one.table.classes.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_header_that_stands_twice_is_refused_and_a_number_chooses) {
  const std::string text = "label,score,score\n1,.99,.01\n0,.07,.93\n";
  BOOST_TEST(holds(refused(text), "two columns are named 'score'"));
  BOOST_TEST(read(text, {.scores = {"2"}}).table.score[0] == .99);
  BOOST_TEST(read(text, {.scores = {"3"}}).table.score[0] == .01);
}

BOOST_AUTO_TEST_CASE(a_table_without_a_label_is_refused) {
  BOOST_TEST(holds(refused("label,score\n,.5\n,.2\n"), "no row has a label"));
}

BOOST_AUTO_TEST_CASE(commas_stand_before_decimals_where_semicolons_separate) {
  const ScoreFile f = read("image_id;score;befund\nA1;0,91;positiv\nA2;0,12;negativ\n");
  BOOST_TEST(f.table.score == (std::vector<double>{.91, .12}), boost::test_tools::per_element());
  BOOST_TEST(f.positive() == "positiv");
  BOOST_TEST(f.id_column == "image_id");
  BOOST_TEST(holds(refused("label,score\n1,\"0,91\"\n0,.2\n"), "is no finite number"));
}

BOOST_AUTO_TEST_CASE(a_quoted_comma_stands_before_decimals_too) {
  const ScoreFile f = read("label,score\n1,\"0,91\"\n0,\"0,2\"\n");
  BOOST_TEST(f.table.score == (std::vector<double>{.91, .2}), boost::test_tools::per_element());
  const std::string why = refused("label,score\n1,0,91\n0,0,2\n");
  BOOST_TEST(holds(why, "every row has 3 cells, the header 2"));
  BOOST_TEST(holds(why, "semicolons"));
}

BOOST_AUTO_TEST_CASE(rows_are_averaged_where_asked) {
  const std::string text = "crop,film,label,patient,score\na,f1,1,p,.9\nb,f2,0,q,.25\nc,f1,1,p,.5\n";
  const ScoreFile f = read(text, {.mean_by = "film"});
  BOOST_TEST(f.table.score == (std::vector<double>{.7, .25}), boost::test_tools::per_element());
  BOOST_TEST(f.table.truth == (std::vector<int>{1, 0}), boost::test_tools::per_element());
  BOOST_TEST(f.table.patient == (std::vector<std::string>{"p", "q"}), boost::test_tools::per_element());
  BOOST_TEST(f.id == (std::vector<std::string>{"f1", "f2"}), boost::test_tools::per_element());
  BOOST_TEST(f.places.size() == 2U);
  BOOST_TEST(holds(f.notes.back(), "3 rows were averaged to 2"));
  BOOST_TEST(holds(refused("film,label,score\na,1,.5\na,0,.5\nb,0,.1\n", {.mean_by = "film"}), "different labels"));
  BOOST_TEST(holds(refused("film,label,patient,score\na,1,p,.5\na,1,q,.5\nb,0,p,.1\n", {.mean_by = "film"}),
                   "different patients"));
}

BOOST_AUTO_TEST_CASE(columns_of_models_and_readers_are_told_apart) {
  const std::string text = "label,net,old,dr k\n1,.9,.5,1\n0,.2,.4,1\n0,.3,0,0\n";
  const ScoreFile f = read(text);
  BOOST_TEST(f.models == (std::vector<std::string>{"net", "old"}), boost::test_tools::per_element());
  BOOST_TEST(f.readers == (std::vector<std::string>{"dr k"}), boost::test_tools::per_element());
  BOOST_TEST(f.table.score == (std::vector<double>{.9, .2, .3}), boost::test_tools::per_element());
  BOOST_TEST(f.positive() == "1");
  const ScoreFile named = read(text, {.scores = {"old", "net"}});
  BOOST_TEST(named.models == (std::vector<std::string>{"old", "net"}), boost::test_tools::per_element());
  BOOST_TEST(named.table.score == (std::vector<double>{.5, .4, 0}), boost::test_tools::per_element());
  BOOST_TEST(holds(refused("label,net,age\n1,.9,50\n0,.2,61\n"), "no column is named like a score"));
}

BOOST_AUTO_TEST_CASE(rows_of_one_image_belong_together_and_it_is_said) {
  const ScoreFile f = read("image,label,score\na,1,.4\na,1,.5\nb,0,.2\nb,0,.3\n");
  BOOST_TEST(f.table.groups() == (std::vector<std::uint32_t>{0, 0, 1, 1}), boost::test_tools::per_element());
  BOOST_REQUIRE(f.notes.size() == 1U);
  BOOST_TEST(f.notes[0] == "4 rows are of 2 different 'image': rows of one belong together");
}

BOOST_AUTO_TEST_CASE(patients_that_are_none_are_each_their_own_and_ids_in_two_spellings_are_said) {
  const ScoreFile f = read("label,score,patient\n1,.4,nan\n1,.5,nan\n0,.2,7\n0,.1,7.0\n0,.1,7\n");
  BOOST_TEST(f.table.patient == (std::vector<std::string>{"", "", "7", "7.0", "7"}), boost::test_tools::per_element());
  BOOST_REQUIRE(f.notes.size() == 2U);
  BOOST_TEST(holds(f.notes[0], "2 rows name no patient"));
  BOOST_TEST(holds(f.notes[1], "'7' and '7.0'"));
}

BOOST_AUTO_TEST_CASE(columns_named_like_classes_hold_their_scores) {
  const std::string text = "path,covid,normal,label\nx,.9,.1,covid\ny,.3,.7,normal\n";
  const ScoreFile f = read(text, {.positive = "covid"});
  BOOST_TEST(f.table.score == (std::vector<double>{.9, .3}), boost::test_tools::per_element());
  BOOST_TEST(holds(refused(text, {.scores = {"normal"}, .positive = "covid"}), "is not positive"));
  const ScoreFile three = read("label,b,a,c\na,.1,.7,.2\nc,.3,.3,.4\nb,.5,.4,.1\n");
  BOOST_TEST(three.table.classes == (std::vector<std::string>{"a", "b", "c"}), boost::test_tools::per_element());
  BOOST_TEST(three.table.score == (std::vector<double>{.7, .1, .2, .3, .3, .4, .4, .5, .1}),
             boost::test_tools::per_element());
  BOOST_TEST(holds(refused("label,b,a\na,.1,.7\nc,.3,.3\nb,.5,.4\n"), "no column holds the score of the class 'c'"));
}

BOOST_AUTO_TEST_CASE(every_fault_is_named_with_its_line) {
  const std::string said = refused("y,score\n1,.9\n,.5\n0,high\n0,nan\n1,inf\n0,.1\n");
  for (const char* fault : {"t.csv:3: the label is empty", "t.csv:4: the score 'high'", "t.csv:5", "t.csv:6"}) {
    BOOST_TEST(holds(said, fault));
  }
  BOOST_TEST(!holds(said, "t.csv:7"));
  BOOST_TEST(holds(refused("y,scor\n1,.9\n"), "name it: --score COL"));
  BOOST_TEST(holds(refused("y,score\n1,.9\n", {.group = "patent"}), "no column 'patent'"));
  BOOST_TEST(holds(refused("y,prob,p\n1,.9,1\n0,.1,1\n"), "the score could be in several columns"));
  BOOST_TEST(holds(refused("y,score\n"), "no rows"));
  BOOST_TEST(holds(refused("id,y,score\na,1,.9\na,0,.1\n", {.id = "id"}), "'a' is listed twice"));
}

BOOST_AUTO_TEST_CASE(two_tables_are_matched_by_id) {
  const ScoreFile a = read("id,y,score\na,1,.9\nb,1,.8\nc,0,.7\nd,0,.1\n");
  const ScoreFile b = read("id,y,score\nd,0,.6\nb,1,.4\na,1,.7\nx,0,.5\n", {}, "u.csv");
  const auto pair = evaluate::compare_score_files(a, b, {.metrics = evaluate::registered_metrics()});
  BOOST_TEST(pair.matched_by == "id");
  BOOST_TEST_REQUIRE(pair.rows.size() == 3U);  // a b d
  BOOST_TEST(pair.rows[0].second == 2U);
  BOOST_TEST(pair.tests[0].test == "mcnemar-exact");
  BOOST_TEST(*pair.tests[0].first_only == 2);                            // b, d
  BOOST_TEST(std::abs(*pair.tests[1].result.difference - 0.5) < 1e-12);  // 1 and, of .7 .4 against .6, 1/2
}

BOOST_AUTO_TEST_CASE(without_ids_order_and_labels_have_to_agree) {
  const ScoreFile a = read("y,score\n1,.9\n0,.8\n");
  BOOST_TEST(evaluate::compare_score_files(a, read("y,score\n1,.2\n0,.3\n", {}, "u.csv"), {}).matched_by == "order");
  BOOST_CHECK_EXCEPTION(evaluate::compare_score_files(a, read("y,score\n0,.2\n1,.3\n", {}, "u.csv"), {}),
                        base::DataError,
                        [](const auto& e) { return holds(e.what(), "u.csv:2") && holds(e.what(), "u.csv:3"); });
  BOOST_CHECK_EXCEPTION(evaluate::compare_score_files(a, read("y,score\n1,.2\n", {}, "u.csv"), {}), base::DataError,
                        [](const auto& e) { return holds(e.what(), "2 and 1 rows"); });
}

BOOST_AUTO_TEST_CASE(tables_without_a_common_id_are_compared_unpaired) {
  const ScoreFile a = read("id,y,score\na,1,.9\nb,1,.4\nc,0,.6\nd,0,.2\n");
  const ScoreFile b = read("id,y,score\ne,1,.8\nf,1,.3\ng,0,.5\nh,0,.4\n", {}, "u.csv");
  const auto pair = evaluate::compare_score_files(a, b, {});
  BOOST_TEST_REQUIRE(pair.tests.size() == 1U);
  BOOST_TEST(pair.tests[0].test == "delong-unpaired");
}

BOOST_AUTO_TEST_SUITE_END()
