#include "youden/augment/pipeline.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "youden/base/error.hpp"

using namespace youden;
using augment::Pipeline;
using config::Component;
using config::Json;

namespace {

/// 24 × 16, every value different from its neighbours', 0 and 1 among them.
cv::Mat picture() {
  cv::Mat m(24, 16, CV_32FC3);
  for (int y = 0; y < m.rows; ++y) {
    for (int x = 0; x < 48; ++x) m.ptr<float>(y)[x] = static_cast<float>((37 * y + 11 * x) % 101) / 100.0F;
  }
  return m;
}
bool same(const cv::Mat& a, const cv::Mat& b) { return cv::norm(a, b, cv::NORM_INF) == 0; }
cv::Mat one(const std::string& type, const Json& options, std::uint64_t view = 0) {
  return Pipeline({{type, options}}).apply(picture(), 1, view, "film");
}
const std::vector<std::string>& every_step() {
  static const std::vector<std::string> kNames{"brightness", "contrast", "flip",  "gamma",
                                               "noise",      "rotate",   "shift", "zoom"};
  return kNames;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pipeline)

BOOST_AUTO_TEST_CASE(the_steps_are_registered) {
  BOOST_TEST(registry::catalog().names("augmentation") == every_step(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(no_steps_give_the_image_itself) {
  BOOST_TEST(same(Pipeline({}).apply(picture(), 1, 2, "x"), picture()));
}

BOOST_AUTO_TEST_CASE(every_step_is_pure_and_keeps_shape_and_range) {
  for (const std::string& name : every_step()) {
    BOOST_TEST_CONTEXT(name) {
      const Pipeline steps({{name}});
      const cv::Mat image = picture();
      bool changed = false;
      for (std::uint64_t view = 0; view < 6; ++view) {
        const cv::Mat out = steps.apply(image, 5, view, "ab");
        BOOST_TEST(same(out, steps.apply(image, 5, view, "ab")));
        BOOST_TEST((out.size() == image.size() && out.type() == CV_32FC3));
        double least = -1;
        double most = 2;
        cv::minMaxLoc(out.reshape(1), &least, &most);
        BOOST_TEST((least >= 0 && most <= 1), least << " to " << most);
        changed |= !same(out, image);
      }
      BOOST_TEST(changed);
      BOOST_TEST(same(image, picture()));
    }
  }
}

BOOST_AUTO_TEST_CASE(seed_view_and_film_each_change_the_draw) {
  const Pipeline steps({{"rotate"}, {"noise"}});
  const cv::Mat first = steps.apply(picture(), 1, 0, "a");
  BOOST_TEST(!same(first, steps.apply(picture(), 2, 0, "a")));
  BOOST_TEST(!same(first, steps.apply(picture(), 1, 1, "a")));
  BOOST_TEST(!same(first, steps.apply(picture(), 1, 0, "b")));
}

BOOST_AUTO_TEST_CASE(steps_follow_their_order) {
  const Component turn{"rotate", {{"degrees", 40}}};
  const Component flip{"flip", {{"p", 1}}};
  BOOST_TEST(
      !same(Pipeline({turn, flip}).apply(picture(), 1, 0, "a"), Pipeline({flip, turn}).apply(picture(), 1, 0, "a")));
}

BOOST_AUTO_TEST_CASE(flip_mirrors_left_and_right_or_top_and_bottom) {
  const cv::Mat image = picture();
  BOOST_TEST(one("flip", {{"p", 1}}).at<cv::Vec3f>(3, 0) == image.at<cv::Vec3f>(3, 15));
  BOOST_TEST(one("flip", {{"p", 1}, {"horizontal", false}}).at<cv::Vec3f>(3, 2) == image.at<cv::Vec3f>(20, 2));
  BOOST_TEST(same(one("flip", {{"p", 0}}), image));
}

BOOST_AUTO_TEST_CASE(steps_of_no_size_change_nothing) {
  BOOST_TEST(same(one("rotate", {{"degrees", 0}}), picture()));
  BOOST_TEST(same(one("shift", {{"fraction", 0}}), picture()));
  BOOST_TEST(same(one("zoom", {{"fraction", 0}}), picture()));
  BOOST_TEST(same(one("brightness", {{"delta", 0}}), picture()));
  BOOST_TEST(same(one("noise", {{"sigma", 0}}), picture()));
  BOOST_TEST(same(one("gamma", {{"low", 1}, {"high", 1}}), picture()));
  BOOST_TEST(cv::norm(one("contrast", {{"factor", 0}}), picture(), cv::NORM_INF) < 1e-6);
}

BOOST_AUTO_TEST_CASE(brightness_adds_one_amount_everywhere) {
  const cv::Mat gray(5, 4, CV_32FC3, cv::Scalar::all(0.5));
  double least = 1;
  double most = -1;
  for (std::uint64_t view = 0; view < 300; ++view) {
    const cv::Mat out = Pipeline({{"brightness", {{"delta", 0.2}}}}).apply(gray, 1, view, "a");
    const double added = out.at<cv::Vec3f>(0, 0)[0] - 0.5;
    BOOST_TEST(same(out, cv::Mat(5, 4, CV_32FC3, cv::Scalar::all(out.at<cv::Vec3f>(4, 3)[2]))));
    least = std::min(least, added);
    most = std::max(most, added);
  }
  BOOST_TEST((least < -0.18 && least >= -0.2001 && most > 0.18 && most <= 0.2001), least << " to " << most);
}

BOOST_AUTO_TEST_CASE(contrast_keeps_the_mean) {
  const cv::Mat image = (cv::Mat_<cv::Vec3f>(1, 2) << cv::Vec3f::all(0.4F), cv::Vec3f::all(0.5F));
  const cv::Mat out = Pipeline({{"contrast", {{"factor", 0.9}}}}).apply(image, 3, 1, "a");
  const float low = out.at<cv::Vec3f>(0, 0)[1];
  const float high = out.at<cv::Vec3f>(0, 1)[1];
  BOOST_TEST(std::abs(low + high - 0.9F) < 1e-6F);
  BOOST_TEST(std::abs(high - low - 0.1F) > 1e-3F);
}

BOOST_AUTO_TEST_CASE(gamma_raises_to_a_power_within_its_range) {
  const cv::Mat image = (cv::Mat_<cv::Vec3f>(1, 3) << cv::Vec3f::all(0), cv::Vec3f::all(0.5F), cv::Vec3f::all(1));
  for (std::uint64_t view = 0; view < 50; ++view) {
    const cv::Mat out = Pipeline({{"gamma", {{"low", 0.5}, {"high", 2}}}}).apply(image, 1, view, "a");
    const double exponent = std::log2(1 / out.at<cv::Vec3f>(0, 1)[0]);
    BOOST_TEST((exponent > 0.499 && exponent < 2.001), exponent);
    BOOST_TEST(out.at<cv::Vec3f>(0, 0)[0] == 0);
    BOOST_TEST(out.at<cv::Vec3f>(0, 2)[0] == 1);
  }
  BOOST_CHECK_THROW(Pipeline({{"gamma", {{"low", 2}, {"high", 1}}}}), base::ConfigError);
}

BOOST_AUTO_TEST_CASE(noise_is_gray_gaussian_and_of_the_width_asked_for) {
  const cv::Mat gray(101, 99, CV_32FC3, cv::Scalar::all(0.5));
  const cv::Mat out = Pipeline({{"noise", {{"sigma", 0.05}}}}).apply(gray, 1, 0, "a");
  cv::Scalar mean;
  cv::Scalar deviation;
  cv::meanStdDev(out, mean, deviation);
  BOOST_TEST(std::abs(mean[0] - 0.5) < 0.002);
  BOOST_TEST(std::abs(deviation[0] - 0.05) < 0.002);
  BOOST_TEST(mean[0] == mean[2]);
  const cv::Vec3f pixel = out.at<cv::Vec3f>(50, 50);
  BOOST_TEST((pixel[0] == pixel[1] && pixel[1] == pixel[2]));
}

BOOST_AUTO_TEST_CASE(an_unknown_step_is_refused_with_the_one_meant) {
  BOOST_CHECK_EXCEPTION(Pipeline({{"rotat"}}), base::ConfigError,
                        [](const auto& e) { return std::string(e.what()).find("'rotate'") != std::string::npos; });
}

BOOST_AUTO_TEST_SUITE_END()
