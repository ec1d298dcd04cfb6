#pragma once
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

#include "shared.hpp"
#include "youden/store/claim.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/run_writer.hpp"

namespace youden::test {

/// Ten films, unevenly: covid s0–s3, normal s4–s9; s2, s3, s7, s8, s9 are the test part. s7 and s8 share a patient.
inline store::DatasetRow small_dataset() {
  store::DatasetRow d{"hash-of-ten", "ten", {}, {}};
  for (int i = 0; i < 10; ++i) {
    const std::string id = fmt::format("s{}", i);
    d.samples.push_back({.id = id,
                         .path = "/films/" + id + ".png",
                         .sha256 = "sha-" + id,
                         .label = i < 4 ? "covid" : "normal",
                         .patient = fmt::format("p{}", i == 8 ? 7 : i),
                         .source = i % 2 == 0 ? "north" : "",
                         .covariates = {{"age", 40 + i}}});
  }
  return d;
}

inline store::NewRun small_run(const std::string& name, const std::string& fingerprint, double dropout = 0.5) {
  return {.name = name,
          .seed = 42,
          .fingerprint = fingerprint,
          .config = {{"name", name}, {"head", {{"type", "linear"}, {"dropout", dropout}}}},
          .yaml = "name: " + name + "\n",
          .command_line = "youden train x.yaml",
          .params = {{"head.type", "linear"}, {"head.dropout", dropout}, {"name", name}, {"split.group", nullptr}},
          .environment = {{"cpu", "some"}, {"torch", "1.13.1"}},
          .dataset = small_dataset(),
          .positive = "covid",
          .classes = {"covid", "normal"}};
}

inline std::vector<store::AssignmentRow> small_split() {
  std::vector<store::AssignmentRow> rows;
  for (int i = 0; i < 10; ++i) {
    const bool test = i == 2 || i == 3 || i >= 7;
    rows.push_back({.sample = fmt::format("s{}", i), .part = test ? "test" : "train"});
  }
  return rows;
}

/// At 0.5: s2 right, s3 missed, s7 a false alarm, s8 and s9 right. At 0.3 s3 is found too.
inline std::vector<store::PredictionRow> small_predictions(const std::string& part = "test") {
  std::vector<store::PredictionRow> rows;
  for (const auto& [sample, p] : {std::pair{"s2", 0.9}, {"s3", 0.4}, {"s7", 0.6}, {"s8", 0.2}, {"s9", 0.1}}) {
    rows.push_back({.part = part, .sample = sample, .class_name = "covid", .probability = p});
    rows.push_back({.part = part, .sample = sample, .class_name = "normal", .probability = 1 - p});
  }
  return rows;
}

inline store::ResultRow result(const std::string& part, const std::string& metric, double value, std::int64_t n,
                               double threshold = 0.5) {
  return {.part = part,
          .class_name = "covid",
          .threshold = threshold,
          .metric = metric,
          .estimate = {.value = value, .low = value - 0.1, .high = value + 0.1, .method = "by-hand", .n = n}};
}

/// A completed run of one fold and two epochs with the given sensitivity; returns its id.
inline std::int64_t add_run(store::Database& db, const std::string& name, const std::string& fingerprint,
                            double sensitivity = 0.5, double dropout = 0.5, const std::string& part = "test") {
  const auto claimed = store::claim_run(db, small_run(name, fingerprint, dropout), false);
  const std::int64_t run = claimed.run;
  store::write_assignments(db, run, small_split());
  for (int epoch = 0; epoch < 2; ++epoch) {
    store::commit_epoch(
        db, run, 0, 0, epoch,
        {{"train", "loss", 0.7 - 0.2 * epoch}, {"train", "lr", 0.001}, {"test", "auc", 0.6 + 0.1 * epoch}}, {});
  }
  store::finish_fold(db, run, 0, 0, small_predictions(part), {});
  store::write_results(db, run,
                       {result(part, "sensitivity", sensitivity, 2), result(part, "specificity", 2.0 / 3, 3),
                        result(part, "youden_j", sensitivity - 1.0 / 3, 5), result(part, "auc", 5.0 / 6, 5),
                        result(part, "brier", 0.2 - 0.1 * sensitivity, 5), result(part, "kappa", 0.1, 5)});
  store::finish(db, run, "completed", "", 1.5);
  return run;
}

/// A database as the first version of the schema made it: two completed runs on test set `t`, and a failed one.
inline void make_version_1(const std::string& path) {
  SQLite::Database db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  db.exec(store::migrations()[0]);
  db.exec("PRAGMA user_version = 1");
  db.exec("PRAGMA application_id = " + std::to_string(store::kApplicationId));
  db.exec("INSERT INTO dataset (hash, name, n) VALUES ('h', 'old', 0)");
  for (const char* row : {"'1a', 'completed'", "'1b', 'completed'", "'1c', 'failed'"}) {
    db.exec(std::string("INSERT INTO run (uid, status, name, seed, fingerprint, created, dataset, folds, replicates, "
                        "classes, test_hash, command_line, config, yaml) VALUES (") +
            row + ", 'old', 0, 'f', '2026-01-01T00:00:00.000Z', 1, 1, 1, '[]', 't', '', '{}', '')");
  }
}

/// Runs `work` in a child process and returns how that ended, as waitpid(2) says it.
template <class Work>
int in_child(Work&& work) {
  std::signal(SIGCHLD, SIG_DFL);  // Boost.Test would count a killed child as a failure
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      work();
    } catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

inline std::int64_t count(store::Database& db, const std::string& from) {
  return db.sqlite().execAndGet("SELECT count(*) FROM " + from).getInt64();
}

/// Whether the message of a youden error holds all these words.
inline auto says(std::vector<std::string> words) {
  return [words = std::move(words)](const std::exception& e) {
    for (const std::string& word : words) {
      if (std::string(e.what()).find(word) == std::string::npos) {
        BOOST_TEST_MESSAGE("'" << word << "' is missing in: " << e.what());
        return false;
      }
    }
    return true;
  };
}

}  // namespace youden::test
