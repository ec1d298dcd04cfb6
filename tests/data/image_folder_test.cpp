#include "youden/data/sources/image_folder.hpp"

#include <boost/test/unit_test.hpp>

#include "films.hpp"

using namespace youden::test;
using namespace youden::data;
using namespace youden::sample;
using namespace youden::image;
namespace fs = std::filesystem;

namespace {

struct Fixture {
  Manifest load(const std::optional<std::string>& patient = {}) const {
    return ImageFolder({.root = folder.path().string(), .patient = patient}, {.size = 8}).load();
  }
  std::vector<std::string> ids(const std::string& root) const {
    std::vector<std::string> out;
    for (const Sample& s : ImageFolder({.root = root, .patient = {}}, {}).load().samples) out.push_back(s.id);
    return out;
  }
  std::vector<std::string> ids() const { return ids(folder.path().string()); }
  TempFolder folder;
};
using Ids = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(image_folder, Fixture)

BOOST_AUTO_TEST_CASE(a_class_is_a_folder_and_an_id_the_path_below_the_root) {
  write_film(folder / "no/b.png", 30);
  write_film(folder / "no/sub/deeper/c.jpg");
  write_film(folder / "Covid/a.PNG.png");
  const Manifest m = load();
  BOOST_REQUIRE(m.samples.size() == 3U);
  BOOST_TEST(m.samples[0].id == "Covid/a.PNG.png");
  BOOST_TEST(m.samples[0].label == "Covid");
  BOOST_TEST(m.samples[2].id == "no/sub/deeper/c.jpg");
  BOOST_TEST(m.samples[2].label == "no");  // not deeper
  BOOST_TEST(m.samples[1].path == (folder / "no/b.png").string());
  BOOST_TEST(m.samples[1].patient.empty());
  const cv::Mat film = ImageFolder({.root = folder.path().string(), .patient = {}}, {.size = 8}).image(m.samples[1]);
  BOOST_TEST(film.size() == cv::Size(8, 8));
  BOOST_TEST(film.at<cv::Vec3b>(3, 5)[1] == 30);
}

BOOST_AUTO_TEST_CASE(hidden_and_other_files_are_passed_over) {
  write_film(folder / "a/1.png");
  write_film(folder / "a/.hidden.png");
  write_film(folder / ".hidden/2.png");
  write_film(folder / "loose.png");  // in no class
  write_text(folder / "a/notes.txt", "BMI and PA view");
  write_text(folder / "a/P1", "P1 patient notes");
  write_text(folder / "a/Thumbs.db", "");
  write_text(folder / "a/long.csv", std::string(100'000, 'x'));
  BOOST_TEST(ids() == (Ids{"a/1.png"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(content_counts_as_much_as_the_name) {
  write_film(folder / "a/1.png");
  fs::copy_file(folder / "a/1.png", folder / "a/film");      // an image without a name
  write_text(folder / "a/broken.jpeg", "this is no image");  // a name without an image: the run must refuse it
  write_text(folder / "a/x.dcm", std::string(128, '\0') + "DICM and so on");
  BOOST_TEST(ids() == (Ids{"a/1.png", "a/broken.jpeg", "a/film", "a/x.dcm"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_roots_spelling_does_not_show_in_ids) {
  write_film(folder / "a/1.png");
  const std::string root = folder.path().string();
  for (const std::string& spelt : {root, root + "/", root + "/."}) {
    BOOST_TEST(ids(spelt) == (Ids{"a/1.png"}), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(links_keep_their_own_names_and_lead_in_no_circle) {
  write_film(folder / "a/1.png");
  const TempFolder elsewhere;
  write_film(elsewhere / "film.png");
  fs::create_symlink(elsewhere / "film.png", folder / "a/2.png");
  fs::create_symlink(elsewhere / "film.png", folder / "a/3.png");
  fs::create_directory_symlink(elsewhere.path(), folder / "b");
  fs::create_directory_symlink("..", folder / "a/up");
  fs::create_directory_symlink(".", folder / "a/here");
  fs::create_symlink("nowhere.png", folder / "a/4.png");  // the run must refuse it by name
  const Ids all = ids();
  for (const char* id : {"a/1.png", "a/2.png", "a/3.png", "a/4.png", "b/film.png"}) {
    BOOST_TEST((std::find(all.begin(), all.end(), id) != all.end()), id);
  }
  BOOST_TEST(all.size() < 12U);
}

BOOST_AUTO_TEST_CASE(patients_come_from_the_file_name) {
  write_film(folder / "a/00000013_005.png");
  write_film(folder / "a/00000013_006.png");
  write_film(folder / "b/x_1.png");
  const Manifest m = load("^([0-9]{8})_");
  BOOST_TEST(m.samples[0].patient == "00000013");
  BOOST_TEST(m.samples[1].patient == "00000013");
  BOOST_TEST(m.samples[2].patient.empty());
  BOOST_TEST(load("[a-z0]+").samples[2].patient == "x");  // without a group in it, the whole match
}

BOOST_AUTO_TEST_CASE(an_expression_that_cannot_work_is_refused) {
  write_film(folder / "a/1.png");
  BOOST_TEST(holds(refusal([&] { load("(["); }), "dataset.patient is no regular expression that can be matched: '(['"));
  const std::string message = refusal([&] { load("^P([0-9]+)"); });
  BOOST_TEST(holds(message, "dataset.patient '^P([0-9]+)' matches no file name, for example not a/1.png"));
}

BOOST_AUTO_TEST_CASE(a_root_that_holds_nothing_is_refused_by_name) {
  BOOST_TEST(holds(refusal([&] { load(); }), "no image in any class folder"));
  write_film(folder / "loose.png");
  BOOST_TEST(holds(refusal([&] { load(); }), "<class>/<image>.png"));
  const auto refused = [](const std::string& root) {
    return refusal([&] { (void)ImageFolder({.root = root, .patient = {}}, {}).load(); });
  };
  BOOST_TEST(holds(refused((folder / "nowhere").string()), "nowhere: no such folder"));
  BOOST_TEST(holds(refused((folder / "loose.png").string()), "loose.png: is a file"));
}

BOOST_AUTO_TEST_CASE(a_name_that_is_no_text_is_refused) {
  write_film(folder / "a/1.png");
  fs::copy_file(folder / "a/1.png", folder / "a/caf\xE9.png");
  BOOST_TEST(holds(refusal([&] { load(); }), "a file name is not UTF-8 text"));
}

BOOST_AUTO_TEST_SUITE_END()
