#include "youden/base/csv_writer.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "youden/base/csv.hpp"

using namespace youden::base;

BOOST_AUTO_TEST_SUITE(csv_writer)

BOOST_AUTO_TEST_CASE(what_was_written_is_read_back) {
  const std::vector<std::string> cells{"a,b", "say \"no\"", "two\nlines", " padded", "=1+1", "-x", "", "tab\there"};
  const std::string text =
      csv_row(std::vector<std::string>{"a", "b", "c", "d", "e", "f", "g", "h"}, CsvReader::program) +
      csv_row(cells, CsvReader::program);
  BOOST_TEST(Csv::parse(text, "t").rows()[0].cells == cells, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(no_cell_for_people_is_a_formula_and_numbers_stay_numbers) {
  for (const char* cell : {"=cmd|' /C calc'!A0", "+cmd", "-2+3", "@SUM(A1)", "\tx", "\rx"}) {
    const std::string out = csv_cell(cell, CsvReader::person);
    BOOST_TEST((out.starts_with('\'') || out.starts_with("\"'")), out);
  }
  for (const char* cell : {"-0.5", "+3", "1e-05", "-1e-05", "-", "plain", "-inf"}) {
    BOOST_TEST(csv_cell(cell, CsvReader::person) == cell);
  }
  BOOST_TEST(csv_cell("=a,b", CsvReader::person) == "\"'=a,b\"");
  BOOST_TEST(csv_cell("=a", CsvReader::program) == "=a");
}

BOOST_AUTO_TEST_CASE(a_terminal_gets_no_control_character) {
  BOOST_TEST(printable("a\x1b[31mb\x07\x7f") == "a\\x1b[31mb\\x07\\x7f");
  BOOST_TEST(printable("two\nlines\t") == "two\\nlines\\t");
  BOOST_TEST(printable("two\nlines", true) == "two\nlines");
  BOOST_TEST(printable("\xC2\x9b"
                       "31m") == "\\u009b31m");  // CSI as one C1 control
  BOOST_TEST(printable("gnp.\xE2\x80\xAE"
                       "exe") == "gnp.\\u202eexe");  // right-to-left override
  BOOST_TEST(printable("Röntgen ±5 % 肺") == "Röntgen ±5 % 肺");
  BOOST_TEST(printable("caf\xE9\xFF!") == "caf\\xe9\\xff!");
  BOOST_TEST(excerpt("a\nb\x1b") == "a b\\x1b");
}

BOOST_AUTO_TEST_SUITE_END()
