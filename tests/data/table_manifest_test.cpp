#include "youden/data/table_manifest.hpp"

#include <boost/test/unit_test.hpp>

#include "films.hpp"

using namespace youden::test;
using namespace youden::data;
using namespace youden::sample;
using namespace youden::image;

namespace {

struct Fixture {
  Fixture() {
    for (const char* name : {"a", "b", "c"}) write_film(folder / ("films/" + std::string(name) + ".png"));
  }
  TableManifest build(const std::string& text) {
    write_text(options.table, text);
    return TableManifest::build(options);
  }
  std::string refused(const std::string& text) {
    return refusal([&] { build(text); });
  }
  static std::string brief(const TableManifest& m) {
    std::string out;
    for (const Sample& s : m.manifest.samples) out += s.id + "|" + s.label + "|" + s.patient + "|" + s.source + "\n";
    return out;
  }
  TempFolder folder;
  TableOptions options{.table = folder / "t.csv"};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(table_manifest, Fixture)

BOOST_AUTO_TEST_CASE(columns_are_found_by_their_usual_names) {
  const auto m = build(
      "Image Index,Finding Labels,Patient ID,hospital,Age\nfilms/b.png,sick,7,north,61\n"
      "films/a.png,well,8,,\nfilms/gone.png,well,9,south,5\n");
  BOOST_TEST(brief(m) == "films/a.png|well|8|\nfilms/b.png|sick|7|north\n");
  BOOST_TEST(m.rows == 3U);
  BOOST_TEST(m.missing == (std::vector<std::string>{"films/gone.png"}), boost::test_tools::per_element());
  BOOST_TEST(m.columns.dump() ==
             R"({"path":"Image Index","label":"Finding Labels","group":"Patient ID","source":"hospital"})");
  BOOST_TEST(m.manifest.samples[1].covariates.dump() == R"({"Age":"61"})");
  BOOST_TEST(m.manifest.samples[1].path == (folder / "films/b.png").string());
}

BOOST_AUTO_TEST_CASE(options_name_any_column_of_a_spreadsheet) {
  options.path = "Datei";
  options.label = "befund ";
  options.group = "Nr";
  options.root = folder / "films";
  BOOST_TEST(brief(build("Nr;Datei;Befund\n3;a.png;krank\n4;b.png;gesund\n")) == "a.png|krank|3|\nb.png|gesund|4|\n");
}

BOOST_AUTO_TEST_CASE(what_could_be_several_columns_is_asked_for) {
  const std::string both = "path,label,patient id,subject\nfilms/a.png,x,1,2\n";
  BOOST_TEST(holds(refused(both),
                   "t.csv:1: the group could be in column 'patient id' or 'subject'\n"
                   "    say which: --group 'patient id', or --group none"));
  options.group = "none";
  BOOST_TEST(brief(build(both)) == "films/a.png|x||\n");
  BOOST_TEST(build(both).columns["group"].is_null());
  options.group.reset();
  BOOST_TEST(brief(build("path,image,label,class\nfilms/a.png,7,x,y\n")) == "films/a.png|x||\n");
}

BOOST_AUTO_TEST_CASE(columns_that_are_not_there_are_all_named) {
  options.group = "pateint";
  const std::string message = refused("scan,outcome,patient\na,b,c\n");
  BOOST_TEST(holds(message, "no column is named like a path\n    name it: --path COL, one of: scan, outcome, patient"));
  BOOST_TEST(holds(message, "no column is named like a label"));
  BOOST_TEST(holds(message, "no column 'pateint'\n    did you mean 'patient'?"));
}

BOOST_AUTO_TEST_CASE(faulty_rows_are_all_named) {
  const std::string message = refused("path,label\n,x\nfilms/a.png,\nfilms/b.png,x\n./films/b.png,y\n../c.png,x\n");
  BOOST_TEST(holds(message, "t.csv:2: the path is empty"));
  BOOST_TEST(holds(message, "t.csv:3: the label of 'films/a.png' is empty"));
  BOOST_TEST(holds(message, "t.csv:5: './films/b.png' is listed twice\n    first at " + options.table.string() + ":4"));
  BOOST_TEST(holds(message, "t.csv:6: the path '../c.png' leads out"));
}

BOOST_AUTO_TEST_CASE(absolute_paths_are_followed_unless_a_root_is_given) {
  const std::string text = "path,label\n" + (folder / "films/a.png").string() + ",x\n";
  BOOST_TEST(build(text).manifest.samples.size() == 1U);
  std::filesystem::create_directory(folder / "other");
  options.root = folder / "other";
  BOOST_TEST(holds(refused(text), "leads out of " + (folder / "other").string()));
}

BOOST_AUTO_TEST_CASE(ids_and_parts_are_kept_where_they_say_something) {
  const auto m = build("path,label,id,split\nfilms/a.png,x,one,Train\nfilms/b.png,x,two,test\n");
  BOOST_TEST(m.manifest.samples[0].id == "one");
  BOOST_TEST(m.manifest.samples[0].part == "train");
  const auto other = build("path,label,id,split\nfilms/a.png,x,1,fold3\nfilms/b.png,x,1,test\n");
  BOOST_TEST(other.manifest.samples[0].id == "films/a.png");
  BOOST_TEST(other.manifest.samples[0].part == "");
  BOOST_TEST(other.manifest.samples[0].covariates["split"] == "fold3");
}

BOOST_AUTO_TEST_CASE(no_film_at_all_is_refused) {
  BOOST_TEST(holds(refused("path,label\n"), "t.csv: the table has no rows"));
  BOOST_TEST(holds(refused("path,label\nx.png,a\n"), "none of its 1 films is there, for example not " +
                                                         (folder / "x.png").string() + "\n    name the folder"));
}

BOOST_AUTO_TEST_SUITE_END()
