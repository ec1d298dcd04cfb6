#include "youden/data/columns.hpp"

#include <boost/test/unit_test.hpp>

#include "films.hpp"

using namespace youden::test;
using namespace youden::data;

BOOST_AUTO_TEST_SUITE(columns)

BOOST_AUTO_TEST_CASE(mapped_usual_and_own_names_find_their_columns) {
  const Csv csv = Csv::parse("File Name,finding,Patient ID,Path\nx.png,covid,7,elsewhere\n", "t.csv");
  youden::base::Faults faults;
  Columns columns(csv, {{{"path", "file name"}}}, faults);
  BOOST_TEST(columns.require("path", {}, faults) == 0U);  // not the column of that name: it was mapped
  BOOST_TEST(columns.require("label", {"finding"}, faults) == 1U);
  BOOST_TEST(*columns.find("patient", {"patientid", "patient id"}) == 2U);
  BOOST_TEST(faults.empty());
}

BOOST_AUTO_TEST_CASE(what_nobody_asks_for_is_a_covariate_under_its_mapped_name) {
  const Csv csv = Csv::parse("path,Patient Age,sex,note\nx.png,64,F,\n", "t.csv");
  youden::base::Faults faults;
  Columns columns(csv, {{{"age", "patient age"}}}, faults);
  columns.require("path", {}, faults);
  BOOST_TEST(columns.covariates(csv.rows()[0]).dump() == R"({"age":"64","sex":"F"})");
}

BOOST_AUTO_TEST_CASE(two_columns_that_could_be_the_patient_are_a_fault) {
  const Csv csv = Csv::parse("path,label,Patient ID,subject\nx.png,a,1,2\n", "t.csv");
  youden::base::Faults faults;
  Columns columns(csv, {}, faults);
  columns.find("patient", {"group"});
  const std::string text = faults.summary("faults:").text();
  BOOST_TEST(holds(text, "the patient could be in column 'Patient ID' or 'subject'"));
  BOOST_TEST(holds(text, "dataset.columns={patient: 'Patient ID'}"));
  youden::base::Faults none;
  Columns named(csv, {{{"patient", "subject"}}}, none);
  BOOST_TEST(*named.find("patient", {"group"}) == 3U);
  BOOST_TEST(none.empty());
}

BOOST_AUTO_TEST_CASE(every_missing_column_is_named_with_the_nearest) {
  const Csv csv = Csv::parse("filename,label\nx,y\n", "t.csv");
  youden::base::Faults faults;
  Columns columns(csv, {{{"path", "filenam"}, {"age", "years"}}}, faults);
  const std::string text = faults.summary("faults:").text();
  BOOST_TEST(holds(text, "t.csv:1: dataset.columns.path: the table has no column 'filenam'"));
  BOOST_TEST(holds(text, "did you mean 'filename'?"));
  BOOST_TEST(holds(text, "no column 'years'"));
}

BOOST_AUTO_TEST_SUITE_END()
