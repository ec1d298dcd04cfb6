#include "youden/base/csv.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "youden/base/error.hpp"

using youden::base::Csv;
using Cells = std::vector<std::string>;

namespace {

template <class Work>
std::string refusal(const Work& work) {
  try {
    work();
  } catch (const youden::base::Error& e) {
    return e.what();
  }
  return {};
}
bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Csv parse(const std::string& text) { return Csv::parse(text, "t.csv"); }
std::string refused(const std::string& text) {
  return refusal([&] { parse(text); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv)

BOOST_AUTO_TEST_CASE(cells_keep_commas_quotes_and_line_breaks_in_quotes) {
  const Csv csv = parse("a,b,c\n\"x,y\",\"say \"\"no\"\"\",\"two\r\nlines\"\n1,,3\n");
  BOOST_REQUIRE(csv.rows().size() == 2U);
  BOOST_TEST(csv.rows()[0].cells == (Cells{"x,y", "say \"no\"", "two\r\nlines"}), boost::test_tools::per_element());
  BOOST_TEST(csv.rows()[1].cells == (Cells{"1", "", "3"}), boost::test_tools::per_element());
  BOOST_TEST(csv.rows()[1].line == 4U);  // the break inside the quotes counts
  BOOST_TEST(csv.place(csv.rows()[1]) == "t.csv:4");
}

BOOST_AUTO_TEST_CASE(line_ends_marks_and_blank_lines_do_not_matter) {
  for (const char* text : {"a,b\n1,2\n", "a,b\r\n1,2\r\n",
                           "\xEF\xBB\xBF"
                           "a,b\n1,2",
                           "a,b\n\n1,2\n\n  \n"}) {
    const Csv csv = parse(text);
    BOOST_TEST(csv.names() == (Cells{"a", "b"}), boost::test_tools::per_element());
    BOOST_REQUIRE(csv.rows().size() == 1U);
    BOOST_TEST(csv.rows()[0].cells == (Cells{"1", "2"}), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(semicolons_or_tabs_separate_where_the_header_has_no_comma) {
  for (const char* text : {"a;b\n\"x;1\";2,5\n", "a\tb\nx;1\t2,5\n"}) {
    BOOST_TEST(parse(text).names() == (Cells{"a", "b"}), boost::test_tools::per_element());
    BOOST_TEST(parse(text).rows()[0].cells == (Cells{"x;1", "2,5"}), boost::test_tools::per_element());
  }
  BOOST_TEST(parse("a;b,c\n1;2,3\n").names() == (Cells{"a;b", "c"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(carriage_returns_alone_end_lines) {
  const Csv csv = parse("a,b\r1,\"2,3\"\r4,5\r");
  BOOST_TEST_REQUIRE(csv.rows().size() == 2U);
  BOOST_TEST(csv.rows()[0].cells == (Cells{"1", "2,3"}), boost::test_tools::per_element());
  BOOST_TEST(csv.rows()[1].line == 3U);
  BOOST_TEST(parse("a,b\n1,2\r3\n").rows()[0].cells[1] == "2\r3");  // elsewhere it is a character like others
}

BOOST_AUTO_TEST_CASE(empty_last_cells_are_cells) {
  BOOST_TEST(parse("a,b\n1,").rows()[0].cells[1].empty());
  BOOST_TEST(parse("a\n\"\"").rows().size() == 1U);
}

BOOST_AUTO_TEST_CASE(columns_are_found_whatever_their_case_or_padding) {
  const Csv csv = parse("Path , LABEL\n1,2\n");
  BOOST_TEST(*csv.column("path") == 0U);
  BOOST_TEST(*csv.column(" Label") == 1U);
  BOOST_TEST(!csv.column("id"));
}

BOOST_AUTO_TEST_CASE(rows_that_do_not_fit_are_all_named) {
  const std::string message = refused("a,b\n1\n1,2\n1,2,3\n");
  BOOST_TEST(holds(message, "t.csv:2: the row has 1 cells, the header 2"));
  BOOST_TEST(holds(message, "t.csv:4: the row has 3 cells, the header 2"));
}

BOOST_AUTO_TEST_CASE(what_is_no_table_is_refused) {
  BOOST_TEST(holds(refused(""), "t.csv: the table is empty"));
  BOOST_TEST(holds(refused("a,b\n1,\"2\n3,4\n"), "t.csv:2: a quoted cell is never closed"));
  BOOST_TEST(holds(refused("a,b\n1,caf\xE9\n"), "t.csv:2: the table is not UTF-8 text"));
  BOOST_TEST(holds(refused(std::string("a,b\n1,\0\n", 8)), "t.csv:2: the table holds a zero byte"));
  for (const std::string& utf16 : {std::string("\xFF\xFEx\0\n\0", 6), std::string("\xFE\xFF\0x\0\n", 6)}) {
    BOOST_TEST(holds(refused(utf16), "iconv -f utf-16 -t utf-8"));
  }
  BOOST_TEST(holds(refusal([] { Csv::read("/nonexistent/t.csv"); }), "/nonexistent/t.csv: the table cannot be opened"));
  BOOST_TEST(holds(refusal([] { Csv::read("/"); }), "cannot be opened"));
}

BOOST_AUTO_TEST_CASE(text_after_a_closing_quote_is_refused_with_its_line) {
  // An inch sign opens a cell that the next one, rows later, would close.
  const std::string text = "note,label\nok,1\n\"5 inch film,0\nok,1\n\"7 inch film,0\nok,1\n";
  const std::string message = refused(text);
  BOOST_TEST(holds(message, "t.csv:5: text stands after the closing quote of a cell that begins in line 3"));
  BOOST_TEST(parse("a,b\n\"x\" ,2\r\n").rows()[0].cells == (Cells{"x", "2"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_column_can_be_named_by_its_number) {
  const Csv csv = parse("label,score,score\n1,2,3\n");
  BOOST_TEST(*csv.column_or_number("3") == 2U);
  BOOST_TEST(!csv.column_or_number("4"));
  BOOST_TEST(!csv.column_or_number("0"));
  BOOST_TEST(*parse("2,1\na,b\n").column_or_number("1") == 1U);  // a name comes first
  BOOST_TEST(holds(refusal([&] { (void)csv.column_or_number("score"); }), "two columns are named 'score'"));
}

BOOST_AUTO_TEST_CASE(a_column_named_twice_is_a_fault_only_for_who_asks) {
  const Csv csv = parse("path,x,X\n1,2,3\n");
  BOOST_TEST(*csv.column("path") == 0U);
  BOOST_TEST(holds(refusal([&] { (void)csv.column("x"); }), "two columns are named 'x'"));
}

BOOST_AUTO_TEST_SUITE_END()
