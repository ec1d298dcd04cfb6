#include "youden/data/dataset.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>

#include "films.hpp"
#include "youden/data/sources/image_folder.hpp"

using namespace youden::test;
using namespace youden::data;
using namespace youden::sample;
using namespace youden::image;

namespace {

struct Fixture {
  Fixture() {
    write_film(folder / "a/1.png", 10);
    write_film(folder / "a/2.png", 20);
    write_film(folder / "b/3.png", 30);
  }
  void break_two() const {
    write_text(folder / "a/cut.png", "\x89PNG\r\n\x1a\nand then nothing");
    write_text(folder / "b/none.jpg", "");
  }
  Dataset open(const Dataset::Settings& settings) const {
    const auto source = std::make_shared<ImageFolder>(ImageFolderOptions{.root = folder.path().string(), .patient = {}},
                                                      SourceContext{.size = 8});
    youden::base::Progress quiet(true);
    return Dataset::open(source, source->load(), settings, quiet);
  }
  TempFolder folder;
};

/// A folder whose decodings are counted; as if drawn: with its hashes known beforehand.
class Counting final : public Source {
 public:
  Counting(const std::filesystem::path& root, bool drawn)
      : files_({.root = root.string(), .patient = {}}, {.size = 8}), drawn_(drawn) {}
  [[nodiscard]] Manifest load() const override {
    Manifest m = files_.load();
    for (Sample& s : m.samples) s.sha256 = drawn_ ? s.id : "";
    return m;
  }
  [[nodiscard]] cv::Mat image(const Sample& sample) const override {
    ++decoded;
    return files_.image(sample);
  }
  mutable std::atomic<int> decoded = 0;

 private:
  ImageFolder files_;
  bool drawn_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dataset, Fixture)

BOOST_AUTO_TEST_CASE(opened_samples_have_their_hash_and_their_pixels) {
  for (const int threads : {1, 3}) {
    const Dataset d = open({.threads = threads});
    BOOST_REQUIRE(d.size() == 3U);
    for (std::size_t i = 0; i < d.size(); ++i) {
      BOOST_TEST(d.manifest().samples[i].sha256 == sha256_of_file(d.manifest().samples[i].path));
      BOOST_TEST(d.image(i).at<cv::Vec3b>(7, 0)[2] == 10 * static_cast<int>(i + 1));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_film_is_decoded_or_drawn_once_as_long_as_it_can_be_kept) {
  for (const bool drawn : {false, true}) {
    for (const std::size_t budget : {std::size_t{0}, std::size_t{8 * 8}, std::size_t{1000}}) {
      const auto source = std::make_shared<Counting>(folder.path(), drawn);
      youden::base::Progress quiet(true);
      const Dataset d = Dataset::open(source, source->load(), {.threads = 2, .budget = budget}, quiet);
      BOOST_TEST(source->decoded == (drawn ? 0 : 3));
      for (int again = 0; again < 3; ++again) {
        for (std::size_t i = 0; i < 3; ++i)
          BOOST_TEST(d.image(i).at<cv::Vec3b>(7, 0)[2] == 10 * static_cast<int>(i + 1));
      }
      BOOST_TEST(source->decoded == 3);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_can_be_kept_nowhere_is_decoded_again) {
  const auto source = std::make_shared<Counting>(folder.path(), false);
  youden::base::Progress quiet(true);
  const Dataset d = Dataset::open(source, source->load(), {.budget = 8 * 8, .scratch = "/proc/self"}, quiet);
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(d.image(i).at<cv::Vec3b>(0, 0)[0] == 10 * static_cast<int>(i + 1));
  BOOST_TEST(source->decoded == 3 + 2);
  BOOST_TEST(d.film(0).channels() == 1);
  BOOST_TEST(d.film(0).data == d.film(0).data);
}

BOOST_AUTO_TEST_CASE(opencv_threads_change_no_bit) {
  cv::Mat noise(700, 900, CV_8UC3);
  cv::randu(noise, 0, 256);
  cv::imwrite((folder / "a/1.png").string(), noise);
  cv::imwrite((folder / "a/4.jpg").string(), noise);
  const int before = cv::getNumThreads();
  cv::setNumThreads(1);
  const Dataset one = open({});
  cv::setNumThreads(2);
  const Dataset two = open({.threads = 3});
  cv::setNumThreads(before);
  for (std::size_t i = 0; i < one.size(); ++i) BOOST_TEST(cv::norm(one.image(i), two.image(i), cv::NORM_INF) == 0);
}

BOOST_AUTO_TEST_CASE(refuse_names_every_broken_file_in_one_error) {
  break_two();
  const std::string message = refusal([&] { open({.threads = 2}); });
  BOOST_TEST(message.starts_with("2 images cannot be used:"), message);
  BOOST_TEST(holds(message, (folder / "a/cut.png").string()));
  BOOST_TEST(holds(message, (folder / "b/none.jpg").string()));
  BOOST_TEST(holds(message, "dataset.on_error=skip"));
}

BOOST_AUTO_TEST_CASE(one_broken_file_is_named_with_both_ways_out) {
  write_text(folder / "b/none.jpg", "");
  const std::string message = refusal([&] { open({}); });
  BOOST_TEST(holds(message, "b/none.jpg: the image is empty (0 bytes)"));
  BOOST_TEST(holds(message, "dataset.on_error=skip"));
}

BOOST_AUTO_TEST_CASE(skip_keeps_the_rest_and_records_each_reason) {
  break_two();
  const Dataset d = open({.skip_broken = true});
  BOOST_TEST(d.size() == 3U);
  BOOST_TEST(d.image(2).at<cv::Vec3b>(0, 0)[0] == 30);  // images moved up with their samples
  const auto& skipped = d.manifest().skipped;
  BOOST_REQUIRE(skipped.size() == 2U);
  BOOST_TEST(skipped[0].id == "a/cut.png");
  BOOST_TEST(!skipped[0].reason.empty());
  BOOST_TEST(skipped[1].id == "b/none.jpg");
  BOOST_TEST(holds(skipped[1].reason, "0 bytes"));
}

BOOST_AUTO_TEST_CASE(nothing_left_is_an_error_even_when_skipping) {
  for (const char* name : {"a/1.png", "a/2.png", "b/3.png"}) write_text(folder / name, "no image");
  const std::string message = refusal([&] { open({.skip_broken = true}); });
  BOOST_TEST(holds(message, "no usable image is left"));
  BOOST_TEST(holds(message, "a/1.png"));
}

BOOST_AUTO_TEST_SUITE_END()
