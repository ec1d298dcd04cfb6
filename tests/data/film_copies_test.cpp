#include "youden/data/film_copies.hpp"

#include <boost/test/unit_test.hpp>

#include "films.hpp"
#include "youden/data/sources/image_folder.hpp"

using namespace youden::test;
using namespace youden::data;
using namespace youden::sample;
using namespace youden::image;

namespace {

struct Fixture {
  Sample film(const std::string& name, const std::string& label, int level = 100) const {
    write_film(folder / name, level);
    return {.id = name, .path = (folder / name).string(), .sha256 = {}, .label = label};
  }
  TempFolder folder;
  youden::base::Progress silent{true};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(film_copies, Fixture)

BOOST_AUTO_TEST_CASE(copies_are_what_image_folder_reads) {
  copy_films({film("one/a.png", "covid"), film("two/a.png", "covid", 7), film("b.png", "normal")}, folder / "out/",
             silent);
  const Manifest m = ImageFolder({.root = (folder / "out").string(), .patient = {}}, {}).load();
  std::string ids;
  for (const Sample& s : m.samples) ids += s.id + "|" + s.label + " ";
  BOOST_TEST(ids == "covid/a-2.png|covid covid/a.png|covid normal/b.png|normal ");
  BOOST_TEST(cv::imread((folder / "out/covid/a-2.png").string(), cv::IMREAD_GRAYSCALE).at<unsigned char>(3, 3) == 7);
}

BOOST_AUTO_TEST_CASE(names_clash_whatever_their_case_and_labels_may_hold_slashes) {
  const auto names = copy_names({{.id = "1", .path = "/x/A.png", .sha256 = {}, .label = "Pneumonia/Viral"},
                                 {.id = "2", .path = "/y/a.PNG", .sha256 = {}, .label = "Pneumonia/Viral"},
                                 {.id = "3", .path = "/z/a.png", .sha256 = {}, .label = "pneumonia_viral"},
                                 {.id = "4", .path = "/z/a.png", .sha256 = {}, .label = ".."}});
  const std::vector<std::string> expected{"Pneumonia_Viral/A.png", "Pneumonia_Viral/a-2.PNG", "pneumonia_viral-2/a.png",
                                          "_../a.png"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_folder_that_holds_something_is_left_alone) {
  write_text(folder / "full/keep.txt", "x");
  const auto films = std::vector{film("a.png", "covid")};
  BOOST_TEST(holds(refusal([&] { copy_films(films, folder / "full", silent); }), "full: the folder is there already"));
  std::filesystem::create_directory(folder / "empty");
  copy_films(films, folder / "empty", silent);
  BOOST_TEST(std::filesystem::exists(folder / "empty/covid/a.png"));
}

BOOST_AUTO_TEST_CASE(a_copy_that_fails_leaves_nothing) {
  auto films = std::vector{film("a.png", "covid"), film("b.png", "covid")};
  films[1].path = (folder / "gone.png").string();
  BOOST_TEST(
      holds(refusal([&] { copy_films(films, folder / "out", silent); }), "gone.png: the films cannot be copied"));
  std::vector<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    left.push_back(entry.path().filename().string());
  }
  BOOST_TEST(left.size() == 2U);  // a.png and b.png
}

BOOST_AUTO_TEST_SUITE_END()
