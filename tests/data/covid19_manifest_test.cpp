#include "youden/data/covid19_manifest.hpp"

#include <boost/test/unit_test.hpp>

#include "films.hpp"
#include "youden/data/csv.hpp"

using namespace youden::test;
using namespace youden::data;
using namespace youden::sample;
using namespace youden::image;

namespace {

constexpr const char* kRows =
    "1,COVID-19,PA,a.png\n"
    "1,COVID-19,PA,b.png\n"
    "2,COVID-19,PA,absent.png\n"
    "3,COVID-19,CT,c.png\n"
    "4,SARS,PA,d.png\n"
    ",COVID-19,PA,e.png\n";

struct Fixture {
  Fixture() {
    for (const char* name : {"a", "b", "c", "d", "e"}) write_film(folder / ("images/" + std::string(name) + ".png"));
    for (const char* name : {"00000007_000", "00000007_001", "00000009_000", "00000011_004"}) {
      write_film(folder / ("normals/" + std::string(name) + ".png"), 50);
    }
    options.filter = {.finding = {"COVID-19"}, .view = {"PA"}};
  }
  Covid19Manifest build(const std::string& rows,
                        const std::string& header = "Patientid,finding,view,filename\n") const {
    write_text(options.metadata, header + rows);
    return Covid19Manifest::build(options);
  }
  std::string refused(const std::string& rows) const {
    return refusal([&] { build(rows); });
  }
  static std::string files(const std::vector<LeftOut>& rows) {
    std::string out;
    for (const LeftOut& row : rows) out += row.file + "@" + row.place.substr(row.place.rfind(':') + 1) + " ";
    return out;
  }
  static std::string ids(const Covid19Manifest& m) {
    std::string out;
    for (const Sample& s : m.manifest.samples) out += s.id + "|" + s.label + "|" + s.patient + " ";
    return out;
  }
  TempFolder folder;
  Covid19Options options{.metadata = folder / "metadata.csv", .images = folder / "images"};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(covid19_manifest, Fixture)

BOOST_AUTO_TEST_CASE(every_row_is_accounted_for) {
  const auto m = build(kRows);
  BOOST_TEST(m.rows == 6U);
  BOOST_TEST(m.selected == 4U);
  BOOST_TEST(m.found == 3U);
  BOOST_TEST(m.patients == 1U);  // e.png has none
  BOOST_TEST(files(m.missing) == "absent.png@4 ");
  BOOST_TEST(ids(m) == "a.png|covid|1 b.png|covid|1 e.png|covid| ");
}

BOOST_AUTO_TEST_CASE(without_filters_other_findings_are_their_own_labels) {
  options.filter = {};
  const auto m = build(kRows);
  BOOST_TEST(m.selected == 6U);
  BOOST_TEST(m.covid == 4U);
  BOOST_TEST(ids(m) == "a.png|covid|1 b.png|covid|1 c.png|covid|3 d.png|SARS|4 e.png|covid| ");
}

BOOST_AUTO_TEST_CASE(the_late_form_crlf_a_mark_and_quoted_line_breaks_change_nothing) {
  const std::string early = ids(build(kRows));
  const auto late = build(
      "1,Pneumonia/Viral/COVID-19,Y,37.9,PA,X-ray,images,a.png,\"three\r\nlines,\r\n\"\"quoted\"\"\"\r\n"
      "1,Pneumonia/Viral/COVID-19,,,PA,X-ray,images,b.png,\r\n2,Pneumonia/Viral/"
      "COVID-19,,,PA,X-ray,images,absent.png,\r\n"
      "3,Pneumonia/Viral/COVID-19,,,CT,CT,images,c.png,\r\n4,Pneumonia/Viral/SARS,,,PA,X-ray,images,d.png,\r\n"
      ",Pneumonia/Viral/COVID-19,,,PA,X-ray,images,e.png,\r\n",
      "\xEF\xBB\xBFpatientid,finding,RT_PCR_positive,temperature,view,modality,folder,filename,clinical_notes\r\n");
  BOOST_TEST(ids(late) == early);
  BOOST_TEST(files(late.missing) == "absent.png@6 ");  // the quoted breaks are lines
  BOOST_TEST(late.manifest.samples[0].covariates["temperature"] == "37.9");
}

BOOST_AUTO_TEST_CASE(paths_that_leave_are_named_and_not_followed) {
  write_film(folder / "outside.png");
  const auto m = build(std::string(kRows) + "9,COVID-19,PA,../outside.png\n9,COVID-19,PA," +
                       (folder / "outside.png").string() + "\n9,COVID-19,PA,x/../../outside.png\n9,COVID-19,PA,\n");
  BOOST_TEST(files(m.refused) ==
             "../outside.png@8 " + (folder / "outside.png").string() + "@9 x/../../outside.png@10 @11 ");
  BOOST_TEST(m.selected == 4U);
  BOOST_TEST(ids(m) == "a.png|covid|1 b.png|covid|1 e.png|covid| ");
}

BOOST_AUTO_TEST_CASE(the_folder_column_leads_nowhere_but_to_volumes) {
  write_film(folder / "volumes/v.png");
  write_film(folder / "private/p.png");
  write_film(folder / "images/more/m.png");
  const auto m = build(
      "1,COVID-19,PA,volumes,v.png\n2,COVID-19,PA,../private,p.png\n3,COVID-19,PA,private,p.png\n"
      "4,COVID-19,PA,more,m.png\n5,COVID-19,PA,volumes,../private/p.png\n",
      "patientid,finding,view,folder,filename\n");
  BOOST_TEST(ids(m) == "more/m.png|covid|4 volumes/v.png|covid|1 ");
  BOOST_TEST(files(m.refused) == "../private/p.png@3 volumes/../private/p.png@6 ");
  BOOST_TEST(files(m.missing) == "private/p.png@4 ");
}

BOOST_AUTO_TEST_CASE(a_link_inside_the_collection_is_its_owners) {
  std::filesystem::rename(folder / "images/a.png", folder / "store.png");
  std::filesystem::create_symlink(folder / "store.png", folder / "images/a.png");
  BOOST_TEST(build(kRows).found == 3U);
}

BOOST_AUTO_TEST_CASE(rows_that_repeat_or_say_no_finding_are_left_out_by_name) {
  options.filter = {.view = {"PA"}};
  const auto m =
      build("1,COVID-19,PA,a.png\n1,COVID-19,PA,./a.png\n2,,PA,b.png\n3,COVID-19,PA,no.png\n3,x,PA,no.png\n");
  BOOST_TEST(files(m.repeated) == "./a.png@3 no.png@6 ");
  BOOST_TEST(files(m.unlabelled) == "b.png@4 ");
  BOOST_TEST(files(m.missing) == "no.png@5 ");
  BOOST_TEST(m.selected == m.found + m.repeated.size() + m.unlabelled.size() + m.missing.size());
}

BOOST_AUTO_TEST_CASE(as_many_normals_as_films_of_covid_unless_told) {
  options.normals = folder / "normals";
  const auto m = build(kRows);
  BOOST_TEST(m.normals_found == 4U);
  BOOST_TEST(m.normals == 3U);
  BOOST_TEST(m.patients == 1U);  // those of the metadata alone
  const Sample& last = m.manifest.samples.back();
  BOOST_TEST(last.label == "normal");
  BOOST_TEST(last.source == "nih");
  BOOST_TEST(last.patient == last.id.substr(0, 8));
  options.n = 100;
  BOOST_TEST(build(kRows).normals == 4U);
  BOOST_TEST(build(kRows).normal_patients == 3U);
}

BOOST_AUTO_TEST_CASE(normals_may_be_named_like_films_of_covid) {
  write_film(folder / "normals/a.png");
  options.normals = folder / "normals";
  options.n = 5;
  BOOST_TEST(holds(ids(build(kRows)), "normal/a.png|normal| "));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_built_says_what_there_is) {
  options.filter = {.view = {"L"}};
  BOOST_TEST(holds(refused(kRows),
                   "no row of 6 fits finding, view and modality\n    findings: COVID-19, SARS\n"
                   "    views: CT, PA\n    modalities: CT, X-ray"));
  options.filter = {};
  options.images = folder.path();
  BOOST_TEST(holds(refused(kRows), "none of the 6 films is there, for example not a.png"));
  BOOST_TEST(holds(refused(kRows), "did you mean '" + (folder / "images").string() + "'?"));
  options.normals = folder / "nowhere";
  options.images = folder / "images";
  BOOST_TEST(holds(refused(kRows), "nowhere: no such folder"));
  BOOST_TEST(holds(refusal([&] { build("1,2\n", "patientid,fidning\n"); }),
                   "no column 'finding'\n    did you mean 'fidning'?"));
}

BOOST_AUTO_TEST_CASE(the_shared_collection_has_55_of_56, *boost::unit_test::precondition(has_shared_data)) {
  const auto collection = shared_data() / "covid-chestxray";
  options.metadata = collection / "metadata.csv";
  options.images = collection / "images";
  const auto m = Covid19Manifest::build(options);
  BOOST_TEST(m.rows == 119U);
  BOOST_TEST(m.selected == 56U);
  BOOST_TEST(m.found == 55U);
  BOOST_TEST(m.patients == 36U);
  BOOST_REQUIRE(m.missing.size() == 1U);
  BOOST_TEST(m.missing[0].file == "covid-19-pneumonia-14-PA.png");
  options.filter = {};
  BOOST_TEST(Covid19Manifest::build(options).missing.size() == 6U);
}

BOOST_AUTO_TEST_SUITE_END()
