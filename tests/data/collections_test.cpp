#include <boost/test/unit_test.hpp>

#include "films.hpp"
#include "youden/data/load_source.hpp"
#include "youden/data/sources/chexpert.hpp"
#include "youden/data/sources/concat.hpp"
#include "youden/data/sources/covid_chestxray.hpp"
#include "youden/data/sources/covidx.hpp"
#include "youden/data/sources/kaggle_pneumonia.hpp"
#include "youden/data/sources/manifest.hpp"
#include "youden/data/sources/nih_chestxray.hpp"

using namespace youden::test;
using namespace youden::data;
using namespace youden::sample;
using namespace youden::image;
using youden::config::Component;
using youden::config::Json;

namespace {

struct Fixture {
  /// Written as type and options in JSON, the way a document hands them over.
  Manifest load(const std::string& type, Json options) const {
    if (!options.contains("root") && type != "concat") options["root"] = folder.path().string();
    return load_source(Component{type, std::move(options)}, 1).manifest;
  }
  std::string refused(const std::string& type, const Json& options) const {
    return refusal([&] { load(type, options); });
  }
  static std::string brief(const Manifest& m) {
    std::string out;
    for (const Sample& s : m.samples) out += s.id + "|" + s.label + "|" + s.patient + "|" + s.part + "\n";
    return out;
  }
  TempFolder folder;
};

constexpr const char* kEarly =
    "Patientid,offset,sex,age,finding,survival,view,date,location,filename,doi, url\n"
    "2,0,M,65,COVID-19,Y,PA,2020,Vietnam,a.png,,\n"
    "2,3,M,65,COVID-19,Y,AP Supine,2020,,b.png,,\n"
    "4,,F,,SARS,,PA,2004,,c.png,,\n"
    "5,,F,30,COVID-19,,CT,2020,,d.png,,\n";
constexpr const char* kLate =
    "\xEF\xBB\xBFpatientid,offset,sex,age,finding,RT_PCR_positive,survival,view,modality,date,location,folder,filename,"
    "clinical_notes\r\n"
    "2,0,M,65,Pneumonia/Viral/COVID-19,Y,Y,PA,X-ray,2020,Vietnam,images,a.png,\"two\r\nlines, and a comma\"\r\n"
    "2,3,M,65,Pneumonia/Viral/COVID-19,Y,Y,AP Supine,X-ray,2020,,images,b.png,\r\n"
    "4,,F,,Pneumonia/Viral/SARS,,,PA,X-ray,2004,,images,c.png,\r\n"
    "5,,F,30,Pneumonia/Viral/COVID-19,,,Axial,CT,2020,,volumes,d.nii.gz,\r\n";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(collections, Fixture)

BOOST_AUTO_TEST_CASE(a_manifest_takes_the_patient_under_its_usual_names_and_none_where_it_says_nothing) {
  write_text(folder / "m.csv",
             "path,label,patient_id,site\na.png,x,7,north\nb.png,y,nan,south\nc.png,y,7.0,south\nd.png,x,NaN,\n");
  const Manifest m = load("manifest", {{"file", (folder / "m.csv").string()}});
  BOOST_TEST(brief(m) == "a.png|x|7|\nb.png|y||\nc.png|y|7.0|\nd.png|x||\n");
  BOOST_TEST(m.samples[0].source == "north");
  BOOST_TEST(m.samples[0].covariates.dump() == R"({"site":"north"})");
  BOOST_REQUIRE(m.notes.size() == 3U);
  BOOST_TEST(holds(m.notes[1], "1 film has the patient 'nan': unknown"));
  BOOST_TEST(holds(m.notes[2], "'7' and '7.0'"));
}

BOOST_AUTO_TEST_CASE(several_findings_are_no_class_until_one_is_asked_for) {
  write_text(folder / "n.csv", "Image Index,Finding Labels\na.png,Effusion|Mass\nb.png,No Finding\nc.png,Mass\n");
  Json options{{"file", (folder / "n.csv").string()}};
  BOOST_TEST(holds(refused("manifest", options), "1 labels name several findings, for example 'Effusion|Mass'"));
  options["labels"] = {{"mass", {"Mass"}}, {"other", {"*"}}};
  BOOST_TEST(brief(load("manifest", options)) == "a.png|mass||\nb.png|other||\nc.png|mass||\n");
}

BOOST_AUTO_TEST_CASE(both_forms_of_the_covid_table_give_the_same_films) {
  const Json wanted{{"finding", {"covid-19"}}, {"modality", {"X-RAY"}}, {"labels", {{"covid", {"COVID-19"}}}}};
  for (const char* text : {kEarly, kLate}) {
    write_text(folder / "metadata.csv", text);
    const Manifest m = load("covid_chestxray", wanted);
    BOOST_TEST(brief(m) == "a.png|covid|2|\nb.png|covid|2|\n");
    BOOST_TEST(m.samples[0].path == (folder / "images/a.png").string());
    BOOST_TEST(m.samples[0].source == "covid-chestxray");
    BOOST_TEST(m.samples[0].covariates["location"] == "Vietnam");
    BOOST_TEST(m.samples[1].covariates["view"] == "AP Supine");
    BOOST_TEST(m.excluded.size() == 2U);
    BOOST_TEST(m.excluded.at("modality 'CT'") == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_covid_row_that_leads_out_or_stands_twice_is_refused_with_its_line) {
  write_text(
      folder / "metadata.csv",
      "patientid,finding,view,filename\n1,x,PA,a.png\n1,x,PA,../../etc/passwd\n2,x,PA,a.png\n3,x,PA,/etc/passwd\n");
  const std::string message = refused("covid_chestxray", Json::object());
  BOOST_TEST(holds(message, "metadata.csv:3: the path '../../etc/passwd' leads out"));
  BOOST_TEST(holds(message, "metadata.csv:4: 'a.png' is listed twice"));
  BOOST_TEST(holds(message, "metadata.csv:5: the path '/etc/passwd' leads out"));
}

BOOST_AUTO_TEST_CASE(films_of_one_name_in_two_folders_are_two_films) {
  write_text(folder / "metadata.csv",
             "patientid,finding,view,folder,filename\n1,x,PA,images,a.png\n2,y,CT,volumes,a.png\n3,y,PA,more,a.png\n");
  const Manifest m = load("covid_chestxray", Json::object());
  BOOST_TEST(brief(m) == "a.png|x|1|\nmore/a.png|y|3|\nvolumes/a.png|y|2|\n");
  BOOST_TEST(m.samples[1].path == (folder / "images/more/a.png").string());
  BOOST_TEST(m.samples[2].path == (folder / "volumes/a.png").string());
}

BOOST_AUTO_TEST_CASE(films_without_a_label_are_refused_or_dropped_whatever_the_source) {
  write_text(folder / "metadata.csv", "patientid,finding,view,filename\n1,x,PA,a.png\n2,,PA,b.png\n");
  BOOST_TEST(holds(refused("covid_chestxray", Json::object()), "the label of 'b.png' is empty"));
  const Json dropped{{"labels", {{"sick", {"x"}}, {"drop", {""}}}}};
  const Manifest m = load("covid_chestxray", dropped);
  BOOST_TEST(brief(m) == "a.png|sick|1|\n");
  BOOST_TEST(m.excluded.at("label not given") == 1U);
  const Json unmapped{{"labels", {{"sick", {"x"}}}}};
  BOOST_TEST(holds(refused("covid_chestxray", unmapped), "no class takes the label '' of 1 sample"));
}

BOOST_AUTO_TEST_CASE(columns_of_any_name_are_mapped) {
  write_text(folder / "metadata.csv",
             "Pat;Dx;Projection;Image;How old\n7;COVID-19;PA;a.png;61\n8;COVID-19;L;b.png;5\n");
  const Json options{
      {"columns",
       {{"patientid", "pat"}, {"finding", "Dx"}, {"view", "projection"}, {"filename", "Image"}, {"age", "how old"}}},
      {"view", {"PA"}}};
  const Manifest m = load("covid_chestxray", options);
  BOOST_TEST(brief(m) == "a.png|COVID-19|7|\n");
  BOOST_TEST(m.samples[0].covariates["age"] == "61");
}

BOOST_AUTO_TEST_CASE(filters_that_fit_nothing_are_refused) {
  write_text(folder / "metadata.csv", kEarly);
  BOOST_TEST(holds(refused("covid_chestxray", {{"view", {"L"}}}), "no row of 4 fits"));
}

BOOST_AUTO_TEST_CASE(nih_films_take_their_patient_from_the_name_and_their_label_from_the_folder) {
  write_film(folder / "no_finding/00001280_004.png");
  write_film(folder / "pneumonia/00001280_005.png");
  BOOST_TEST(brief(load("nih_chestxray", Json::object())) ==
             "00001280_004.png|no_finding|00001280|\n00001280_005.png|pneumonia|00001280|\n");
  write_film(folder / "pneumonia/other.png");
  BOOST_TEST(holds(refused("nih_chestxray", Json::object()), "other.png: the file name is not PPPPPPPP_FFF.png"));
}

BOOST_AUTO_TEST_CASE(the_nih_table_gives_findings_age_and_view) {
  write_film(folder / "a/00000001_000.png");
  write_film(folder / "b/00000002_000.png");
  write_text(folder / "entry.csv",
             "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position\n"
             "00000001_000.png,Effusion|Mass,0,1,58,M,PA\n00000002_000.png,No Finding,0,2,7,F,AP\n"
             "00000003_000.png,Hernia,0,3,81,F,PA\n");
  const Json table{{"table", (folder / "entry.csv").string()}, {"labels", {{"mass", {"Mass"}}, {"other", {"*"}}}}};
  const Manifest m = load("nih_chestxray", table);
  BOOST_TEST(brief(m) == "00000001_000.png|mass|1|\n00000002_000.png|other|2|\n");
  BOOST_TEST(m.samples[1].covariates["age"] == "7");
  BOOST_TEST(m.samples[1].covariates["sex"] == "F");
  Json frontal = table;
  frontal["labels"] = {{"mass", {"Mass"}}};
  frontal["view"] = {"pa"};
  const Manifest pa = load("nih_chestxray", frontal);
  BOOST_TEST(pa.samples.size() == 1U);
  BOOST_TEST(pa.excluded.at("view 'AP'") == 1U);
  write_film(folder / "b/00000009_000.png");
  BOOST_TEST(holds(refused("nih_chestxray", table), "does not list 00000009_000.png"));
}

BOOST_AUTO_TEST_CASE(chexpert_reads_one_finding_and_says_what_uncertain_means) {
  write_text(folder / "train.csv",
             "Path,Sex,Age,Frontal/Lateral,AP/PA,Edema,Pneumonia\n"
             "CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg,Female,68,Frontal,AP,1.0,1.0\n"
             "CheXpert-v1.0-small/train/patient00002/study2/view1_frontal.jpg,Male,87,Frontal,PA,,-1.0\n"
             "CheXpert-v1.0-small/train/patient00002/study2/view2_lateral.jpg,Male,87,Lateral,,,\n"
             "train/patient00003/study1/view1_frontal.jpg,Male,41,Frontal,AP,0.0,0.0\n");
  Json options{{"finding", "pneumonia"}};
  const Manifest m = load("chexpert", options);
  BOOST_TEST(brief(m) ==
             "train/patient00001/study1/view1_frontal.jpg|positive|patient00001|train\n"
             "train/patient00002/study2/view2_lateral.jpg|negative|patient00002|train\n"
             "train/patient00003/study1/view1_frontal.jpg|negative|patient00003|train\n");
  BOOST_TEST(m.excluded.at("pneumonia '-1.0'") == 1U);
  BOOST_TEST(m.samples[0].covariates.dump() == R"({"sex":"Female","age":"68","view":"AP"})");
  options["uncertain"] = "positive";
  options["view"] = {"frontal"};
  const Manifest frontal = load("chexpert", options);
  BOOST_TEST(frontal.samples.size() == 3U);
  BOOST_TEST(frontal.excluded.at("view 'Lateral'") == 1U);
  BOOST_TEST(holds(refused("chexpert", {{"finding", "Pneumonja"}}), "did you mean 'Pneumonia'?"));
}

BOOST_AUTO_TEST_CASE(covidx_lines_are_read_from_their_end) {
  write_text(folder / "train_COVIDx9A.txt", "COVID-19 (12) f 3.png a.png positive cohen\r\n\n7 b.jpg normal\n");
  write_text(folder / "test_COVIDx9A.txt", "Figure 1 – case c.png negative rsna\n");
  const Json lists{{"lists", {"train_COVIDx9A.txt", "test_COVIDx9A.txt"}}};
  const Manifest m = load("covidx", lists);
  BOOST_TEST(brief(m) ==
             "test/c.png|negative|Figure 1 – case|test\ntrain/a.png|positive|COVID-19 (12) f 3.png|train\n"
             "train/b.jpg|normal|7|train\n");
  BOOST_TEST(m.samples[1].source == "cohen");
  BOOST_TEST(m.samples[2].source == "covidx");
  write_text(folder / "test_COVIDx9A.txt", "only two.png\n1 ../../x.png covid\n2 y.png a b c\n");
  const std::string message = refused("covidx", lists);
  BOOST_TEST(holds(message, "test_COVIDx9A.txt:1: the line is not"));
  BOOST_TEST(holds(message, "test_COVIDx9A.txt:2: the path '../../x.png' leads out"));
  BOOST_TEST(holds(message, "test_COVIDx9A.txt:3: the line is not"));
}

BOOST_AUTO_TEST_CASE(kaggle_films_tell_part_class_patient_and_cause) {
  write_film(folder / "train/PNEUMONIA/person12_bacteria_34.png");
  write_film(folder / "test/NORMAL/NORMAL2-IM-0115-0001.png");
  write_film(folder / "train/NORMAL/IM-0115-0001.png");
  const Manifest m = load("kaggle_pneumonia", Json::object());
  BOOST_TEST(brief(m) ==
             "test/NORMAL/NORMAL2-IM-0115-0001.png|NORMAL|test/NORMAL/NORMAL2-IM-0115|test\n"
             "train/NORMAL/IM-0115-0001.png|NORMAL|train/NORMAL/IM-0115|train\n"
             "train/PNEUMONIA/person12_bacteria_34.png|PNEUMONIA|train/PNEUMONIA/person12|train\n");
  BOOST_TEST(m.samples[2].covariates["cause"] == "bacteria");
  write_film(folder / "loose.png");
  BOOST_TEST(holds(refused("kaggle_pneumonia", Json::object()), "loose.png: is not in train, val or test"));
}

BOOST_AUTO_TEST_CASE(several_sources_keep_their_names_and_their_patients_apart) {
  write_film(folder / "one/no_finding/00000003_000.png", 10);
  write_text(folder / "two/m.csv", "path,label,patient\na.png,pneumo,00000003\n");
  write_film(folder / "two/a.png", 200);
  const Json parts = Json::array({{{"type", "nih_chestxray"}, {"root", (folder / "one").string()}},
                                  {{"type", "manifest"},
                                   {"file", (folder / "two/m.csv").string()},
                                   {"source", "ward 3"},
                                   {"labels", {{"sick", {"pneumo"}}}}}});
  const Component both{"concat",
                       {{"sources", parts}, {"size", 8}, {"labels", {{"well", {"no_finding"}}, {"ill", {"sick"}}}}}};
  const LoadedSource loaded = load_source(both, 1);
  BOOST_TEST(brief(loaded.manifest) ==
             "nih_chestxray/00000003_000.png|well|nih_chestxray/00000003|\nward 3/a.png|ill|ward 3/00000003|\n");
  BOOST_TEST(loaded.manifest.samples[0].source == "nih");
  BOOST_TEST(loaded.manifest.samples[1].source == "ward 3");
  const cv::Mat film = loaded.source->image(loaded.manifest.samples[1]);
  BOOST_TEST(film.rows == 8);
  BOOST_TEST(film.at<cv::Vec3b>(4, 4)[0] == 200);
}

BOOST_AUTO_TEST_CASE(sources_of_one_name_or_another_size_are_refused) {
  write_film(folder / "n/00000003_000.png");
  const Json part{{"type", "nih_chestxray"}, {"root", folder.path().string()}};
  Json large = part;
  large["size"] = 64;
  large["source"] = "large";
  const std::string message = refused("concat", {{"sources", Json::array({part, part, large})}});
  BOOST_TEST(holds(message, "two sources are named 'nih_chestxray'"));
  BOOST_TEST(holds(message, "the source 'large' asks for another size"));
}

BOOST_AUTO_TEST_CASE(the_shared_films_are_what_their_description_says,
                     *boost::unit_test::precondition(has_shared_data)) {
  const Json parts = Json::array({{{"type", "covid_chestxray"},
                                   {"root", (shared_data() / "covid-chestxray").string()},
                                   {"finding", {"COVID-19"}},
                                   {"view", {"PA"}}},
                                  {{"type", "nih_chestxray"}, {"root", (shared_data() / "nih").string()}}});
  const Manifest m = load(
      "concat",
      {{"sources", parts}, {"labels", {{"covid", {"COVID-19"}}, {"normal", {"no_finding"}}, {"drop", {"pneumonia"}}}}});
  std::map<std::string, std::size_t> counts;
  for (const Sample& s : m.samples) ++counts[s.label];
  BOOST_TEST(counts["covid"] == 56U);
  BOOST_TEST(counts["normal"] == 75U);
  BOOST_TEST(m.excluded.at("label 'pneumonia'") == 25U);
}

BOOST_AUTO_TEST_SUITE_END()
