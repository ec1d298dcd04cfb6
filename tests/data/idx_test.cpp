#include "youden/data/sources/idx.hpp"

#include <boost/test/unit_test.hpp>
#include <map>

#include "films.hpp"

using namespace youden::test;
using namespace youden::data;
using namespace youden::sample;
using namespace youden::image;

namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int v : values) out += static_cast<char>(v);
  return out;
}

struct Fixture {
  Fixture() {
    // Two images of 2 × 3, and one of the test part.
    write("train-images-idx3-ubyte",
          bytes({0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60}));
    write("train-labels-idx1-ubyte", bytes({0, 0, 8, 1, 0, 0, 0, 2, 1, 0}));
    write("t10k-images-idx3-ubyte", bytes({0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9, 9, 9, 9}));
    write("t10k-labels-idx1-ubyte", bytes({0, 0, 8, 1, 0, 0, 0, 1, 1}));
  }
  void write(const std::string& name, const std::string& content) const { write_text(folder / name, content); }
  Idx source(std::vector<std::string> names = {}) const {
    return Idx({.root = folder.path().string(), .names = std::move(names)}, {.size = 3});
  }
  std::string refused() const {
    return refusal([&] { static_cast<void>(source().load()); });
  }
  TempFolder folder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(idx, Fixture)

BOOST_AUTO_TEST_CASE(images_are_listed_with_label_and_part) {
  const Manifest m = source({"shirt", "coat"}).load();
  BOOST_REQUIRE(m.samples.size() == 3U);
  BOOST_TEST(m.samples[0].id == "test/000000");
  BOOST_TEST(m.samples[0].part == "test");
  BOOST_TEST(m.samples[1].label == "coat");
  BOOST_TEST(m.samples[2].label == "shirt");
  BOOST_TEST(m.samples[1].sha256 == sha256_of(bytes({1, 2, 3, 4, 5, 6})));
}

BOOST_AUTO_TEST_CASE(pixels_come_gray_as_rgb_in_rows) {
  const Idx s({.root = folder.path().string()}, {.size = 2});
  const cv::Mat image = s.image({.id = "train/000001", .path = {}, .sha256 = {}, .label = {}});
  BOOST_TEST(image.rows == 2);
  BOOST_TEST(image.cols == 2);
  const cv::Mat own = [&] {  // a file of squares is not resized
    write("t10k-images-idx3-ubyte", bytes({0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 7, 8, 9, 250}));
    return Idx({.root = folder.path().string()}, {.size = 2})
        .image({.id = "test/000000", .path = {}, .sha256 = {}, .label = {}});
  }();
  BOOST_TEST((own.at<cv::Vec3b>(0, 1) == cv::Vec3b(8, 8, 8)));
  BOOST_TEST((own.at<cv::Vec3b>(1, 1) == cv::Vec3b(250, 250, 250)));
}

BOOST_AUTO_TEST_CASE(damaged_files_are_refused_by_name) {
  write("train-labels-idx1-ubyte", bytes({0, 0, 8, 1, 0, 0, 0, 3, 1, 0, 0}));
  BOOST_TEST(holds(refused(), "there are 2 images and 3 labels"));
  write("train-labels-idx1-ubyte", bytes({0, 0, 8, 1, 0, 0, 0, 2, 1}));
  BOOST_TEST(holds(refused(), "train-labels-idx1-ubyte: the IDX file holds fewer than the 2 bytes"));
  write("train-labels-idx1-ubyte", bytes({0, 0, 8, 1, 0, 0, 0, 2, 1, 1, 1}));
  BOOST_TEST(holds(refused(), "holds more than"));
  write("train-images-idx3-ubyte", bytes({0, 0, 8, 3, 255, 255, 255, 255, 255, 0, 0, 2, 0, 0, 0, 3}));
  BOOST_TEST(holds(refused(), "absurd size"));
  write("train-images-idx3-ubyte", bytes({0, 0, 13, 3, 0, 0}));
  BOOST_TEST(holds(refused(), "does not hold unsigned bytes"));
  write("train-images-idx3-ubyte", bytes({31, 139, 8, 0, 1, 2, 3}));
  BOOST_TEST(holds(refused(), "train-images-idx3-ubyte: "));
  std::filesystem::remove(folder / "train-images-idx3-ubyte");
  BOOST_TEST(holds(refused(), "cannot be opened"));
}

BOOST_AUTO_TEST_CASE(a_label_without_a_name_is_refused) {
  BOOST_TEST(holds(refusal([&] { static_cast<void>(source({"only"}).load()); }), "label 1 has no name"));
}

BOOST_AUTO_TEST_CASE(debian_s_fashion_mnist_has_seventy_thousand_images,
                     *boost::unit_test::precondition([](boost::unit_test::test_unit_id) {
                       return has("/usr/share/datasets/fashion-mnist");
                     })) {
  const Manifest m = Idx({.root = "/usr/share/datasets/fashion-mnist"}, {.size = 28}).load();
  BOOST_TEST(m.samples.size() == 70000U);
  std::map<std::string, int> counts;
  for (const Sample& s : m.samples) ++counts[s.part + s.label];
  BOOST_TEST(counts["train9"] == 6000);
  BOOST_TEST(counts["test0"] == 1000);
}

BOOST_AUTO_TEST_SUITE_END()
