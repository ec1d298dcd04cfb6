#include "youden/data/manifest_csv.hpp"

#include <boost/test/unit_test.hpp>

#include "films.hpp"
#include "youden/data/sources/manifest.hpp"

using namespace youden::test;
using namespace youden::data;
using namespace youden::sample;

BOOST_AUTO_TEST_SUITE(manifest_csv)

BOOST_AUTO_TEST_CASE(cells_are_quoted_where_they_must_be) {
  BOOST_TEST(csv_row({"a", "b c", "", "d,e", "say \"no\"", "two\nlines", " padded"}) ==
             "a,b c,,\"d,e\",\"say \"\"no\"\"\",\"two\nlines\",\" padded\"\n");
}

BOOST_AUTO_TEST_CASE(films_below_the_folder_are_relative) {
  BOOST_TEST(path_from("/data/set", "/data/set/x/a.png") == "x/a.png");
  BOOST_TEST(path_from("/data/set/", "/data/set2/a.png") == "/data/set2/a.png");
  BOOST_TEST(path_from("/data/set", "/data/a.png") == "/data/a.png");
  BOOST_TEST(path_from("/data/set", "/data/set/..a.png") == "..a.png");
  BOOST_TEST(path_from("/data/set", "") == "");
}

BOOST_AUTO_TEST_CASE(known_columns_stand_first_and_only_where_they_say_something) {
  const std::vector<Sample> films{{.id = "a",
                                   .path = "/d/a.png",
                                   .sha256 = {},
                                   .label = "x",
                                   .covariates = {{"note", "n"}, {"Sex", "F"}, {"age", 7}}},
                                  {.id = "b.png",
                                   .path = "/d/b.png",
                                   .sha256 = {},
                                   .label = "y",
                                   .patient = "p",
                                   .covariates = {{"label", "old"}}}};
  BOOST_TEST(ManifestCsv::text(films, "/d") ==
             "path,label,patient,source,id,age,Sex,note,original label\n"
             "a.png,x,,,a,7,F,n,\nb.png,y,p,,b.png,,,,old\n");
  BOOST_TEST(ManifestCsv::text({films.begin() + 1, films.end()}, "/d") ==
             "path,label,patient,source,original label\nb.png,y,p,,old\n");
}

BOOST_AUTO_TEST_CASE(source_manifest_reads_the_same_samples_back) {
  const TempFolder folder;
  const std::vector<Sample> films{
      {.id = "one",
       .path = (folder / "a, b.png").string(),
       .sha256 = {},
       .label = "Pneumonia/Viral",
       .patient = "p \"1\"",
       .source = "ward",
       .part = "val",
       .covariates = {{"note", "two\r\nlines"}}},
      {.id = "two", .path = "/elsewhere/c.png", .sha256 = {}, .label = "normal", .part = "test"}};
  write_text(folder / "m.csv", ManifestCsv::text(films, folder.path()));
  const Manifest back = ManifestSource({.file = (folder / "m.csv").string()}, {}).load();
  BOOST_REQUIRE(back.samples.size() == 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const Sample& s = back.samples[i];
    BOOST_TEST(s.id == films[i].id);
    BOOST_TEST(s.path == films[i].path);
    BOOST_TEST(s.label == films[i].label);
    BOOST_TEST(s.patient == films[i].patient);
    BOOST_TEST(s.part == films[i].part);
    BOOST_TEST(s.covariates == films[i].covariates);
  }
}

BOOST_AUTO_TEST_SUITE_END()
