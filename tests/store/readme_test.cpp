#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fixture.hpp"
#include "youden/store/labels.hpp"
#include "youden/store/query.hpp"

using namespace youden;

namespace {

std::string readme() {
  std::ifstream in(std::filesystem::path(kSourceDir) / "results" / "README.md");
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The statements of every ```sql block.
std::vector<std::string> sql_lines(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t from = text.find("```sql\n"); from != std::string::npos; from = text.find("```sql\n", from + 7)) {
    std::string statement;
    for (const std::string& line : base::split(text.substr(from + 7, text.find("```", from + 7) - from - 7), '\n')) {
      if (!line.starts_with("--")) statement += line + "\n";
      if (line.ends_with(';')) {
        out.push_back(statement);
        statement.clear();
      }
    }
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(results_readme)

BOOST_AUTO_TEST_CASE(every_sql_line_runs_and_finds_something) {
  const test::TempFolder folder;
  auto db = store::Database::open(folder / "youden.db");
  test::add_run(db, "covid19-vgg16", "1", 0.97);
  test::add_run(db, "covid19-mobilenet", "2", 0.99, 0.3);
  test::add_run(db, "covid19-folds", "3", 0.8, 0.3, "val");
  std::ofstream(folder / "model.pt") << "abc";
  store::write_results(db, 1, {[] {
                         auto r = test::result("test", "sensitivity", 0.9, 1);
                         r.slice = "sex=F";
                         return r;
                       }()});
  store::change_tags(db, 1, {{"site", "north"}});
  store::add_note(db, 2, "looked at it");
  const auto lines = sql_lines(readme());
  BOOST_TEST(lines.size() >= 8U);
  for (const std::string& sql : lines) {
    BOOST_TEST_CONTEXT(sql) { BOOST_TEST(!store::query(db, sql).rows.empty()); }
  }
}

BOOST_AUTO_TEST_CASE(every_table_view_column_and_metric_is_described) {
  const test::TempFolder folder;
  auto db = store::Database::open(folder / "youden.db");
  const std::string text = readme();
  for (const std::string& table : store::table_names(db)) {
    const auto heading = text.find("### " + table + "\n");
    BOOST_TEST(heading != std::string::npos, table);
    if (heading == std::string::npos) continue;
    const std::string section = text.substr(heading, text.find("\n### ", heading + 1) - heading);
    for (const std::string& column : store::column_names(db, table)) {
      const bool pattern =
          column.ends_with("_low") || column.ends_with("_high") || table == "history_wide" || table == "headline";
      if (!pattern) BOOST_TEST(section.find("`" + column + "`") != std::string::npos, table << "." << column);
    }
  }
  SQLite::Statement metric(db.sqlite(), "SELECT name FROM metric");
  while (metric.executeStep()) {
    BOOST_TEST(text.find("| `" + metric.getColumn(0).getString() + "` |") != std::string::npos,
               metric.getColumn(0).getString());
  }
}

BOOST_AUTO_TEST_SUITE_END()
