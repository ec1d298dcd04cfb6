#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "report/runs.hpp"
#include "shared.hpp"
#include "youden/report/card/markdown.hpp"
#include "youden/report/report.hpp"

using namespace youden;
using youden::test::TempFolder;
using youden::test::tutorial_run;

namespace {

constexpr const char* kHostile = "</script><img src=x onerror=\"a\">'&|`";

boost::test_tools::assertion_result holds(const std::string& text, const std::string& part) {
  boost::test_tools::assertion_result result(text.find(part) != std::string::npos);
  if (!result) result.message() << "'" << part << "' is missing";
  return result;
}
int count(const std::string& text, const std::string& part) {
  int n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

struct Fixture {
  TempFolder folder;
  store::Database db = store::Database::open(folder / "y.db");
  report::Thumbnails films{true};

  report::RunData tutorial(const std::string& name = "tutorial") {
    return report::read_run_data(db, tutorial_run(db, name));
  }
};

boost::test_tools::assertion_result has_chart_library(boost::unit_test::test_unit_id) {
  try {
    report::chart_library();
    return true;
  } catch (const base::ConfigError& e) {
    boost::test_tools::assertion_result no(false);
    no.message() << e.what();
    return no;
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(html)

BOOST_AUTO_TEST_CASE(markup_in_text_is_text) {
  BOOST_TEST(report::escape("<b> & \"it's\"") == "&lt;b&gt; &amp; &quot;it&#39;s&quot;");
  BOOST_TEST(report::escape("a\tb\nü") == "a\tb\nü");
}

BOOST_AUTO_TEST_CASE(what_html_forbids_becomes_a_replacement_character) {
  BOOST_TEST(report::escape(std::string("a\0b\x1f", 4)) ==
             "a\xEF\xBF\xBD"
             "b\xEF\xBF\xBD");
  BOOST_TEST(report::escape("x\xC3(\xFF.") == "x\xEF\xBF\xBD(\xEF\xBF\xBD.");
}

BOOST_AUTO_TEST_CASE(json_in_a_script_cannot_end_it) {
  BOOST_TEST(report::script_json("</script><!--&\xE2\x80\xA8") == "\"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028\"");
}

BOOST_AUTO_TEST_CASE(undefined_is_a_word) {
  BOOST_TEST(report::number(std::nullopt) == "undefined");
  BOOST_TEST(report::number(0.84449) == "0.844");
  BOOST_TEST(report::estimate_text({.value = 0.8, .low = 0.2836, .high = 0.9949}) == "0.800 [0.284, 0.995]");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(curves)

BOOST_AUTO_TEST_CASE(roc_keeps_corners_only) {
  // Three positives, then two negatives, then a pair tied (one of each): corners (0,0) (0,3) (2,3) (3,4).
  const std::vector<std::uint8_t> y{1, 1, 1, 0, 0, 1, 0};
  const std::vector<double> s{.9, .8, .7, .6, .5, .4, .4};
  const auto kept = report::corners(stat::roc(y, s).points);
  BOOST_REQUIRE(kept.size() == 4U);
  BOOST_TEST((kept[1].fp == 0 && kept[1].tp == 3 && kept[1].threshold == .7));
  BOOST_TEST((kept[2].fp == 2 && kept[2].tp == 3 && kept[2].threshold == .5));
  BOOST_TEST((kept[3].fp == 3 && kept[3].tp == 4));
}

BOOST_AUTO_TEST_CASE(a_straight_roc_of_ten_thousand_is_two_points) {
  std::vector<std::uint8_t> y;
  std::vector<double> s;
  for (int i = 0; i < 5000; ++i) {
    y.insert(y.end(), {1, 0});
    s.insert(s.end(), {i / 5000.0, i / 5000.0});
  }
  BOOST_TEST(report::corners(stat::roc(y, s).points).size() == 2U);
}

BOOST_AUTO_TEST_CASE(precision_recall_starts_at_the_first_positive) {
  // Thresholds .9 (a negative), .8 (positive), .7 and .6 (negatives), .5 (positive): recall 0, ½, ½, ½, 1.
  const std::vector<std::uint8_t> y{0, 1, 0, 0, 1};
  const std::vector<double> s{.9, .8, .7, .6, .5};
  const auto points = report::detail::precision_recall_points(stat::precision_recall(y, s));
  BOOST_TEST(points.dump() == "[[0,0.5,0.8],[0.5,0.5,0.8],[0.5,0.25,0.6],[1.0,0.4,0.5]]");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(sections, Fixture)

BOOST_AUTO_TEST_CASE(the_first_screen_says_what_a_reader_takes_away) {
  const auto s = report::headline_section(tutorial(), "");
  BOOST_TEST(holds(s.html,
                   "Test, 10 films of 10 patients: 5 covid (positive), 5 normal. Called covid: threshold 0.5, "
                   "fixed before the run."));
  BOOST_TEST(holds(s.html, "[0.478, 1.000]"));
  BOOST_TEST(holds(s.html, "[0.284, 0.995]"));
  BOOST_TEST(holds(s.html, "Too small to claim."));
  BOOST_TEST(holds(s.html, "This is the only run scored on this test set."));
  BOOST_TEST(holds(s.html, "The test part was also looked at after every epoch"));
  BOOST_TEST(holds(s.html, "No audit of these data is stored"));
  BOOST_TEST(holds(s.html, "undefined</div>"));  // the AUC, which is not 0
}

BOOST_AUTO_TEST_CASE(the_best_of_several_says_so) {
  const auto first = tutorial();
  store::NewRun again{.name = "again",
                      .fingerprint = "g",
                      .dataset = {"hash-tutorial", "films", {}, {}},
                      .positive = "covid",
                      .classes = {"covid", "normal"}};
  const auto run = store::claim_run(db, again, false).run;
  store::write_assignments(db, run, first.assignments);
  store::finish(db, run, "completed", "", 1);
  BOOST_TEST(holds(report::headline_section(report::read_run_data(db, first.run.id), "").html,
                   "one of 2 runs scored on this test set: if it was picked for its test values, read “best of 2”"));
}

BOOST_AUTO_TEST_CASE(a_failed_audit_is_on_the_first_screen) {
  const auto id = tutorial_run(db);
  store::write_findings(
      db, id,
      {{"size", "pass", {}, {}},
       {"header-shortcut", "fail", 1.0, {{"text", "the width tells & all"}, {"films", {"<i>a", "b"}}}}});
  const auto d = report::read_run_data(db, id);
  BOOST_TEST(holds(report::headline_section(d, "").html, "The audit failed these data on 1 check."));
  const std::string table = report::findings_section(d, "").html;
  BOOST_TEST(table.find("header shortcut") < table.find("✓ pass"));
  BOOST_TEST(holds(table, "the width tells &amp; all<details"));
  BOOST_TEST(holds(table, "<li>&lt;i&gt;a</li>"));
}

BOOST_AUTO_TEST_CASE(a_run_without_results_says_so) {
  const auto id =
      store::claim_run(db, {.name = "n", .fingerprint = "f", .dataset = {"h", "d", {}, {}}, .classes = {}}, false).run;
  const auto d = report::read_run_data(db, id);
  BOOST_TEST(holds(report::headline_section(d, "").html, "There are no results yet."));
  for (const auto& s : report::run_sections(d, "", films)) BOOST_TEST(s.charts.empty());
}

BOOST_AUTO_TEST_CASE(the_confusion_matrix_has_truth_in_its_rows) {
  const std::string html = report::confusion_section(tutorial(), "").html;
  BOOST_TEST(holds(html, "<th scope=\"row\">covid</th><td class=\"hit\">5</td><td class=\"\">0</td>"));
  BOOST_TEST(holds(html, "<th scope=\"row\">normal</th><td class=\"miss\">1</td><td class=\"hit\">4</td>"));
}

BOOST_AUTO_TEST_CASE(the_mistake_is_named_and_its_missing_film_marked) {
  const std::string html = report::mistakes_section(tutorial(), "", films).html;
  BOOST_TEST(holds(html, "<h3>Missed (0)</h3>"));
  BOOST_TEST(holds(html, "<h3>False alarms (1)</h3>"));
  BOOST_TEST(holds(html, "normal, called covid</div><div>probability of covid: 0.650</div>"));
  BOOST_TEST(holds(html, "the file is not there any more"));
  report::Thumbnails none(false);
  const std::string bare = report::mistakes_section(tutorial("other"), "", none).html;
  BOOST_TEST(count(bare, "class=\"film\"") + count(bare, "class=\"film absent\"") == 0);
}

BOOST_AUTO_TEST_CASE(the_flow_counts_found_left_out_and_parts) {
  const std::string html = report::flow_section(tutorial(), "").html;
  BOOST_TEST(holds(html, "<strong>Found</strong><br>13 films"));
  BOOST_TEST(holds(html, "missing or unreadable</strong><br>1 film<"));
  BOOST_TEST(holds(html, "<strong>Training</strong><br>2 films, 2 patients"));
  BOOST_TEST(holds(html, "5 covid, 5 normal"));
  BOOST_TEST(holds(html, "the image is empty"));
}

BOOST_AUTO_TEST_CASE(the_flow_counts_what_the_configuration_left_out) {
  auto d = tutorial();
  *d.found += 32;
  d.excluded[""] = {{"label 'todo'", 2}, {"view 'L'", 30}};
  const std::string html = report::flow_section(d, "").html;
  BOOST_TEST(holds(html, "<strong>Found</strong><br>45 films"));
  BOOST_TEST(holds(html, "Excluded by the configuration</strong><br>32 films"));
  BOOST_TEST(
      holds(html, "small\">30 for view &#39;L&#39;</span><br><span class=\"soft small\">2 for label &#39;todo&#39;<"));
  const auto answer = report::answers::flow(d);
  BOOST_TEST(holds(answer.text, "45 films found, 32 excluded by the configuration, 1 left out"));
  BOOST_TEST(holds(report::answers::exclusions(d).text, "32 films excluded by the configuration: 30 for view 'L'; 2"));
}

BOOST_AUTO_TEST_CASE(what_was_not_recorded_is_not_called_nothing) {
  auto d = tutorial();
  d.found.reset();  // a run of an earlier version
  BOOST_TEST(holds(report::flow_section(d, "").html, "<strong>Found</strong><br>not recorded"));
  BOOST_TEST(holds(report::answers::flow(d).text, "12 films used, 1 left out as missing or unreadable; what the conf"));
}

BOOST_AUTO_TEST_CASE(the_data_table_describes_each_part) {
  const std::string html = report::data_by_part_section(tutorial(), "").html;
  // Training: s10, s11, aged 50 and 52; test: 30, 32, …, 48, mean 39, sd 6.06; women s0, s3, s6, s9.
  BOOST_TEST(holds(html, ">51 ± 1.41 (50–52)<"));
  BOOST_TEST(holds(html, ">39 ± 6.06 (30–48)<"));
  BOOST_TEST(holds(html, "sex F</th><td class=\"n\">0 (0 %)</td><td class=\"n\">4 (40 %)</td>"));
}

BOOST_AUTO_TEST_CASE(free_text_is_counted_not_listed) {
  BOOST_TEST(report::detail::is_category({{"M", 4}, {"F", 3}, {"", 1}}));
  BOOST_TEST(!report::detail::is_category({{"M", 4}, {"the patient came in with a cough that had lasted a week", 1}}));
}

BOOST_AUTO_TEST_CASE(the_same_auc_is_told_in_r_and_python) {
  const auto id = tutorial_run(db);
  store::ResultRow auc = test::proportion_row("auc", 24, 25);
  store::write_results(db, id, {auc});
  const std::string html = report::predictions_section(report::read_run_data(db, id), "").html;
  BOOST_TEST(holds(html, "Of the downloaded file, test: 0.960000."));
  BOOST_TEST(holds(html, "auc(d$y, d$score, levels = c(0, 1), direction = &quot;&lt;&quot;)"));
  BOOST_TEST(holds(html, "print(roc_auc_score(d.y, d.score))"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(cards, Fixture)

BOOST_AUTO_TEST_CASE(claim_has_44_items_and_tripod_ai_27) {
  const auto d = tutorial();
  const auto lists = report::card(d);
  BOOST_REQUIRE(lists.size() == 2U);
  BOOST_REQUIRE(lists[0].items.size() == 44U);
  for (std::size_t i = 0; i < 44; ++i) BOOST_TEST(lists[0].items[i].number == std::to_string(i + 1));
  std::vector<std::string> numbers;
  for (const auto& item : lists[1].items) {
    std::string n = item.number;
    if (n.back() >= 'a') n.pop_back();
    if (numbers.empty() || numbers.back() != n) numbers.push_back(n);
  }
  BOOST_REQUIRE(numbers.size() == 27U);
  for (std::size_t i = 0; i < 27; ++i) BOOST_TEST(numbers[i] == std::to_string(i + 1));
}

BOOST_AUTO_TEST_CASE(every_item_is_answered_with_its_source_or_says_what_to_write) {
  for (const auto& list : report::card(tutorial())) {
    for (const auto& item : list.items) {
      BOOST_TEST_CONTEXT(list.name << " " << item.number) {
        BOOST_TEST(!item.title.empty());
        BOOST_TEST(item.answer.text.empty() == (item.state == report::FilledItem::State::not_reported));
        BOOST_TEST(item.answer.from.empty() == item.answer.text.empty());
        BOOST_TEST((item.state == report::FilledItem::State::reported || !item.author.empty()));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(answers_have_the_numbers) {
  const auto d = tutorial();
  const auto claim = report::claim_2024(d).items;
  BOOST_TEST(holds(claim[36].answer.text, "Sensitivity 1.000 [0.478, 1.000] (n = 5)"));
  BOOST_TEST(holds(claim[36].answer.text, "ROC AUC undefined"));
  BOOST_TEST(holds(claim[36].answer.from, d.run.uid));
  BOOST_TEST(holds(claim[34].answer.text,
                   "13 films found, 0 excluded by the configuration, 1 left out as missing or unreadable."));
  BOOST_TEST(holds(claim[19].answer.text, "By patient: no patient has films in two parts"));
  BOOST_TEST(holds(claim[38].answer.text,
                   "1 wrong decision among the test films; the most confident: s5 (normal, called covid)"));
  BOOST_TEST(
      holds(claim[8].answer.text, "Augmentation of training images: views fresh, steps rotate, degrees 15; flip."));
  BOOST_TEST(holds(claim[21].answer.text, "Backbone: vgg16, freeze all. "));
  BOOST_TEST(report::state_words(claim[43].state) == "NOT REPORTED");
}

BOOST_AUTO_TEST_CASE(a_patient_in_two_parts_is_told) {
  store::NewRun r{
      .name = "leak", .fingerprint = "l", .dataset = {"h", "d", {}, {}}, .positive = "a", .classes = {"a", "b"}};
  for (const char* id : {"x", "y"})
    r.dataset.samples.push_back({.id = id, .path = "", .sha256 = id, .label = "a", .patient = "same"});
  const auto id = store::claim_run(db, r, false).run;
  store::write_assignments(db, id, {{.sample = "x", .part = "train"}, {.sample = "y", .part = "test"}});
  BOOST_TEST(holds(report::answers::disjoint_level(report::read_run_data(db, id)).text,
                   "one patient has films in more than one part"));
}

BOOST_AUTO_TEST_CASE(markdown_is_a_table_whatever_a_name_holds) {
  const auto d = tutorial(std::string("a|b\n") + kHostile);
  const std::string text = report::card_markdown(d);
  BOOST_TEST(text == report::card_markdown(d));
  BOOST_TEST(count(text, "<img") == count(text, "\\<img"));
  BOOST_TEST(holds(text, "# Reporting card: a\\|b "));
  for (std::size_t at = text.find("\n| "); at != std::string::npos; at = text.find("\n| ", at + 1)) {
    const std::string row = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    int bars = 0;
    for (std::size_t i = 0; i < row.size(); ++i) bars += row[i] == '|' && (i == 0 || row[i - 1] != '\\') ? 1 : 0;
    BOOST_TEST(bars == 6, row);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(pages, Fixture, *boost::unit_test::precondition(has_chart_library))

BOOST_AUTO_TEST_CASE(the_same_run_gives_the_same_bytes) {
  const auto id = tutorial_run(db);
  report::Thumbnails other(true);
  BOOST_TEST(report::report_page({report::read_run_data(db, id)}, films) ==
             report::report_page({report::read_run_data(db, id)}, other));
}

BOOST_AUTO_TEST_CASE(nothing_from_the_database_becomes_markup) {
  const auto id = tutorial_run(db, kHostile);
  store::add_note(db, id, kHostile);
  store::change_tags(db, id, {{"site", kHostile}});
  const auto calm = report::report_page({tutorial()}, films);
  const auto hostile = report::report_page({report::read_run_data(db, id)}, films);
  BOOST_TEST(hostile.find("<img src=x") == std::string::npos);
  BOOST_TEST(count(hostile, "<script") == count(calm, "<script"));
  BOOST_TEST(count(hostile, "</script") == count(calm, "</script"));
}

BOOST_AUTO_TEST_CASE(a_page_names_no_address_that_could_be_fetched) {
  std::string page = report::report_page({tutorial()}, films);
  const auto library = report::chart_library();
  page.erase(page.find(library), library.size());
  for (const char* word : {"http://", "https://", "url(", "@import", " src=\"http", "<link"})
    BOOST_TEST(count(page, word) == 0, word);
  BOOST_TEST(holds(page, "default-src 'none'"));
}

BOOST_AUTO_TEST_CASE(several_runs_keep_their_ids_apart) {
  const auto a = tutorial("a");
  const auto b = tutorial("b");
  const std::string page = report::report_page({a, b}, films, nullptr, "no reason");
  for (const char* id : {"id=\"compare\"", "id=\"r1-roc\"", "id=\"r2-roc\"", "id=\"r1-predictions-wrong\""})
    BOOST_TEST(count(page, id) == 1, id);
  BOOST_TEST(holds(page, "cannot be tested against each other: no reason"));
}

BOOST_AUTO_TEST_CASE(ten_thousand_predictions_stay_a_page) {
  store::NewRun r{
      .name = "large", .fingerprint = "f", .dataset = {"h", "d", {}, {}}, .positive = "a", .classes = {"a", "b"}};
  std::vector<store::PredictionRow> predictions;
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = fmt::format("film-{:05}", i);
    r.dataset.samples.push_back(
        {.id = id, .path = "", .sha256 = id, .label = i % 3 == 0 ? "a" : "b", .patient = fmt::format("p{}", i / 2)});
    const double p = (i * 7919 % 10'007) / 10'007.0 * (i % 3 == 0 ? 1 : 0.8);
    for (const auto& [name, score] : {std::pair{"a", p}, {"b", 1 - p}})
      predictions.push_back({.part = "test", .sample = id, .class_name = name, .probability = score});
  }
  const auto id = store::claim_run(db, r, false).run;
  store::finish_fold(db, id, 0, 0, predictions, {});
  const std::string page = report::report_page({report::read_run_data(db, id)}, films);
  BOOST_TEST(page.size() < 1'500'000U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(an_absent_chart_library_is_named_with_its_package) {
  ::setenv("YOUDEN_CHART_JS", "/nowhere/chart.min.js", 1);
  BOOST_CHECK_EXCEPTION(report::chart_library(), base::ConfigError, [](const base::Error& e) {
    return std::string(e.what()).find("apt-get install libjs-chart.js") != std::string::npos;
  });
  ::unsetenv("YOUDEN_CHART_JS");
}
