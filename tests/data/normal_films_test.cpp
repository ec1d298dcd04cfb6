#include "youden/data/normal_films.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>

#include "films.hpp"

using namespace youden::data;
using namespace youden::sample;
using namespace youden::image;
using Paths = std::vector<std::filesystem::path>;

namespace {

Paths twenty(const std::string& root) {
  Paths out;
  for (int i = 10; i < 30; ++i) out.push_back(root + "/" + std::to_string(i) + ".png");
  return out;
}
std::set<std::string> names(const Paths& films) {
  std::set<std::string> out;
  for (const auto& film : films) out.insert(film.filename().string());
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(normal_films)

BOOST_AUTO_TEST_CASE(neither_order_nor_place_changes_what_a_seed_draws) {
  Paths films = twenty("/here");
  const auto drawn = names(draw_films(films, 7, 42));
  BOOST_TEST(drawn.size() == 7U);
  std::reverse(films.begin(), films.end());
  BOOST_TEST((names(draw_films(films, 7, 42)) == drawn));
  BOOST_TEST((names(draw_films(twenty("/there/deep"), 7, 42)) == drawn));
  BOOST_TEST((names(draw_films(films, 7, 43)) != drawn));
}

BOOST_AUTO_TEST_CASE(a_smaller_sample_is_part_of_a_larger_one) {
  const auto few = names(draw_films(twenty("/a"), 4, 1));
  const auto more = names(draw_films(twenty("/a"), 9, 1));
  BOOST_TEST(std::includes(more.begin(), more.end(), few.begin(), few.end()));
  BOOST_TEST(draw_films(twenty("/a"), 100, 1).size() == 20U);
}

BOOST_AUTO_TEST_CASE(published_file_names_tell_collection_and_patient) {
  const Sample nih = film_by_name("/d", "/d/x/00001280_004.png", "normal");
  BOOST_TEST(nih.id == "x/00001280_004.png");
  BOOST_TEST(nih.patient == "00001280");
  BOOST_TEST(nih.source == "nih");
  const Sample kaggle = film_by_name("/d", "/d/train/NORMAL/IM-0115-0001.jpeg", "normal");
  BOOST_TEST(kaggle.patient == "train/NORMAL/IM-0115");
  BOOST_TEST(kaggle.source == "kaggle-pneumonia");
  const Sample other = film_by_name("/d", "/d/film.png", "normal");
  BOOST_TEST(other.patient == "");
  BOOST_TEST(other.label == "normal");
}

BOOST_AUTO_TEST_SUITE_END()
