#include "youden/augment/affine.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

#include "shared.hpp"
#include "youden/augment/steps/rotate.hpp"

using namespace youden::augment;

namespace {

cv::Mat read_values(std::istream& in, int height, int width) {
  cv::Mat m(height, width, CV_32FC3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width * 3; ++x) {
      double v = NAN;
      in >> v;
      m.ptr<float>(y)[x] = static_cast<float>(v);
    }
  }
  return m;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(affine)

BOOST_AUTO_TEST_CASE(rotation_shift_and_zoom_equal_scipy) {
  std::ifstream golden(std::filesystem::path(kSourceDir) / "tests/golden/augment/affine.txt");
  std::string name;
  int height = 0;
  int width = 0;
  golden >> name >> height >> width;
  BOOST_REQUIRE(name == "image");
  const cv::Mat image = read_values(golden, height, width);
  int cases = 0;
  std::string border;
  double a = 0;
  double b = 0;
  while (golden >> name >> border >> a >> b) {
    const cv::Mat expected = read_values(golden, height, width);
    cv::Mat got = image.clone();
    if (name == "rotate") Rotate::turn(got, a, border_from(border));
    if (name == "shift") warp(got, Affine{.oy = a, .ox = b}, border_from(border));
    if (name == "zoom") warp(got, Affine{.yy = a, .xx = b}.about_centre(got), border_from(border));
    BOOST_TEST(cv::norm(got, expected, cv::NORM_INF) < 1e-6, name << ' ' << border << ' ' << a << ' ' << b);
    ++cases;
  }
  BOOST_TEST(cases == 33);
}

BOOST_AUTO_TEST_CASE(a_positive_angle_turns_clockwise) {
  cv::Mat image(3, 3, CV_32FC3, cv::Scalar::all(0));
  image.at<cv::Vec3f>(0, 1) = {1, 1, 1};
  Rotate::turn(image, 90, Border::nearest);
  BOOST_TEST(image.at<cv::Vec3f>(1, 2)[0] > 0.999F);
}

BOOST_AUTO_TEST_CASE(an_image_of_one_pixel_stays_itself) {
  cv::Mat dot(1, 1, CV_32FC3, cv::Scalar(0.25, 0.5, 0.75));
  Rotate::turn(dot, 33, Border::reflect);
  BOOST_TEST(dot.at<cv::Vec3f>(0, 0) == cv::Vec3f(0.25F, 0.5F, 0.75F));
}

BOOST_AUTO_TEST_CASE(a_view_into_a_larger_image_is_read_row_by_row) {
  const cv::Mat large(6, 6, CV_32FC3, cv::Scalar::all(1));
  cv::Mat inner = large(cv::Rect(1, 2, 3, 3)).clone();
  cv::Mat view = large(cv::Rect(1, 2, 3, 3));
  view.at<cv::Vec3f>(1, 0) = inner.at<cv::Vec3f>(1, 0) = {0, 0.5F, 0};
  Rotate::turn(inner, 20, Border::nearest);
  Rotate::turn(view, 20, Border::nearest);
  BOOST_TEST(cv::norm(inner, view, cv::NORM_INF) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
