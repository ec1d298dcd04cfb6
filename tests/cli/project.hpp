#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "program.hpp"

namespace youden::test {

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// About a second's work: 40 drawn films, 28 of them in training, a network of a few thousand weights.
inline constexpr const char* kSmall =
    "use: [dataset/phantom, augment/none, backbone/small_cnn, head/global_average, train/default, "
    "split/patient70-15-15]\n"
    "name: small\n"
    "seed: 3\n"
    "threads: 1\n"
    "dataset: { films: 40, size: 32 }\n"
    "backbone: { depth: 3, width: 4 }\n"
    "train: { epochs: 2, batch: 8 }\n";

/// A project of its own in a temporary folder: the presets of the source tree, an experiment, a results database.
class Project {
 public:
  Project() : Project(kSmall) {}
  explicit Project(const std::string& experiment) {
    std::filesystem::create_directory_symlink(std::filesystem::path(kSourceDir) / "configs", folder_ / "configs");
    write("e.yaml", experiment);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }
  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] std::filesystem::path db() const { return folder_ / results_ / "youden.db"; }
  /// From now on with a results folder of another name, which need not exist.
  void move_to(std::string results) { results_ = std::move(results); }

  std::filesystem::path write(const std::string& name, const std::string& text) const {
    const auto path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::binary);
    out << text;
    if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
    return path;
  }

  [[nodiscard]] Launch launch(std::vector<std::string> args) const {
    args.insert(args.end(), {"--db", db().string()});
    return {std::move(args), path()};
  }
  [[nodiscard]] Finished run(std::vector<std::string> args) const { return Program(launch(std::move(args))).wait(); }
  /// `youden train e.yaml …`, as JSON; anything but success fails the test with what the program said.
  Json train(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"train", "e.yaml", "--format", "json"});
    const Finished done = run(std::move(more));
    BOOST_REQUIRE_MESSAGE(done.code == 0, done.err);
    return done.json();
  }

  /// Rows of a query as arrays of JSON values, read through SQLite and not through the program.
  [[nodiscard]] Json sql(const std::string& query) const {
    const SQLite::Database database(db().string(), SQLite::OPEN_READONLY, 10'000);
    SQLite::Statement statement(database, query);
    Json rows = Json::array();
    while (statement.executeStep()) {
      Json row = Json::array();
      for (int i = 0; i < statement.getColumnCount(); ++i) {
        const SQLite::Column cell = statement.getColumn(i);
        if (cell.isNull())
          row.push_back(nullptr);
        else if (cell.isInteger())
          row.push_back(cell.getInt64());
        else if (cell.isFloat())
          row.push_back(cell.getDouble());
        else
          row.push_back(cell.getString());
      }
      rows.push_back(std::move(row));
    }
    return rows;
  }
  void change(const std::string& statement) const {
    SQLite::Database(db().string(), SQLite::OPEN_READWRITE, 10'000).exec(statement);
  }
  /// Rows in table `run`; none where a process died before it made the tables.
  [[nodiscard]] int runs() const {
    if (!std::filesystem::exists(db()) || sql("SELECT 1 FROM sqlite_schema WHERE name = 'run'").empty()) return 0;
    return sql("SELECT count(*) FROM run")[0][0].get<int>();
  }

  /// All that must repeat to the bit: history, predictions, and the hash of every model file.
  [[nodiscard]] Json numbers(std::int64_t run) const {
    const std::string of = " WHERE run = " + std::to_string(run);
    return {{"history",
             sql("SELECT replicate, fold, epoch, part, metric, value FROM history" + of + " ORDER BY 1, 2, 3, 4, 5")},
            {"prediction", sql("SELECT replicate, fold, part, sample, class, probability FROM prediction" + of +
                               " ORDER BY 1, 2, 3, 4, 5")},
            {"result", sql("SELECT replicate, fold, part, metric, unit, slice, class, value, low, high FROM result" +
                           of + " ORDER BY 1, 2, 3, 4, 5, 6, 7")},
            {"model", sql("SELECT sha256, bytes FROM artifact" + of + " AND kind = 'model' ORDER BY path")}};
  }
  /// Names of the files in the folder of a run, sorted.
  [[nodiscard]] std::vector<std::string> files(std::int64_t run) const {
    const auto uid = sql("SELECT uid FROM run WHERE id = " + std::to_string(run))[0][0].get<std::string>();
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(db().parent_path() / "runs" / uid)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  TempFolder folder_;
  std::string results_ = "r";
};

/// A project with one completed run, made once for all the cases that only read.
inline const Project& trained_project() {
  static const Project project;
  static const Json run = project.train();
  return project;
}

}  // namespace youden::test
