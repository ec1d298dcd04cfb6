#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "shared.hpp"
#include "youden/report/history_plot.hpp"
#include "youden/show/summary.hpp"
#include "youden/stat/proportion.hpp"
#include "youden/store/claim.hpp"
#include "youden/store/run_writer.hpp"

using namespace youden;
using youden::test::TempFolder;

namespace {

boost::test_tools::assertion_result has_gnuplot(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result result(std::system("command -v gnuplot >/dev/null 2>&1") == 0);
  if (!result) result.message() << "gnuplot is absent";
  return result;
}

boost::test_tools::assertion_result holds(const std::string& text, const std::string& part) {
  boost::test_tools::assertion_result result(text.find(part) != std::string::npos);
  if (!result) result.message() << "'" << part << "' is not in:\n" << text;
  return result;
}

std::vector<store::HistoryPoint> history(const std::string& other) {
  std::vector<store::HistoryPoint> out;
  for (int epoch = 1; epoch <= 3; ++epoch) {
    for (int fold = 0; fold < 2; ++fold) {
      out.push_back({0, fold, epoch, "train", "loss", 1.0 / epoch + 0.25 * fold});
      out.push_back({0, fold, epoch, "train", "accuracy", 0.25 * epoch});
      out.push_back({0, fold, epoch, "train", "lr", 1e-3});
      if (!other.empty()) {
        out.push_back({0, fold, epoch, other, "loss", 2.0 * epoch});
        out.push_back({0, fold, epoch, other, "accuracy", 0.125});
        out.push_back({0, fold, epoch, other, "auc", std::nullopt});
      }
    }
  }
  return out;
}

/// The tutorial's test part: 5 covid found, 1 of 5 normal films called covid.
std::int64_t tutorial_run(store::Database& db, const std::string& name = "tutorial") {
  store::NewRun r{.name = name,
                  .fingerprint = "f-" + name,
                  .dataset = {"hash-" + name, "films", {}, {}},
                  .positive = "covid",
                  .classes = {"covid", "normal"}};
  std::vector<store::AssignmentRow> split;
  std::vector<store::PredictionRow> predictions;
  for (int i = 0; i < 10; ++i) {
    const std::string id = "s" + std::to_string(i);
    r.dataset.samples.push_back(
        {.id = id, .path = "/" + id, .sha256 = "sha" + id, .label = i < 5 ? "covid" : "normal"});
    split.push_back({.sample = id, .part = "test"});
    const double p = i < 6 ? 0.9 - 0.05 * i : 0.3 - 0.02 * i;  // s5 is normal and called covid
    predictions.push_back({.part = "test", .sample = id, .class_name = "covid", .probability = p});
    predictions.push_back({.part = "test", .sample = id, .class_name = "normal", .probability = 1 - p});
  }
  const auto run = store::claim_run(db, r, false).run;
  store::write_assignments(db, run, split);
  for (int epoch = 1; epoch <= 2; ++epoch) {
    store::commit_epoch(
        db, run, 0, 0, epoch,
        {{"train", "loss", 0.7 / epoch}, {"train", "accuracy", 0.5}, {"test", "loss", 0.6}, {"test", "accuracy", 0.9}},
        {});
  }
  store::finish_fold(db, run, 0, 0, predictions, {});
  const auto row = [](const std::string& metric, std::int64_t k, std::int64_t n) {
    return store::ResultRow{
        .part = "test", .class_name = "covid", .threshold = 0.5, .metric = metric, .estimate = stat::proportion(k, n)};
  };
  store::ResultRow undefined = row("auc", 1, 2);
  undefined.estimate = {.method = "logit-delong", .n = 10};
  store::write_results(db, run,
                       {row("accuracy", 9, 10), row("sensitivity", 5, 5), row("specificity", 4, 5), undefined});
  store::finish(db, run, "completed", "", 1);
  return run;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(history_plots)

BOOST_AUTO_TEST_CASE(the_script_draws_loss_and_accuracy_of_both_parts_as_means_over_folds) {
  store::RunRecord run;
  run.id = 7;
  run.name = "covid_19";
  const std::string script = report::history_script(run, history("val"), "/tmp/a_b/plot.png");
  BOOST_TEST(holds(script, "set output '/tmp/a_b/plot.png'\n"));
  BOOST_TEST(holds(script, "'covid_19 — run 7'"));
  // Train loss: 1/epoch + 0.125; validation loss 2, 4, 6.
  BOOST_TEST(holds(script,
                   "title \"train\", '-' with linespoints ls 2 title \"validation\"\n"
                   "1 1.125\n2 0.625\n3 0.458333333\ne\n1 2\n2 4\n3 6\ne\n"));
  BOOST_TEST(holds(script, "1 0.25\n2 0.5\n3 0.75\ne\n1 0.125\n2 0.125\n3 0.125\ne\n"));
  BOOST_TEST(script.find("0.001") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(test_curves_are_called_test_and_a_run_may_have_none) {
  store::RunRecord run;
  BOOST_TEST(holds(report::history_script(run, history("test"), "p"), "title \"test\""));
  const std::string alone = report::history_script(run, history(""), "p");
  BOOST_TEST(alone.find("ls 2 title") == std::string::npos);
  BOOST_TEST(holds(alone, "ls 1 title \"train\"\n1 1.125\n"));
}

BOOST_AUTO_TEST_CASE(a_name_is_text_and_never_a_command) {
  store::RunRecord run;
  run.id = 1;
  run.name = "a'b`touch x`\"\nsystem 'touch y'";
  const std::string script = report::history_script(run, history("val"), "it's");
  BOOST_TEST(holds(script, "title 'a''b`touch x`\" system ''touch y'' — run 1' font"));
  BOOST_TEST(holds(script, "set output 'it''s'\n"));
}

BOOST_AUTO_TEST_CASE(a_png_is_drawn_whatever_name_and_folder, *boost::unit_test::precondition(has_gnuplot)) {
  const TempFolder folder;
  const auto odd = folder / "it's {a_b} @home ^2";
  auto db = store::Database::open(folder / "y.db");
  const std::string mark = (folder / "touched").string();
  const auto run = tutorial_run(db, "`touch " + mark + "`'\nsystem 'touch " + mark + "'\n#{x}");
  const auto plot = report::plot_history(db, run, odd);
  BOOST_TEST(plot == odd / "plot.png");
  std::ifstream in(plot, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  BOOST_TEST(bytes.substr(0, 8) == "\x89PNG\r\n\x1a\n");
  BOOST_TEST(bytes.size() > 10'000U);
  BOOST_TEST(!std::filesystem::exists(mark));
  BOOST_TEST(std::distance(std::filesystem::directory_iterator(odd), {}) == 1);  // nothing else is left
}

BOOST_AUTO_TEST_CASE(without_gnuplot_it_says_what_to_install) {
  const TempFolder folder;
  auto db = store::Database::open(folder / "y.db");
  const auto run = tutorial_run(db);
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", folder.path().c_str(), 1);
  BOOST_CHECK_EXCEPTION(report::plot_history(db, run, folder / "plots"), base::StoreError, [](const base::Error& e) {
    return std::string(e.what()).find("install gnuplot") != std::string::npos;
  });
  ::setenv("PATH", path.c_str(), 1);
  BOOST_TEST(std::filesystem::is_empty(folder / "plots"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(summaries)

BOOST_AUTO_TEST_CASE(the_tutorials_run_reads_as_scikit_learn_prints_it) {
  const TempFolder folder;
  auto db = store::Database::open(folder / "y.db");
  const std::string text = show::summary(db, tutorial_run(db));
  BOOST_TEST(holds(text,
                   "test part, 10 samples\n\n"
                   "              precision    recall  f1-score   support\n"
                   "\n"
                   "       covid       0.83      1.00      0.91         5\n"
                   "      normal       1.00      0.80      0.89         5\n"
                   "\n"
                   "    accuracy                           0.90        10\n"
                   "   macro avg       0.92      0.90      0.90        10\n"
                   "weighted avg       0.92      0.90      0.90        10\n"));
  BOOST_TEST(holds(text,
                   "confusion matrix (rows: truth, columns: decision)\n"
                   "         covid  normal\n"
                   " covid       5       0\n"
                   "normal       1       4\n"));
  BOOST_TEST(holds(text, "positive: covid, called when its probability is at least 0.5\n"));
  BOOST_TEST(holds(text, "sensitivity        1.0000  [0.4782, 1.0000]  95 % clopper-pearson, n = 5\n"));
  BOOST_TEST(holds(text, "specificity        0.8000  [0.2836, 0.9949]  95 % clopper-pearson, n = 5\n"));
  BOOST_TEST(holds(text, "auc                undefined  logit-delong, n = 10\n"));
}

BOOST_AUTO_TEST_CASE(a_run_without_results_has_nothing_to_sum_up) {
  const TempFolder folder;
  auto db = store::Database::open(folder / "y.db");
  const auto run =
      store::claim_run(db, {.name = "n", .fingerprint = "f", .dataset = {"h", "d", {}, {}}, .classes = {}}, false).run;
  BOOST_TEST(show::summary(db, run) == "");
}

BOOST_AUTO_TEST_SUITE_END()
