#include <algorithm>
#include <filesystem>
#include <map>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "cases.hpp"
#include "youden/audit/near_duplicates.hpp"
#include "youden/base/threads.hpp"
#include "youden/data/phantom_film.hpp"
#include "youden/image/decode.hpp"
#include "youden/image/image_files.hpp"

using namespace youden;
using namespace youden::audit;
using namespace youden::test;

namespace {

cv::Mat phantom(const std::string& patient, int film, bool ill, int size = 256) {
  data::PhantomPatient p(7, patient);
  p.opacity = ill;
  return data::phantom_film(7, p, film, {}, size);
}

cv::Mat jpeg(const cv::Mat& film, int quality) {
  std::vector<unsigned char> bytes;
  cv::imencode(".jpg", film, bytes, {cv::IMWRITE_JPEG_QUALITY, quality});
  return cv::imdecode(bytes, cv::IMREAD_COLOR);
}
cv::Mat resized(const cv::Mat& film, double by) {
  cv::Mat out;
  cv::resize(film, out, {}, by, by, by < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
  return out;
}
/// Shares cut off at each side.
cv::Mat trimmed(const cv::Mat& film, double left, double top, double right, double bottom) {
  const int x = cvRound(film.cols * left);
  const int y = cvRound(film.rows * top);
  return film(cv::Rect(x, y, film.cols - x - cvRound(film.cols * right), film.rows - y - cvRound(film.rows * bottom)))
      .clone();
}

/// What people do to a film that they publish again.
std::map<std::string, cv::Mat> copies_of(const cv::Mat& film) {
  cv::Mat eight = film;
  if (film.depth() == CV_16U) film.convertTo(eight, CV_8U, 1 / 257.0);
  return {{"jpeg 75", jpeg(eight, 75)},
          {"jpeg 95", jpeg(eight, 95)},
          {"half size", resized(film, 0.5)},
          {"double size", resized(film, 2)},
          {"trimmed all round", trimmed(film, 0.02, 0.02, 0.02, 0.02)},
          {"trimmed left", trimmed(film, 0.02, 0, 0, 0)},
          {"trimmed below", trimmed(film, 0, 0, 0, 0.02)},
          {"all of it", jpeg(resized(trimmed(eight, 0.02, 0.01, 0, 0.02), 0.6), 80)}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_duplicates)

BOOST_AUTO_TEST_CASE(the_same_file_twice_in_one_part_warns) {
  const Films films({{"a", "ill", "A", 't', "", "x"}, {"b", "ill", "B", 't', "", "x"}, {"c", "well", "C", 'e'}});
  const Finding f = exact_duplicates(films.subject());
  BOOST_TEST(f.severity == Severity::warn);
  BOOST_TEST(f.value.value() == 1);
  BOOST_TEST(holds(f.text, "a and b"));
}

BOOST_AUTO_TEST_CASE(the_same_file_in_train_and_test_fails) {
  const Films films(
      {{"a", "ill", "A", 't', "", "x"}, {"b", "ill", "B", 't', "", "x"}, {"c", "ill", "C", 'e', "", "x"}});
  const Finding f = exact_duplicates(films.subject());
  BOOST_TEST(f.severity == Severity::fail);
  BOOST_TEST(f.value.value() == 2);
  BOOST_TEST(f.evidence.at("across_parts") == 1);
}

BOOST_AUTO_TEST_CASE(the_same_file_with_two_labels_fails) {
  const Films films({{"a", "ill", "A", 't', "", "x"}, {"b", "well", "B", 't', "", "x"}, {"c", "well", "C"}});
  const Finding f = exact_duplicates(films.subject());
  BOOST_TEST(f.severity == Severity::fail);
  BOOST_TEST(holds(f.text, "a and b (ill and well)"));
}

BOOST_AUTO_TEST_CASE(other_files_with_the_same_pixels_are_found_when_these_are_known) {
  Films films({{"a.png", "ill", "A"}, {"b.tif", "ill", "B", 'e'}, {"c.png", "well", "C"}});
  BOOST_TEST(exact_duplicates(films.subject()).severity == Severity::pass);
  Subject s = films.subject();
  s.pixels = {"p", "p", "q"};
  BOOST_TEST(exact_duplicates(s).severity == Severity::fail);
}

BOOST_AUTO_TEST_CASE(a_film_of_one_value_is_like_nothing) {
  const std::vector<FilmLook> looks{look_at(cv::Mat(30, 20, CV_8UC1, cv::Scalar(7))),
                                    look_at(cv::Mat(30, 20, CV_8UC1, cv::Scalar(7)))};
  BOOST_TEST(looks[0].picture.empty());
  BOOST_TEST(find_copies(looks, 1).empty());
}

BOOST_AUTO_TEST_CASE(phantoms_and_their_copies) {
  std::vector<cv::Mat> originals;
  for (int p = 0; p < 30; ++p) originals.push_back(phantom("p" + std::to_string(p), 0, p % 2 == 0));
  std::vector<FilmLook> looks;
  for (const cv::Mat& film : originals) looks.push_back(look_at(film));
  BOOST_TEST(find_copies(looks, 2).empty());  // different patients

  std::size_t made = 0;
  std::size_t found = 0;
  for (std::size_t i = 0; i < originals.size(); ++i) {
    for (const auto& [how, copy] : copies_of(originals[i])) {
      const auto got = find_copies({looks[i], look_at(copy)}, 1);
      ++made;
      found += got.size();
      if (got.empty()) BOOST_TEST_MESSAGE("missed: " << how << " of phantom " << i);
    }
  }
  BOOST_TEST_MESSAGE(found << " of " << made << " copies of phantoms found");
  BOOST_TEST(static_cast<double>(found) >= 0.95 * static_cast<double>(made));
}

BOOST_AUTO_TEST_CASE(copies_among_others_are_found_once_and_told) {
  std::vector<FilmLook> looks;
  for (int p = 0; p < 6; ++p) looks.push_back(look_at(phantom("p" + std::to_string(p), 0, true)));
  looks.push_back(look_at(jpeg(phantom("p2", 0, true), 80)));
  const auto copies = find_copies(looks, 2);
  BOOST_REQUIRE(copies.size() == 1U);
  BOOST_TEST(copies[0].a == 2U);
  BOOST_TEST(copies[0].b == 6U);

  std::vector<Row> rows;
  for (int i = 0; i < 7; ++i) rows.push_back({"f" + std::to_string(i), "ill", "", i == 6 ? 'e' : 't'});
  const Finding f = near_duplicates(Films(rows).subject(), copies);
  BOOST_TEST(f.severity == Severity::fail);
  BOOST_TEST(f.evidence.at("examples")[0].at("films").dump() == R"(["f2","f6"])");
  BOOST_TEST(f.evidence.at("examples")[0].at("parts").dump() == R"(["train","test"])");
  rows[6].part = 't';
  BOOST_TEST(near_duplicates(Films(rows).subject(), copies).severity == Severity::warn);
  rows[2].content = rows[6].content = "same file";  // then it is an exact one
  BOOST_TEST(near_duplicates(Films(rows).subject(), copies).severity == Severity::pass);
}

BOOST_AUTO_TEST_CASE(real_films_and_their_copies, *boost::unit_test::precondition(has_shared_data)) {
  std::vector<std::filesystem::path> paths;
  std::vector<std::string> patients;
  for (const auto& path : image::image_files(shared_data() / "nih")) {
    paths.push_back(path);
    patients.push_back(path.filename().string().substr(0, 8));
  }
  struct Tally {
    int made = 0, found = 0;
  };
  std::vector<FilmLook> looks(paths.size());
  std::vector<std::map<std::string, Tally>> tallies(paths.size());
  base::parallel_for(paths.size(), base::usable_threads(), [&](std::size_t i) {
    const cv::Mat film = image::decode_bytes(image::read_bytes(paths[i]), paths[i]);
    looks[i] = look_at(film);
    if (i % 5 != 0) return;
    for (const auto& [how, copy] : copies_of(film)) {
      ++tallies[i][how].made;
      tallies[i][how].found += static_cast<int>(find_copies({looks[i], look_at(copy)}, 1).size());
    }
  });
  for (const Copy& c : find_copies(looks, base::usable_threads())) {
    BOOST_TEST(patients[c.a] == patients[c.b], paths[c.a] << " and " << paths[c.b] << " " << c.ncc);
  }
  Tally all;
  for (const auto& tally : tallies) {
    for (const auto& [how, t] : tally) {
      all.made += t.made;
      all.found += t.found;
    }
  }
  BOOST_TEST_MESSAGE(all.found << " of " << all.made << " copies of real films found");
  BOOST_TEST(all.made == 160);
  BOOST_TEST(all.found >= 0.95 * all.made);
}

BOOST_AUTO_TEST_SUITE_END()
