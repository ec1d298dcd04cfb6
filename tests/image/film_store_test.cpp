#include "youden/image/film_store.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

#include "data/films.hpp"
#include "youden/base/memory.hpp"

using namespace youden::test;
using namespace youden::image;

namespace {

/// 5 × 7, all values apart; the channels alike if gray.
cv::Mat film(int type, int seed, bool gray) {
  cv::Mat m(5, 7, type);
  for (int y = 0; y < m.rows; ++y) {
    for (int x = 0; x < m.cols * 3; ++x) {
      const int v = seed + 31 * y + 5 * (gray ? x / 3 : x);
      if (m.depth() == CV_8U) m.ptr<std::uint8_t>(y)[x] = static_cast<std::uint8_t>(v);
      if (m.depth() == CV_16U) m.ptr<std::uint16_t>(y)[x] = static_cast<std::uint16_t>(300 * v);
    }
  }
  return m;
}
bool same(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}
cv::Mat first_channel(const cv::Mat& m) {
  cv::Mat out;
  cv::extractChannel(m, out, 0);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(film_store)

BOOST_AUTO_TEST_CASE(films_come_back_as_they_went_wherever_they_were_kept) {
  const TempFolder folder;
  for (const std::size_t budget : {std::size_t{0}, std::size_t{200}, std::size_t{1'000'000}}) {
    FilmStore store(4, {.budget = budget, .scratch = folder.path()});
    store.keep(2, film(CV_8UC3, 1, false));
    store.keep(0, film(CV_16UC3, 2, false));
    store.keep(1, film(CV_8UC3, 3, true));
    BOOST_TEST(same(store.get(2), film(CV_8UC3, 1, false)));
    BOOST_TEST(same(store.get(0), film(CV_16UC3, 2, false)));
    BOOST_TEST(same(store.get(1), first_channel(film(CV_8UC3, 3, true))));
    BOOST_TEST(store.get(3).empty());
    BOOST_TEST(store.bytes_in_memory() + store.bytes_in_file() == 35U * (3 + 6 + 1));
  }
}

BOOST_AUTO_TEST_CASE(memory_is_filled_first_and_the_file_has_no_name) {
  const TempFolder folder;
  FilmStore store(9, {.budget = 3 * 35, .scratch = folder / "not" / "there" / "yet"});
  for (std::size_t i = 0; i < 9; ++i) store.keep(i, film(CV_8UC3, static_cast<int>(i), true));
  BOOST_TEST(store.bytes_in_memory() == 3U * 35);
  BOOST_TEST(store.bytes_in_file() == 6U * 35);
  BOOST_TEST(std::filesystem::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(a_colour_in_one_pixel_is_a_colour) {
  FilmStore store(2, {.budget = 1000});
  for (const int type : {CV_8UC3, CV_16UC3}) {
    cv::Mat almost = film(type, 0, true);
    almost.reshape(1).col(almost.cols * 3 - 1).row(4).setTo(7);  // blue of the last pixel
    store.keep(type == CV_8UC3 ? 0 : 1, almost);
    BOOST_TEST(same(store.get(type == CV_8UC3 ? 0 : 1), almost));
  }
}

BOOST_AUTO_TEST_CASE(the_first_of_two_stays) {
  FilmStore store(1, {.budget = 1000});
  store.keep(0, film(CV_8UC3, 1, false));
  store.keep(0, film(CV_8UC3, 2, false));
  BOOST_TEST(same(store.get(0), film(CV_8UC3, 1, false)));
  BOOST_TEST(store.bytes_in_memory() == 105U);
}

BOOST_AUTO_TEST_CASE(where_nothing_can_be_written_nothing_is_kept) {
  FilmStore store(2, {.budget = 40, .scratch = "/proc/self"});
  store.keep(0, film(CV_8UC3, 1, true));
  store.keep(1, film(CV_8UC3, 2, true));
  store.keep(1, film(CV_8UC3, 2, true));
  BOOST_TEST(!store.get(0).empty());
  BOOST_TEST(store.get(1).empty());
}

BOOST_AUTO_TEST_CASE(many_threads_keep_and_read_the_same_films) {
  const TempFolder folder;
  FilmStore store(50, {.budget = 20 * 105, .scratch = folder.path()});
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int k = 0; k < 50; ++k) {
          const int i = t % 2 == 0 ? k : 49 - k;
          store.keep(static_cast<std::size_t>(i), film(CV_8UC3, i, false));
          const cv::Mat got = store.get(static_cast<std::size_t>(i));  // empty while another thread stores it
          if (!got.empty() && !same(got, film(CV_8UC3, i, false))) ++wrong;
        }
      });
    }
  }
  BOOST_TEST(wrong == 0);
  for (int i = 0; i < 50; ++i) BOOST_TEST(same(store.get(static_cast<std::size_t>(i)), film(CV_8UC3, i, false)), i);
  BOOST_TEST(store.bytes_in_memory() == 20U * 105);
}

BOOST_AUTO_TEST_CASE(usable_memory_is_a_sane_number) {
  BOOST_TEST(youden::base::usable_memory() > std::size_t{1} << 20U);
  BOOST_TEST(youden::base::usable_memory() < std::size_t{1} << 50U);
}

BOOST_AUTO_TEST_SUITE_END()
