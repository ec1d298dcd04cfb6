#include "youden/share/export.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "store/fixture.hpp"
#include "youden/share/merge.hpp"
#include "youden/store/check.hpp"
#include "youden/store/labels.hpp"
#include "youden/store/query.hpp"
#include "youden/store/run_json.hpp"

using namespace youden;
using config::Json;
using store::Database;
using test::count;
using test::says;
namespace fs = std::filesystem;

namespace {

/// Words that must not leave the house.
const std::vector<std::string> kSecrets{"p-Miller",   "/films", "film-of-", "sha-s",      "north-hospital",
                                        "1951-02-03", "anna",   "secret",   "hash-of-ten"};

struct Study {
  test::TempFolder folder;
  Database db = Database::open(folder / "results/youden.db");
  std::int64_t first = add("first", "f", 0.5);
  std::int64_t second = add("second", "s", 0.25);
  std::string out = folder / "share.db";

  std::int64_t add(const std::string& name, const std::string& fingerprint, double sensitivity) {
    auto r = test::small_run(name, fingerprint);
    r.yaml = "root: /home/anna/secret\n";
    r.command_line = "youden train /home/anna/secret.yaml";
    r.environment.emplace_back("user", "anna");
    r.tags = {{"patient", "p-Miller"}};
    r.config["dataset"] = {
        {"type", "manifest"}, {"root", "anna.csv"}, {"size", 224}, {"columns", {{"path", "secret"}}}};
    r.config["backbone"] = {{"weights", "/home/anna/vgg16.pth"}};
    r.config["cache"] = {{"dir", "/home/anna/cache"}};
    r.config["tags"] = {{"patient", "p-Miller"}};
    r.params["dataset.type"] = "manifest";
    r.params["dataset.size"] = 224;
    r.params["dataset.root"] = "anna.csv";
    r.params["dataset.sources"] = Json{"anna", "secret"};
    r.params["backbone.weights"] = "/home/anna/vgg16.pth";
    r.params["tags.patient"] = "p-Miller";
    for (auto& s : r.dataset.samples) {
      s.patient = "p-Miller" + s.patient;
      s.id = "film-of-" + s.id;
      s.source = s.source.empty() ? "" : "north-hospital";
      s.covariates = {{"born", "1951-02-03"}};
    }
    r.dataset.skipped = {{"film-of-nobody", "/films/x.png", "/films/x.png is secret"}};
    const auto run = store::claim_run(db, r, false).run;
    auto split = test::small_split();
    for (auto& a : split) a.sample = "film-of-" + a.sample;
    store::write_assignments(db, run, split);
    auto predictions = test::small_predictions();
    for (auto& p : predictions) p.sample = "film-of-" + p.sample;
    store::commit_epoch(db, run, 0, 0, 0, {{"train", "loss", 0.7}}, {});
    store::finish_fold(db, run, 0, 0, predictions, {});
    auto slice = test::result("test", "sensitivity", 1, 1);
    slice.slice = "born=1951-02-03";
    store::write_results(db, run, {test::result("test", "sensitivity", sensitivity, 2), slice});
    store::write_findings(db, run, {{"patient-overlap", "fail", 1.0, {{"patients", {"p-Miller3"}}}}});
    store::add_note(db, run, "anna looked at it");
    const auto model = store::run_folder(db, store::read_run(db, run).uid) / "model.safetensors";
    fs::create_directories(model.parent_path());
    std::ofstream(model) << name;
    store::add_artifact(db, run, "model", model);
    std::ofstream(folder / ("anna-" + name)) << name;
    store::add_artifact(db, run, "model", folder / ("anna-" + name));
    store::finish(db, run, "completed", "", 1.5);
    return run;
  }
  share::Exported save(std::vector<std::int64_t> runs, bool deidentify, bool force = false) {
    return share::export_runs(db, out, {.runs = std::move(runs), .deidentify = deidentify, .force = force});
  }
  [[nodiscard]] std::string bytes() const {
    std::ifstream in(out, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static store::Table table(Database& d, const std::string& sql) { return store::query(d, sql); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(exporting, Study)

BOOST_AUTO_TEST_CASE(the_chosen_runs_and_what_belongs_to_them_are_in_one_file) {
  const auto done = save({second}, false);
  BOOST_TEST(done.runs == 1U);
  BOOST_TEST(done.bytes == fs::file_size(out));
  Database copy = Database::open_read_only(out);
  auto expected = store::run_json(db, second);
  expected["run"] = 1;
  BOOST_TEST(store::run_json(copy, 1) == expected);  // artifacts by their full paths, the test set's two looks
  BOOST_TEST(expected["test_set"]["scored"] == 2);
  BOOST_TEST(store::read_notes(copy, 1).size() == 1U);
  BOOST_TEST(store::read_tags(copy, 1)["patient"] == "p-Miller");
  BOOST_TEST(store::read_samples(copy, 1).size() == 10U);
  BOOST_TEST(count(copy, "run") == 1);
  BOOST_TEST(store::check_database(copy).problems.empty());
  for (const char* suffix : {"-wal", "-shm", "-journal"}) BOOST_TEST(!fs::exists(out + suffix));
}

BOOST_AUTO_TEST_CASE(an_export_merges_back_without_a_change) {
  db.sqlite().exec("DELETE FROM artifact WHERE path LIKE '%anna-%'");  // outside of its run's folder: refused by merge
  save({first, second}, false);
  fs::copy(folder / "results/runs", folder / "runs", fs::copy_options::recursive);  // as one hands files on: beside it
  BOOST_TEST(share::merge_database(db, out).rows == 0);
  Database other = Database::open(folder / "other/youden.db");
  const auto m = share::merge_database(other, out);
  BOOST_TEST(m.added.size() == 2U);
  BOOST_TEST(m.copied.size() == 2U);  // the models
  BOOST_TEST(m.missing.empty());
  BOOST_TEST(store::check_database(other).problems.empty());
}

BOOST_AUTO_TEST_CASE(nothing_that_names_somebody_leaves_with_deidentify) {
  save({first, second}, false);
  for (const std::string& secret : kSecrets) BOOST_TEST(bytes().find(secret) != std::string::npos, secret);
  save({first, second}, true, true);
  for (const std::string& secret : kSecrets) BOOST_TEST(bytes().find(secret) == std::string::npos, secret);
  BOOST_TEST(bytes().find(folder.path().string()) == std::string::npos);
  for (const std::string& who : {store::process_start(::getpid()), store::read_run(db, first).test_hash}) {
    BOOST_TEST(bytes().find(who) == std::string::npos, who);
  }
  Database copy = Database::open_read_only(out);
  BOOST_TEST(count(copy, "run WHERE host IS NULL AND pid IS NULL") == 2);
}

BOOST_AUTO_TEST_CASE(every_number_stays_with_deidentify) {
  save({first, second}, true);
  Database copy = Database::open_read_only(out);
  BOOST_TEST(store::check_database(copy).problems.size() == 2U);  // the models, which are not in it
  for (const char* sql :
       {"SELECT run, youden_j, sensitivity, sensitivity_low, n_positive, part FROM leaderboard",
        "SELECT run, part, label, y, score, decision FROM scored ORDER BY 1, 2, 5", "SELECT * FROM confusion",
        "SELECT * FROM history", "SELECT * FROM result WHERE slice = ''", "SELECT scored FROM test_set",
        "SELECT part, count(*) FROM assignment GROUP BY part", "SELECT rule, severity, value FROM finding"}) {
    BOOST_TEST(table(copy, sql).csv() == table(db, sql).csv(), sql);
  }
  // s7 and s8 are one patient; ten films are nine patients, so that a bootstrap by patient draws the same clusters.
  const char* clusters = "SELECT count(*) AS films FROM sample GROUP BY patient ORDER BY films";
  BOOST_TEST(table(copy, clusters).csv() == table(db, clusters).csv());
  const char* scores =
      "SELECT a.score + b.score FROM scored a JOIN scored b ON a.patient = b.patient "
      "AND a.run = b.run AND a.sample < b.sample";
  BOOST_TEST(table(copy, scores).csv() == table(db, scores).csv());
  BOOST_TEST(count(copy, "sample WHERE source IS NULL") == 5);
}

BOOST_AUTO_TEST_CASE(the_configuration_keeps_numbers_and_types) {
  save({first}, true);
  Database copy = Database::open_read_only(out);
  const auto run = store::read_run(copy, 1);
  BOOST_TEST(run.config == Json::parse(R"({"name": "first", "head": {"type": "linear", "dropout": 0.5},
    "dataset": {"type": "manifest", "root": null, "size": 224, "columns": {"path": null}},
    "backbone": {"weights": "vgg16.pth"}})"));
  BOOST_TEST(store::read_params(copy, 1) ==
             Json::parse(R"({"backbone.weights": "vgg16.pth", "dataset.root": null, "dataset.size": 224,
    "dataset.sources": "[null,null]", "dataset.type": "manifest", "head.dropout": 0.5, "head.type": "linear",
    "name": "first", "split.group": null})"));
  BOOST_TEST(run.yaml.empty());
  BOOST_TEST(run.command_line.empty());
  BOOST_TEST(store::read_environment(copy, 1) == (Json{{"cpu", "some"}}));  // torch is spelled libtorch in a real run
}

BOOST_AUTO_TEST_CASE(pseudonyms_are_new_each_time) {
  save({first}, true);
  Database one = Database::open_read_only(out);
  const auto before = table(one, "SELECT patient, sha256, id FROM sample ORDER BY patient").csv();
  out = folder / "again.db";
  save({first}, true);
  Database two = Database::open_read_only(out);
  BOOST_TEST(table(two, "SELECT patient, sha256, id FROM sample ORDER BY patient").csv() != before);
}

BOOST_AUTO_TEST_CASE(equal_names_of_different_kinds_have_nothing_in_common) {
  const share::Pseudonyms names;
  BOOST_TEST(names.of("patient", "7") == names.of("patient", "7"));
  BOOST_TEST(names.of("patient", "7") != names.of("sample", "7"));
  BOOST_TEST(names.of("patient", "7") != names.of("patient", "8"));
  BOOST_TEST(names.of("patient", "7").size() == 64U);
}

BOOST_AUTO_TEST_CASE(what_a_value_is_about_decides_not_where_it_stands) {
  const Json sweep = Json::parse(R"({"objective": "val.auc", "sampler": "grid", "space": {
      "dataset.file": {"choice": ["ward-miller.csv", "b.csv"]}, "dataset.type": {"choice": ["manifest"]},
      "backbone.weights": {"choice": ["/home/anna/vgg16.pth"]}, "tags.patient": {"choice": ["p-Miller"]},
      "split.file": {"choice": ["anna/split.csv", "miller.json"]}, "train.lr": {"choice": [0.1]}}})");
  BOOST_TEST(share::without_names(Json{{"sweep", sweep}}) == Json::parse(R"({"sweep": {"objective": "val.auc",
      "sampler": "grid", "space": {"dataset.file": {"choice": [null, null]}, "dataset.type": {"choice": [null]},
      "backbone.weights": {"choice": ["vgg16.pth"]}, "split.file": {"choice": [null, null]},
      "train.lr": {"choice": [0.1]}}}})"));
}

BOOST_AUTO_TEST_CASE(a_deidentified_copy_changes_nothing_at_home) {
  save({first, second}, true);
  const auto before = table(db, "SELECT * FROM sample").csv();
  const auto m = share::merge_database(db, out);
  BOOST_TEST(m.present == 2);
  BOOST_TEST(table(db, "SELECT * FROM sample").csv() == before);
  BOOST_TEST(count(db, "prediction") == 20);
  Database elsewhere = Database::open(folder / "elsewhere/youden.db");
  BOOST_TEST(share::merge_database(elsewhere, out).added.size() == 2U);
}

BOOST_AUTO_TEST_CASE(parts_from_outside_lose_their_name) {
  store::DatasetRow other{"x", "anna", {{.id = "s2", .path = "/x", .sha256 = "x", .label = "normal"}}};
  const auto dataset = store::add_dataset(db, other);
  store::write_predictions(
      db, first, {{.part = "external:anna", .sample = "s2", .class_name = "covid", .probability = 0.7}}, dataset);
  store::write_results(db, first, {test::result("external:anna", "specificity", 0, 1)});
  save({first}, true);
  BOOST_TEST(bytes().find("anna") == std::string::npos);
  Database copy = Database::open_read_only(out);
  const char* same = "prediction p JOIN result r ON r.run = p.run AND r.part = p.part WHERE p.part LIKE 'external:%'";
  BOOST_TEST(count(copy, same) == 1);
}

BOOST_AUTO_TEST_CASE(an_unfinished_run_is_exported_as_interrupted) {
  const auto run = store::claim_run(db, test::small_run("r", "r"), false).run;
  save({run}, true);
  Database copy = Database::open_read_only(out);
  BOOST_TEST(copy.sqlite().execAndGet("SELECT status FROM run").getString() == "interrupted");
  BOOST_TEST(copy.sqlite().execAndGet("SELECT host FROM run").isNull());
}

BOOST_AUTO_TEST_CASE(a_place_that_is_taken_is_refused) {
  std::ofstream(out) << "my thesis";
  BOOST_CHECK_EXCEPTION(save({first}, false), base::ConfigError, says({"is there already", out, "--force"}));
  BOOST_TEST(bytes() == "my thesis");
  save({first}, false, true);
  Database copy = Database::open_read_only(out);
  BOOST_TEST(store::check_database(copy).problems.empty());
  out = db.path().string();
  BOOST_CHECK_EXCEPTION(save({first}, false, true), base::ConfigError, says({"the database itself"}));
  out = folder.path().string();
  BOOST_CHECK_EXCEPTION(save({first}, false, true), base::ConfigError, says({"no file"}));
}

BOOST_AUTO_TEST_CASE(an_export_that_fails_leaves_what_was_there) {
  std::ofstream(out) << "my thesis";
  BOOST_CHECK_EXCEPTION(save({first, 99}, false, true), base::Error, says({"99"}));
  BOOST_TEST(bytes() == "my thesis");
  std::ofstream(folder / "file").close();
  out = folder / "file/share.db";
  BOOST_CHECK_EXCEPTION(save({first}, false), base::StoreError, says({"folder"}));
  out = "/proc/share.db";
  BOOST_CHECK_EXCEPTION(save({first}, false), base::StoreError, says({"/proc/share.db"}));
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    BOOST_TEST(entry.path().string().find("partial") == std::string::npos, entry.path().string());
  }
}

BOOST_AUTO_TEST_CASE(every_column_is_let_through_on_purpose) {
  // A column that somebody adds is emptied until it is listed; this test makes them decide, and describe it.
  share::Deidentification d;
  const auto rewrites = d.rewrites(db.sqlite());
  std::set<std::string> emptied;
  for (const auto& [column, sql] : rewrites.columns) {
    if ((sql == "NULL" || sql == "''") && !column.ends_with(".id")) emptied.insert(column);
  }
  BOOST_TEST(emptied == (std::set<std::string>{"run.command_line", "run.heartbeat", "run.host", "run.pid",
                                               "run.process_start", "run.reason", "run.yaml", "finding.evidence",
                                               "sample.path", "skipped.path", "skipped.reason", "sweep.command_line",
                                               "sweep.yaml", "trial.feature_group", "trial.host", "trial.lease",
                                               "trial.pid", "trial.process_start", "trial.reason"}),
             boost::test_tools::per_element());
  std::set<std::string> left;
  for (const auto& [table, sql] : rewrites.rows) {
    if (sql == "0") left.insert(table);
  }
  BOOST_TEST(left == (std::set<std::string>{"checkpoint", "excluded", "note", "removal", "tag"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
