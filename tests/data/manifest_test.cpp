#include "youden/data/sources/manifest.hpp"

#include <boost/test/unit_test.hpp>

#include "films.hpp"

using namespace youden::test;
using namespace youden::data;
using namespace youden::sample;

namespace {

struct Fixture {
  Manifest load(const std::string& text, const std::optional<std::string>& root = {}) const {
    write_text(folder / "m.csv", text);
    return ManifestSource({.file = (folder / "m.csv").string(), .root = root}, {}).load();
  }
  std::string refused(const std::string& text, const std::optional<std::string>& root = {}) const {
    return refusal([&] { load(text, root); });
  }
  TempFolder folder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(manifest, Fixture)

BOOST_AUTO_TEST_CASE(a_row_becomes_a_sample) {
  const Manifest m = load("path,label,patient,source,part,age,view\nfilms/a.png, no ,p1,here,Train,64,\n");
  BOOST_REQUIRE(m.samples.size() == 1U);
  const Sample& s = m.samples[0];
  BOOST_TEST(s.id == "films/a.png");
  BOOST_TEST(s.path == (folder / "films/a.png").string());
  BOOST_TEST(s.label == "no");
  BOOST_TEST(s.patient == "p1");
  BOOST_TEST(s.source == "here");
  BOOST_TEST(s.part == "train");
  BOOST_TEST(s.covariates.dump() == R"({"age":"64"})");  // an empty cell is no covariate
}

BOOST_AUTO_TEST_CASE(rows_come_sorted_by_id_whatever_their_order) {
  const Manifest m = load("id,path,label\nb,1.png,x\nB,2.png,x\na,3.png,y\n");
  BOOST_TEST(m.samples[0].id == "B");  // bytes, not a locale
  BOOST_TEST(m.samples[1].id == "a");
  BOOST_TEST(m.samples[2].id == "b");
  BOOST_TEST(m.samples[2].path.ends_with("1.png"));
}

BOOST_AUTO_TEST_CASE(group_is_another_name_of_patient) {
  BOOST_TEST(load("path,label,group\na,x,g\n").samples[0].patient == "g");
  BOOST_TEST(load("path,label,group,patient\na,x,g,p\n").samples[0].patient == "p");
}

BOOST_AUTO_TEST_CASE(dos_files_with_a_mark_and_quoted_cells_are_read) {
  const Manifest m = load("\xEF\xBB\xBFpath,label,note\r\n\"a,1.png\",x,\"two\r\nlines\"\r\n");
  BOOST_TEST(m.samples[0].id == "a,1.png");
  BOOST_TEST(m.samples[0].covariates["note"] == "two\r\nlines");
}

BOOST_AUTO_TEST_CASE(missing_columns_are_all_named_with_the_nearest) {
  const std::string message = refused("paht,lable\na,b\n");
  BOOST_TEST(holds(message, "m.csv:1: no column 'path'\n    did you mean 'paht'?"));
  BOOST_TEST(holds(message, "m.csv:1: no column 'label'\n    did you mean 'lable'?"));
}

BOOST_AUTO_TEST_CASE(faulty_rows_are_all_named_with_their_lines) {
  const std::string message = refused("id,path,label\na,1.png,x\n,,x\nb,2.png,\na,3.png,x\n,../../4.png,x\n");
  BOOST_TEST(message.starts_with("4 faults in the manifest:"), message);
  BOOST_TEST(holds(message, "m.csv:3: the path is empty"));
  BOOST_TEST(holds(message, "m.csv:4: the label of 'b' is empty"));
  BOOST_TEST(holds(message, "m.csv:5: duplicate id 'a'\n    first at " + (folder / "m.csv:2").string()));
  BOOST_TEST(holds(message, "m.csv:6: the path '../../4.png' leads out of"));
}

BOOST_AUTO_TEST_CASE(no_rows_are_no_manifest) {
  BOOST_TEST(holds(refused("path,label\n"), "the manifest has no rows"));
}

BOOST_AUTO_TEST_CASE(relative_paths_stay_within_the_folder) {
  BOOST_TEST(load("path,label\n./a/../b.png,x\n").samples[0].path == (folder / "b.png").string());
  for (const char* path : {"../b.png", "a/../../b.png", ".."}) {
    BOOST_TEST(holds(refused(std::string("path,label\n") + path + ",x\n"), "leads out of"));
  }
}

BOOST_AUTO_TEST_CASE(absolute_paths_are_taken_unless_a_root_confines_them) {
  BOOST_TEST(load("path,label\n/films/a.png,x\n").samples[0].path == "/films/a.png");
  for (const char* root : {"/films", "/films/", "/films/."}) {
    BOOST_TEST(load("path,label\n/films/a.png,x\n", root).samples[0].path == "/films/a.png");
    BOOST_TEST(load("path,label\nb/a.png,x\n", root).samples[0].path == "/films/b/a.png");
    for (const char* path : {"/filmsy/a.png", "/films/../a.png", "../films2/a.png"}) {
      BOOST_TEST(holds(refused(std::string("path,label\n") + path + ",x\n", root), "leads out of"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_manifest_named_from_here_has_absolute_paths_too) {
  write_text(folder / "m.csv", "path,label\na.png,x\n");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  const Manifest m = ManifestSource({.file = "m.csv", .root = {}}, {}).load();
  std::filesystem::current_path(before);
  BOOST_TEST(std::filesystem::path(m.samples[0].path).is_absolute());
}

BOOST_AUTO_TEST_SUITE_END()
