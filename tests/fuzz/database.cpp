// What somebody wrote into a results database that is merged, shown, compared or exported: its JSON columns, names and
// paths, through the queries that read them. One line of the input a value. Slow: `json_columns` is without the
// queries.
#include <array>

#include "fuzz.hpp"
#include "youden/base/text.hpp"
#include "youden/compare/comparison.hpp"
#include "youden/config/print.hpp"
#include "youden/share/deidentify.hpp"
#include "youden/store/claim.hpp"
#include "youden/store/door.hpp"
#include "youden/store/run_json.hpp"
#include "youden/store/run_writer.hpp"
#include "youden/store/sweeps.hpp"

namespace youden::fuzz {

constexpr std::array kPlaces{
    "run SET config",      "run SET classes",     "sample SET covariates", "finding SET evidence", "sweep SET config",
    "sweep SET objective", "trial SET params",    "trial SET objectives",  "param SET value",      "artifact SET path",
    "run SET uid",         "sweep SET direction", "prediction SET class"};

/// Two runs of two films, a sweep and its trial, a finding and a file.
store::Database& database() {
  static store::Database db = [] {
    const auto folder = std::filesystem::temp_directory_path() / ("youden-fuzz-" + std::to_string(::getpid()));
    store::Database made = store::Database::open(folder / "youden.db");
    for (const char* name : {"first", "second"}) {
      const store::NewRun run{
          .name = name,
          .fingerprint = name,
          .config = {{"name", name}},
          .params = {{"head.type", "linear"}, {"name", name}},
          .dataset = {"hash", "two", {{.id = "a", .label = "sick"}, {.id = "b", .label = "well"}}, {}},
          .positive = "sick",
          .classes = {"sick", "well"}};
      const auto id = store::claim_run(made, run, false).run;
      store::write_assignments(made, id, {{.sample = "a", .part = "test"}, {.sample = "b", .part = "test"}});
      store::finish_fold(made, id, 0, 0,
                         {{.part = "test", .sample = "a", .class_name = "sick", .probability = .9},
                          {.part = "test", .sample = "a", .class_name = "well", .probability = .1},
                          {.part = "test", .sample = "b", .class_name = "sick", .probability = .3},
                          {.part = "test", .sample = "b", .class_name = "well", .probability = .7}},
                         {});
      store::write_findings(made, id, {{"copies", "warn", 1.0, {{"films", {"a", "b"}}}}});
      made.sqlite().exec("INSERT INTO artifact (run, kind, path, sha256, bytes) VALUES (" + std::to_string(id) +
                         ", 'model', 'runs/x/model', '', 0)");
    }
    made.sqlite().exec(
        "INSERT INTO sweep VALUES (1, 'sw', 's', 'f', 'open', 'val.auc', 'max', '', '', 0, '', '{}', '')");
    made.sqlite().exec(
        "INSERT INTO trial (sweep, number, params, state, run, value) VALUES (1, 0, '{}', 'completed', 1, 1)");
    std::filesystem::remove_all(folder);  // nothing is committed from here on, and so the open file is enough
    return made;
  }();
  return db;
}

template <class Work>
void attempt(const Work& work) {
  try {
    store::guarded(database().path(), work);
  } catch (const base::Error&) {
  }
}

void parse(std::string_view bytes) {
  store::Database& db = database();
  SQLite::Database& sql = db.sqlite();
  static share::Deidentification deidentification;
  [[maybe_unused]] static const auto kRewrites = deidentification.rewrites(sql);
  sql.exec("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; BEGIN");
  const auto lines = base::split(bytes, '\n');
  for (std::size_t i = 0; i < lines.size() && i < kPlaces.size(); ++i) {
    attempt([&] { store::execute(sql, std::string("UPDATE ") + kPlaces[i] + " = ? WHERE rowid = 1", lines[i]); });
  }

  const auto print = [](const config::Json& j) { static_cast<void>(j.dump(2, ' ', false, config::kAnyBytes)); };
  bool sound = false;
  attempt([&] { sound = store::detail::mistyped_column(sql).empty() && store::detail::broken_json(sql).empty(); });
  attempt([&] { print(store::run_json(db, 1)); });
  attempt([&] {
    for (const auto& finding : store::read_findings(db, 1)) print(finding.evidence);
  });
  attempt([&] {
    for (const auto& sweep : store::read_sweeps(db)) print(sweep.config);
  });
  attempt([&] {
    for (const auto& trial : store::detail::read_trials(sql, 1)) print(trial.params);
  });
  attempt([&] { static_cast<void>(store::read_samples(db, 1)); });
  attempt([&] {
    const std::vector<store::RunRecord> runs{store::read_run(db, 1), store::read_run(db, 2)};
    print(config::flatten(runs[0].config));
    static_cast<void>(compare::detail::config_differences(db, runs));
    compare::detail::require_comparable(runs);
    static_cast<void>(compare::read_scored_part(db, runs[0], "test"));
  });
  for (const char* cleaned : {"config_without_names(config) FROM run", "config_without_names(params) FROM trial",
                              "param_without_names(name, value) FROM param"}) {
    attempt([&] {
      SQLite::Statement row(sql, std::string("SELECT ") + cleaned);
      while (row.executeStep()) static_cast<void>(row.getColumn(0).getString());
    });
  }
  attempt([&] {
    SQLite::Statement row(sql, "SELECT path, uid FROM artifact JOIN run ON run.id = artifact.run");
    while (row.executeStep()) {
      const auto inside = store::below_run_folder(row.getColumn(0).getString(), row.getColumn(1).getString());
      for (const auto& piece : inside) require(piece != "..", "a path inside stays inside");
    }
  });
  if (sound) {
    const auto config = config::Json::parse(sql.execAndGet("SELECT config FROM run WHERE id = 1").getString());
    require(config.is_object(), "a sound database's configurations are objects");
  }
  sql.exec("ROLLBACK");
}

std::vector<std::string> seeds() {
  const std::string sound =
      R"({"dataset":{"root":"/home/a","size":224},"sweep":{"space":{"x.file":{"choice":["a.csv"]}}}})";
  return {sound +
              "\n[\"sick\",\"well\"]\n{\"age\":40}\n{\"films\":[\"a\",{\"b\":[1]}]}\n{}\n[\"val.auc\",\"val.f1\"]\n"
              "{\"head.dropout\":0.5}\n[1,null]\n[0.5,\"/x/y.csv\"]\nruns/00112233445566778899aabbccddeeff/model\n"
              "00112233445566778899aabbccddeeff\n[\"max\",\"min\"]\nsick",
          R"([1,-2.5e3,"\u00e9\n",null,true,{"a":[[[]]]}])",
          "{}\n[\"well\"]\n[]\nnull\n3\nval.auc\n[]\n{}\n\n../../x\n..\nmin"};
}

}  // namespace youden::fuzz
