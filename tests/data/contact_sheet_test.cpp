#include "youden/data/contact_sheet.hpp"

#include <boost/test/unit_test.hpp>

#include "films.hpp"
#include "youden/data/film_sheet.hpp"

using namespace youden::test;
using namespace youden::data;
using namespace youden::sample;
using namespace youden::image;

namespace {

cv::Mat square(int side) { return {side, side, CV_8UC3, cv::Scalar(10, 200, 30)}; }

/// A 40 × 20 gray film of 16 bits: 12 bits dark on the left, 12 bits bright on the right.
cv::Mat deep() {
  cv::Mat film(20, 40, CV_16UC1, cv::Scalar(400));
  film(cv::Rect(20, 0, 20, 20)) = cv::Scalar(4000);
  return film;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(thumbnails)

BOOST_AUTO_TEST_CASE(films_keep_their_aspect) {
  BOOST_TEST(shrink(cv::Mat(300, 600, CV_8UC3), 100).size() == cv::Size(100, 50));
  BOOST_TEST(shrink(cv::Mat(600, 200, CV_8UC3), 100).size() == cv::Size(33, 100));
  BOOST_TEST(shrink(cv::Mat(5000, 2, CV_8UC3), 100).size() == cv::Size(1, 100));
  BOOST_TEST(shrink(cv::Mat(30, 40, CV_8UC3), 100).size() == cv::Size(40, 30));  // never larger
}

BOOST_AUTO_TEST_CASE(deep_films_are_stretched_also_under_a_white_letter) {
  const TempFolder folder;
  cv::imwrite((folder / "deep.png").string(), deep());
  cv::Mat lettered = deep();
  lettered(cv::Rect(0, 0, 2, 2)) = cv::Scalar(65535);  // 4 of 800 pixels
  cv::imwrite((folder / "lettered.png").string(), lettered);
  for (const char* name : {"deep.png", "lettered.png"}) {
    const cv::Mat seen = thumbnail(folder / name, 100);
    BOOST_TEST(seen.type() == CV_8UC3);
    BOOST_TEST(seen.at<cv::Vec3b>(10, 30)[0] == 255);
    BOOST_TEST(seen.at<cv::Vec3b>(10, 10)[0] == 26);  // 400 / 4000 × 255 = 25.5
  }
  cv::imwrite((folder / "black.png").string(), cv::Mat(20, 20, CV_16UC1, cv::Scalar(0)));
  BOOST_TEST(thumbnail(folder / "black.png", 100).at<cv::Vec3b>(5, 5)[0] == 0);
}

BOOST_AUTO_TEST_CASE(a_large_jpeg_looks_the_same_however_it_is_decoded) {
  const TempFolder folder;
  cv::Mat film(800, 1600, CV_8UC3, cv::Scalar(40, 90, 160));  // BGR
  film(cv::Rect(0, 0, 800, 800)) = cv::Scalar(200, 120, 10);
  cv::imwrite((folder / "f.jpg").string(), film);
  const cv::Mat seen = thumbnail(folder / "f.jpg", 100);  // an eighth suffices
  BOOST_TEST(seen.size() == cv::Size(100, 50));
  BOOST_TEST(std::abs(seen.at<cv::Vec3b>(25, 75)[0] - 160) <= 2);  // red
  BOOST_TEST(std::abs(seen.at<cv::Vec3b>(25, 25)[2] - 200) <= 2);  // blue
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(sheet_text)

BOOST_AUTO_TEST_CASE(long_names_lose_their_middle) {
  const SheetText text{.cap = 9};
  const std::string name = "SARS-10.1148rg.242035193-g04mr34g0-Fig8a-day0.jpeg";
  const std::string fitted = text.fit(name, 150);
  BOOST_TEST(text.width(fitted) <= 150);
  BOOST_TEST(text.width(fitted) > 100);
  BOOST_TEST(fitted.starts_with("SARS-"));
  BOOST_TEST(fitted.ends_with(".jpeg"));
  BOOST_TEST(text.fit("short", 150) == "short");
}

BOOST_AUTO_TEST_CASE(what_the_font_does_not_know_is_one_mark) {
  BOOST_TEST(SheetText::plain("1–2 × 3 Müller\n") == "1-2 x 3 M?ller?");
}

BOOST_AUTO_TEST_CASE(a_word_leaves_ink_where_it_is_drawn_and_nowhere_else) {
  cv::Mat canvas = cv::Mat::zeros(60, 200, CV_8UC3);
  const SheetText text{.cap = 12, .color = {255, 255, 255}};
  text.draw(canvas, "HI", {50, 40});
  cv::Mat gray;
  cv::cvtColor(canvas, gray, cv::COLOR_RGB2GRAY);
  const cv::Rect ink = cv::boundingRect(gray > 128);
  BOOST_TEST(std::abs(ink.y - 28) <= 2);
  BOOST_TEST(std::abs(ink.br().y - 40) <= 2);
  BOOST_TEST(std::abs(ink.x - 51) <= 2);
  BOOST_TEST(std::abs(ink.br().x - 50 - text.width("HI")) <= 4);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(contact_sheet)

BOOST_AUTO_TEST_CASE(eleven_films_take_two_lines_of_eight) {
  std::vector<SheetFilm> films(11, {square, "patient 1", "a.png"});
  const cv::Mat two = ContactSheet("t", "n", {{"class", "11 films", films}}).draw(2);
  films.resize(8);
  const cv::Mat one = ContactSheet("t", "n", {{"class", "8 films", films}}).draw(1);
  BOOST_TEST(two.cols == one.cols);
  BOOST_TEST(two.rows > one.rows + ContactSheet::kSide);
  cv::Mat green;  // the films' pixels, and they alone
  cv::inRange(two, cv::Scalar(10, 200, 30), cv::Scalar(10, 200, 30), green);
  BOOST_TEST(cv::countNonZero(green) == 11 * ContactSheet::kSide * ContactSheet::kSide);
}

BOOST_AUTO_TEST_CASE(a_wide_film_is_letterboxed_in_the_middle) {
  const auto wide = [](int side) { return cv::Mat(side / 4, side, CV_8UC3, cv::Scalar(10, 200, 30)); };
  const cv::Mat sheet = ContactSheet("t", "", {{"c", "", {{wide, "", ""}}}}).draw(1);
  cv::Mat green;
  cv::inRange(sheet, cv::Scalar(10, 200, 30), cv::Scalar(10, 200, 30), green);
  const cv::Rect film = cv::boundingRect(green);
  BOOST_TEST(film.size() == cv::Size(ContactSheet::kSide, ContactSheet::kSide / 4));
  const cv::Vec3b above = sheet.at<cv::Vec3b>(film.y - 60, film.x + 5);
  BOOST_TEST((above == sheet.at<cv::Vec3b>(film.br().y + 60, film.x + 5)));  // the cell, on both sides
  BOOST_TEST((above != sheet.at<cv::Vec3b>(film.y, film.x - 5)));            // and not the paper
}

BOOST_AUTO_TEST_CASE(a_broken_film_is_marked_and_named) {
  const auto broken = [](int) -> cv::Mat { throw youden::base::DataError({"cut off", "b.png"}); };
  ContactSheet sheet("t", "", {{"c", "", {{square, "", "a.png"}, {broken, "", "b.png"}}}});
  cv::Mat green;
  cv::inRange(sheet.draw(2), cv::Scalar(10, 200, 30), cv::Scalar(10, 200, 30), green);
  BOOST_TEST(cv::countNonZero(green) == ContactSheet::kSide * ContactSheet::kSide);
  BOOST_TEST(sheet.broken() == (std::vector<std::string>{"b.png: cut off"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(film_sheet_of_a_data_set)

BOOST_AUTO_TEST_CASE(films_are_spread_over_all_and_some_of_the_broken_are_seen) {
  std::vector<std::size_t> films(100);
  for (std::size_t i = 0; i < 100; ++i) films[i] = i;
  std::vector<FilmFacts> facts(100);
  const std::vector<std::size_t> spread{12, 37, 62, 87};
  BOOST_TEST(films_to_show(films, facts, 4) == spread, boost::test_tools::per_element());
  for (std::size_t i = 40; i < 60; ++i) facts[i].broken = "cut off";
  const auto shown = films_to_show(films, facts, 8);
  BOOST_TEST(shown.size() == 8U);
  BOOST_TEST(std::count_if(shown.begin(), shown.end(), [&](auto i) { return !facts[i].broken.empty(); }) == 2);
  BOOST_TEST(films_to_show({5, 6}, facts, 8).size() == 2U);
}

BOOST_AUTO_TEST_CASE(captions_say_what_is_known_of_a_film) {
  Sample s{
      .id = "a", .path = {}, .sha256 = {}, .label = "x", .patient = "46", .covariates = {{"age", 55}, {"view", "PA"}}};
  BOOST_TEST(caption(s) == "patient 46, 55, PA");
  s.covariates["sex"] = "F";
  BOOST_TEST(caption(s) == "patient 46, F 55, PA");
  BOOST_TEST(caption({.id = "b", .path = {}, .sha256 = {}, .label = "x"}) == "patient unknown");
}

BOOST_AUTO_TEST_CASE(groups_stand_by_size) {
  std::vector<Sample> films;
  for (const char* label : {"few", "many", "many"})
    films.push_back({.id = "", .path = {}, .sha256 = {}, .label = label});
  const auto groups = groups_by_label(films);
  BOOST_TEST(groups[0].title == "many");
  BOOST_TEST(groups[1].films == (std::vector<std::size_t>{0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(facts_are_told_without_decoding) {
  const TempFolder folder;
  cv::imwrite((folder / "a.png").string(), cv::Mat(30, 50, CV_8UC1, cv::Scalar(9)));
  cv::imwrite((folder / "b.png").string(), cv::Mat(40, 70, CV_16UC1, cv::Scalar(60000)));
  std::string cut = [&] {
    std::ifstream in(folder / "a.png", std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }();
  write_text(folder / "c.png", cut.substr(0, cut.size() / 2));
  const auto film = [&](const std::string& name, const std::string& patient) {
    return Sample{.id = name, .path = (folder / name).string(), .sha256 = {}, .label = "x", .patient = patient};
  };
  const std::vector<Sample> films{film("a.png", "p1"), film("b.png", "p1"), film("c.png", "")};
  youden::base::Progress silent(true);
  const auto facts = all_film_facts(films, 2, silent);
  const LabelFacts known = label_facts(films, facts).at("x");
  BOOST_TEST(known.sizes() == "50–70 × 30–40");
  BOOST_TEST(known.json().dump() ==
             R"({"films":3,"patients":1,"without_patient":1,"sources":[],"width":[50,70],"height":[30,40],)"
             R"("kinds":{"png 16-bit gray":1,"png 8-bit gray":1},"broken":1})");
  BOOST_TEST(holds(facts[2].broken, (folder / "c.png").string() + ": the image is truncated"));
  ContactSheet sheet = film_sheet("t", films, facts, groups_by_label(films));
  BOOST_TEST(sheet.draw(2).rows > ContactSheet::kSide);
  BOOST_TEST(sheet.broken() == (std::vector<std::string>{facts[2].broken}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
