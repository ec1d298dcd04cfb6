#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "cases.hpp"
#include "youden/audit/checks.hpp"
#include "youden/audit/file_header.hpp"
#include "youden/base/philox.hpp"
#include "youden/image/image_files.hpp"

using namespace youden;
using namespace youden::audit;
using namespace youden::test;

namespace {

/// 30 ill and 60 well patients, a film each; `source(i)` of the i-th.
template <class Source>
Films ninety(const Source& source) {
  std::vector<Row> rows;
  for (int i = 0; i < 90; ++i) {
    rows.push_back(
        {"f" + std::to_string(i), i < 30 ? "ill" : "well", "p" + std::to_string(i), i % 5 == 0 ? 'e' : 't', source(i)});
  }
  return Films(rows);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_checks)

BOOST_AUTO_TEST_CASE(a_source_for_each_class_fails) {
  const auto f = source_confounding(ninety([](int i) { return i < 30 ? "journal" : "hospital"; }).subject());
  BOOST_TEST(f.severity == Severity::fail);
  BOOST_TEST(f.value.value() == 1);
  BOOST_TEST(f.evidence.at("cramers_v") == 1);
  BOOST_TEST(f.evidence.at("label_given_source").at("journal").at("ill").at("share") == 1);
  BOOST_TEST(holds(f.text, "one class only"));
}

BOOST_AUTO_TEST_CASE(sources_that_share_the_classes_pass) {
  const auto f = source_confounding(ninety([](int i) { return i % 2 == 0 ? "a" : "b"; }).subject());
  BOOST_TEST(f.severity == Severity::pass);
  BOOST_TEST(f.evidence.at("cramers_v") == 0);
}

BOOST_AUTO_TEST_CASE(one_source_is_fine_and_none_is_unverifiable) {
  BOOST_TEST(source_confounding(ninety([](int) { return "a"; }).subject()).severity == Severity::pass);
  const auto none = source_confounding(ninety([](int) { return ""; }).subject());
  BOOST_TEST(none.severity == Severity::warn);
  BOOST_TEST(holds(none.text, "unverifiable"));
}

BOOST_AUTO_TEST_CASE(a_film_each_from_ninety_sources_proves_nothing) {
  const auto f = source_confounding(ninety([](int i) { return std::to_string(i); }).subject());
  BOOST_TEST(f.severity != Severity::fail);
}

BOOST_AUTO_TEST_CASE(a_size_in_the_midst_of_others_betrays_its_class) {
  Films films = ninety([](int) { return "a"; });
  for (int i = 0; i < 90; ++i) {  // ill: 1024 × 1024, well: any size around it
    const std::int64_t other = 700 + 13 * (i * 37 % 50);
    films.headers.push_back({.format = "png",
                             .width = i < 30 ? 1024 : other,
                             .height = i < 30 ? 1024 : other + i % 7,
                             .channels = 1,
                             .bit_depth = 8,
                             .bytes = static_cast<std::uint64_t>(500'000 + 1000 * (i * 31 % 90))});
  }
  const Finding f = header_shortcut(films.subject());
  BOOST_TEST(f.severity == Severity::fail);
  BOOST_TEST(f.value.value() == 1);
  BOOST_TEST(f.evidence.at("strongest").at("trait") == "size 1024 × 1024");
  BOOST_TEST(f.evidence.at("by_class").at("ill").at("width").dump() == "[1024,1024]");
}

BOOST_AUTO_TEST_CASE(headers_that_do_not_go_with_the_label_pass) {
  Films films = ninety([](int) { return "a"; });
  base::Stream s({.seed = 11, .purpose = "case"});
  for (int i = 0; i < 90; ++i) {
    films.headers.push_back({.format = s.bernoulli(0.5) ? "png" : "jpeg",
                             .width = 500 + s.below(1000),
                             .height = 500 + s.below(1000),
                             .channels = s.bernoulli(0.5) ? 1 : 3,
                             .bit_depth = 8,
                             .bytes = 100'000 + s.below(100'000)});
  }
  const Finding f = header_shortcut(films.subject());
  BOOST_TEST(f.severity == Severity::pass);
  BOOST_TEST(f.evidence.at("auc").at("low").get<double>() < 0.5);
}

BOOST_AUTO_TEST_CASE(drawn_films_have_no_headers) {
  Films films = ninety([](int) { return "a"; });
  films.headers.resize(90);
  const Finding f = header_shortcut(films.subject());
  BOOST_TEST(f.severity == Severity::pass);
  BOOST_TEST(!f.value);
}

BOOST_AUTO_TEST_CASE(standardised_differences_by_hand) {
  // 61, 63, 65 against 50, 54: means 63 and 52, variances 4 and 8, so 11 / √6.
  BOOST_TEST(mean_difference({61, 63, 65}, {50, 54})->value == 11 / std::sqrt(6.0),
             boost::test_tools::tolerance(1e-12));
  // 8 of 10 against 3 of 12: .55 / √((.16 + .1875) / 2)
  BOOST_TEST(share_difference(8, 10, 3, 12)->value == 0.55 / std::sqrt(0.17375), boost::test_tools::tolerance(1e-12));
  BOOST_TEST(!mean_difference({61}, {50, 54}));
  BOOST_TEST(mean_difference({7, 7}, {7, 7})->value == 0);
}

BOOST_AUTO_TEST_CASE(older_patients_in_one_class_are_reported) {
  Films films = ninety([](int) { return "a"; });
  for (int i = 0; i < 90; ++i) {
    films.manifest.samples[static_cast<std::size_t>(i)].covariates = {
        {"age", (i < 30 ? 60 : 45) + i * 7 % 11}, {"sex", i % 2 == 0 ? "F" : "M"}, {"note", "n" + std::to_string(i)}};
  }
  const Finding f = covariate_balance(films.subject());
  BOOST_TEST(f.severity == Severity::warn);
  BOOST_TEST(f.value.value() == 1);
  BOOST_TEST(holds(f.text, "age +"));
  BOOST_TEST(f.text.find("sex F") == std::string::npos);
  BOOST_TEST(!f.evidence.at("covariates").contains("note"));
}

BOOST_AUTO_TEST_CASE(a_covariate_known_in_one_class_only_is_not_judged) {
  Films films = ninety([](int) { return "a"; });
  for (std::size_t i = 0; i < 30; ++i) films.manifest.samples[i].covariates = {{"age", 40 + i}};
  const Finding f = covariate_balance(films.subject());
  BOOST_TEST(f.severity == Severity::warn);
  BOOST_TEST(!f.value);
  BOOST_TEST(f.evidence.at("unknown_in_a_class").dump() == R"(["age"])");
}

BOOST_AUTO_TEST_CASE(the_tutorials_ten_test_films_are_too_few) {
  std::vector<Row> rows;
  for (int i = 0; i < 50; ++i) rows.push_back({std::to_string(i), i % 2 == 0 ? "ill" : "well", "", i < 10 ? 'e' : 't'});
  const Finding f = sample_size(Films(rows).subject());
  BOOST_TEST(f.severity == Severity::warn);
  BOOST_TEST(f.evidence.at("classes").at("ill").at("units") == 5);
  BOOST_TEST(holds(f.text, "too small to claim: 5 films of 'ill' in the test part"));
}

BOOST_AUTO_TEST_CASE(five_films_of_one_patient_are_one) {
  std::vector<Row> rows;
  for (int i = 0; i < 40; ++i)
    rows.push_back({std::to_string(i), i % 2 == 0 ? "ill" : "well", i % 2 == 0 ? "A" : "p" + std::to_string(i), 'e'});
  const Finding f = sample_size(Films(rows).subject());
  BOOST_TEST(f.evidence.at("classes").at("ill").at("units") == 1);
  BOOST_TEST(f.evidence.at("classes").at("ill").at("films") == 20);
}

BOOST_AUTO_TEST_CASE(the_start_of_a_file_says_what_the_whole_says) {
  const TempFolder folder;
  cv::Mat noise(400, 300, CV_8UC3);
  cv::theRNG().state = 1;
  cv::randu(noise, 0, 256);
  for (const std::string name : {"a.png", "b.jpg", "c.tif"}) {  // a TIFF's directory may stand at its end
    const auto path = (folder / name).string();
    cv::imwrite(path, noise);
    BOOST_REQUIRE(std::filesystem::file_size(path) > 65536U);
    const auto start = file_header(path);
    const auto whole = image::read_header(std::filesystem::path(path));
    BOOST_TEST(start.width == 300);
    BOOST_TEST(start.height == 400);
    BOOST_TEST(start.channels == whole.channels);
    BOOST_TEST(start.bit_depth == 8);
    BOOST_TEST(start.format == whole.format);
    BOOST_TEST(start.bytes == std::filesystem::file_size(path));
  }
  BOOST_TEST(file_header((folder / "none.png").string()).width == 0);
}

BOOST_AUTO_TEST_CASE(covid_films_betray_themselves, *boost::unit_test::precondition(has_shared_data)) {
  std::vector<Row> rows;
  std::vector<std::string> paths;
  const auto add = [&](const std::filesystem::path& folder, const std::string& label) {
    for (const auto& path : image::image_files(folder)) {
      rows.push_back({path.filename().string(), label, label + path.filename().string().substr(0, 8)});
      paths.push_back(path.string());
    }
  };
  add(shared_data() / "covid-chestxray", "ill");
  add(shared_data() / "nih" / "no_finding", "well");
  Films films(rows);
  for (const std::string& path : paths) films.headers.push_back(file_header(path));
  const Finding f = header_shortcut(films.subject());
  BOOST_TEST(f.severity == Severity::fail);
  BOOST_TEST(f.value.value() == 1);
  BOOST_TEST(f.evidence.at("auc").at("low").get<double>() > 0.9);
}

BOOST_AUTO_TEST_SUITE_END()
