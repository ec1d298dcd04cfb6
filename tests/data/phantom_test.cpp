#include "youden/data/sources/phantom.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <set>
#include <string>

#include "youden/base/error.hpp"
#include "youden/registry/registry.hpp"

using namespace youden;
using namespace youden::data;
using namespace youden::sample;
using namespace youden::image;

namespace {

Phantom phantom(PhantomOptions options, std::uint64_t seed = 1, int size = 64) { return {options, {seed, size}}; }
/// No opacities, so that whatever else depends on the label shows.
PhantomOptions plain(double prevalence) { return {.films = 40, .prevalence = prevalence, .contrast = 0}; }
bool same(const cv::Mat& a, const cv::Mat& b) { return cv::norm(a, b, cv::NORM_INF) == 0; }

/// The largest difference inside and outside the central `share` of each side.
std::pair<double, double> difference(const cv::Mat& a, const cv::Mat& b, double share) {
  cv::Mat d;
  cv::absdiff(a, b, d);
  const int from = static_cast<int>(a.rows * (1 - share) / 2);
  cv::Mat middle = d(cv::Rect(from, from, a.cols - 2 * from, a.rows - 2 * from));
  const double inside = cv::norm(middle, cv::NORM_INF);
  middle.setTo(0);
  return {inside, cv::norm(d, cv::NORM_INF)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(phantom_source)

BOOST_AUTO_TEST_CASE(the_default_manifest_is_balanced_and_complete) {
  const Manifest m = phantom({}).load();
  BOOST_TEST(m.samples.size() == 240U);
  std::map<std::string, int> labels;
  std::map<std::string, std::set<std::string>> of_patient;
  std::map<std::string, int> films;
  std::set<std::string> hashes;
  std::string last;
  for (const Sample& s : m.samples) {
    ++labels[s.label];
    of_patient[s.patient].insert(s.label + s.source + s.covariates.dump());
    ++films[s.patient];
    hashes.insert(s.sha256);
    BOOST_TEST(last < s.id);
    last = s.id;
    BOOST_TEST(s.path.empty());
    BOOST_TEST(s.sha256.size() == 64U);
    BOOST_TEST((s.source == "a" || s.source == "b"));
    BOOST_TEST((s.covariates.at("age") >= 20 && s.covariates.at("age") < 90));
    BOOST_TEST(s.covariates.at("view") == "PA");
  }
  BOOST_TEST(m.samples.front().id == "phantom-0001");
  BOOST_TEST(labels["opacity"] == 120);
  BOOST_TEST(labels["clear"] == 120);
  BOOST_TEST(hashes.size() == 240U);
  for (const auto& [patient, facts] : of_patient) BOOST_TEST(facts.size() == 1U, patient);
  for (const auto& [patient, n] : films) BOOST_TEST((n >= 1 && n <= 3), patient);
  BOOST_TEST((films.size() > 100 && films.size() < 140));
}

BOOST_AUTO_TEST_CASE(prevalence_and_films_per_patient_are_followed) {
  const Manifest m = phantom({.films = 100, .prevalence = 0.2, .films_per_patient = {4, 4}}).load();
  int positive = 0;
  std::set<std::string> patients;
  for (const Sample& s : m.samples) {
    positive += s.label == "opacity" ? 1 : 0;
    patients.insert(s.patient);
  }
  BOOST_TEST(positive == 20);
  BOOST_TEST(patients.size() == 25U);
}

BOOST_AUTO_TEST_CASE(a_film_is_a_pure_function_of_options_seed_index_and_size) {
  const Manifest m = phantom({}).load();
  const cv::Mat film = phantom({}).image(m.samples[5]);
  BOOST_TEST((film.type() == CV_8UC3 && film.rows == 64 && film.cols == 64));
  BOOST_TEST(same(film, phantom({}).image(m.samples[5])));
  BOOST_TEST(same(film, phantom({.seed = 1}, 99).image(m.samples[5])));
  BOOST_TEST(!same(film, phantom({}, 2).image(m.samples[5])));
  BOOST_TEST(!same(film, phantom({}).image(m.samples[6])));
  BOOST_TEST((film.at<cv::Vec3b>(30, 20)[0] == film.at<cv::Vec3b>(30, 20)[2]));
}

BOOST_AUTO_TEST_CASE(the_hash_stands_for_everything_the_pixels_are_made_from) {
  const auto hash = [](const PhantomOptions& o, std::uint64_t seed = 1, int size = 64) {
    return phantom(o, seed, size).load().samples[3].sha256;
  };
  BOOST_TEST(hash({}) == hash({}));
  BOOST_TEST(hash({}) == hash({.seed = 1}, 7));
  const std::set<std::string> all{
      hash({}), hash({}, 2), hash({}, 1, 65), hash({.contrast = 2}), hash({.border = 1}), hash({.prevalence = 0.4})};
  BOOST_TEST(all.size() == 6U);
}

BOOST_AUTO_TEST_CASE(every_size_is_drawn) {
  for (const int size : {8, 33, 300}) {
    const Phantom p = phantom({.films = 6}, 1, size);
    for (const Sample& s : p.load().samples) BOOST_TEST(p.image(s).rows == size);
  }
}

BOOST_AUTO_TEST_CASE(a_film_has_dark_lungs_beside_a_bright_middle) {
  const Phantom p = phantom({.films = 30}, 3, 100);
  for (const Sample& s : p.load().samples) {
    const cv::Mat film = p.image(s);
    const auto mean = [&](int x, int y) { return cv::mean(film(cv::Rect(x, y, 8, 8)))[0]; };
    BOOST_TEST(mean(30, 38) + 15 < mean(46, 60), s.id);
    BOOST_TEST(mean(62, 38) + 15 < mean(46, 60), s.id);
  }
}

BOOST_AUTO_TEST_CASE(opacities_lie_within_the_central_80_percent_and_on_positive_films_alone) {
  for (const int size : {48, 101, 224}) {
    const Phantom with = phantom({.films = 40, .contrast = 8}, 4, size);
    const Phantom without = phantom({.films = 40, .contrast = 0}, 4, size);
    for (const Sample& s : with.load().samples) {
      const auto [inside, outside] = difference(with.image(s), without.image(s), 0.8);
      BOOST_TEST(outside == 0, s.id);
      BOOST_TEST((inside > 20) == (s.label == "opacity"), s.id);
    }
  }
}

BOOST_AUTO_TEST_CASE(without_opacities_and_shortcuts_the_label_changes_nothing) {
  const Phantom none = phantom(plain(0));
  const Phantom all = phantom(plain(1));
  const Manifest healthy = none.load();
  const Manifest sick = all.load();
  std::set<std::string> hospitals;
  for (std::size_t i = 0; i < healthy.samples.size(); ++i) {
    BOOST_TEST(healthy.samples[i].label == "clear");
    BOOST_TEST(sick.samples[i].label == "opacity");
    BOOST_TEST(healthy.samples[i].source == sick.samples[i].source);
    BOOST_TEST(healthy.samples[i].covariates == sick.samples[i].covariates);
    BOOST_TEST(same(none.image(healthy.samples[i]), all.image(sick.samples[i])));
    hospitals.insert(sick.samples[i].source);
  }
  BOOST_TEST(hospitals.size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_marker_follows_the_label_when_asked) {
  PhantomOptions negative = plain(0);
  PhantomOptions positive = plain(1);
  negative.marker_rate = positive.marker_rate = 1;
  const Phantom without = phantom(negative);
  const Phantom with = phantom(positive);
  for (const Sample& s : with.load().samples) {
    const cv::Mat a = without.image(s);
    const cv::Mat b = with.image(s);
    const cv::Rect corner(0, 0, 13, 13);
    BOOST_TEST(!same(a(corner), b(corner)), s.id);
    BOOST_TEST(difference(a, b, 0.8).first == 0);
  }
}

BOOST_AUTO_TEST_CASE(the_border_follows_the_label_when_asked) {
  PhantomOptions negative = plain(0);
  PhantomOptions positive = plain(1);
  negative.border = positive.border = 1;
  const Phantom without = phantom(negative);
  const Phantom with = phantom(positive);
  int changed = 0;
  for (const Sample& s : with.load().samples) {
    const auto [inside, outside] = difference(without.image(s), with.image(s), 0.8);
    BOOST_TEST(inside == 0, s.id);
    changed += outside > 0 ? 1 : 0;
  }
  BOOST_TEST(changed >= 38);
}

BOOST_AUTO_TEST_CASE(the_hospital_follows_the_label_and_is_brighter_when_asked) {
  PhantomOptions o{.films = 60, .contrast = 0, .source_rate = 1, .source_brightness = 0.1};
  const Phantom bright = phantom(o);
  o.source_brightness = 0;
  const Phantom even = phantom(o);
  for (const Sample& s : bright.load().samples) {
    BOOST_TEST(s.source == (s.label == "opacity" ? "b" : "a"), s.id);
    const double gain = cv::mean(bright.image(s))[0] - cv::mean(even.image(s))[0];
    if (s.source == "a") BOOST_TEST(gain == 0);
    if (s.source == "b") BOOST_TEST((gain > 20 && gain < 26), gain);
  }
}

BOOST_AUTO_TEST_CASE(bad_input_is_refused) {
  BOOST_CHECK_THROW(phantom({.films_per_patient = {3, 1}}), base::ConfigError);
  BOOST_CHECK_THROW(phantom({.films_per_patient = {2}}), base::ConfigError);
  Sample stranger;
  stranger.id = "phantom-9999";
  BOOST_CHECK_THROW(phantom({}).image(stranger), base::DataError);
}

BOOST_AUTO_TEST_CASE(it_is_registered_with_its_options) {
  const auto source = registry::make<Source>({"phantom", {{"films", 12}, {"prevalence", 0.25}}}, {5, 32});
  const Manifest m = source->load();
  BOOST_TEST(m.samples.size() == 12U);
  BOOST_TEST(source->image(m.samples[0]).rows == 32);
}

BOOST_AUTO_TEST_SUITE_END()
