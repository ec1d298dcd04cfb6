#include "image_files.hpp"
#include "project.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <vector>

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(broken_data)

namespace {

void check_refused(const Project& project, const Finished& done, const std::vector<std::string>& words) {
  BOOST_TEST(done.code == 2, done.code << ": " << done.err);
  BOOST_TEST(done.out == "");
  for (const std::string& word : words) BOOST_TEST(done.says(word), "'" << word << "' is not in: " << done.err);
  for (const char* foreign : {"terminate called", "unexpected:", "OpenCV(", "cv::", "libpng", "std::", "fault of"}) {
    BOOST_TEST(!done.says(foreign), done.err);
  }
  BOOST_TEST(project.runs() == 0);
  std::filesystem::remove_all(project.db().parent_path());
}

struct BrokenFile {
  std::string name;
  std::function<void(const std::filesystem::path&)> make;
};

std::vector<BrokenFile> broken_files() {
  const auto holds = [](const std::string& bytes) {
    return [bytes](const std::filesystem::path& path) { write_bytes(path, bytes); };
  };
  const std::string good = png(film(true, 1), 40);
  std::string bad_sum = good;
  bad_sum[bad_sum.size() - 20] = static_cast<char>(bad_sum[bad_sum.size() - 20] ^ 0x55);
  const std::string huge = png_header(100'000, 100'000, 8, Png::gray) + good.substr(33);
  return {
      {"truncated.png", holds(good.substr(0, good.size() / 2))},
      {"no-pixels.png", holds(png_header(40, 40, 8, Png::gray) + png_chunk("IEND", ""))},
      {"zero-byte.png", holds("")},
      {"huge-header.png", holds(huge)},
      {"no-width.png", holds(png_header(0, 40, 8, Png::gray) + good.substr(33))},
      {"bad-sum.png", holds(bad_sum)},
      {"signature-only.png", holds("\x89PNG\r\n\x1a\n")},
      {"text.png", holds("this is no image, whatever its name says\n")},
      {"page.png", holds("<!DOCTYPE html><html><body>404</body></html>")},
      {"report.png", holds("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n")},
      {"huge.pgm", holds("P5\n99999 99999\n255\nxx")},
      {"overflow.pgm", holds("P5\n99999999999999999999 2\n255\nxx")},
      {"negative.pgm", holds("P5\n-4 4\n255\nxxxxxxxxxxxxxxxx")},
      {"short.pgm", holds(pgm(film(true, 1), 40).substr(0, 200))},
      {"no-range.pgm", holds("P5\n4 4\n0\nxxxxxxxxxxxxxxxx")},
      {"start-only.jpg", holds("\xFF\xD8\xFF\xE0")},
      {"noise.tif", holds("II*" + std::string(1, '\0') + "\xFF\xFF\xFF\xFF")},
      {"loop.tif", holds(std::string("II*\0\x08\0\0\0\0\0\x08\0\0\0", 14))},
      {"start-only.gif", holds("GIF89a")},
      {"start-only.bmp", holds("BM" + std::string(20, '\xFF'))},
      {"start-only.webp", holds("RIFF" + std::string("\x10\0\0\0", 4) + "WEBPVP8 ")},
      {"scan.dcm", holds(std::string(128, '\0') + "DICM" + std::string(64, '\2'))},
      {"folder.png", [](const auto& path) { std::filesystem::create_directories(path); }},
      {"nowhere.png", [](const auto& path) { std::filesystem::create_symlink("/nowhere/at-all.png", path); }},
      {"circle.png", [](const auto& path) { std::filesystem::create_symlink("circle.png", path); }},
      {"pipe.png", [](const auto& path) { ::mkfifo(path.c_str(), 0600); }},
      {"device.png", [](const auto& path) { std::filesystem::create_symlink("/dev/zero", path); }},
  };
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_broken_file_is_refused_by_name) {
  const Project project(kFolderExperiment);
  write_films(project / "films", 6);
  for (const BrokenFile& file : broken_files()) {
    BOOST_TEST_CONTEXT(file.name) {
      file.make(project / "films/haze/" / file.name);
      const Finished done = Program(project.launch({"train", "e.yaml"})).wait(30);
      check_refused(project, done, {(project / "films/haze/" / file.name).string()});
      std::filesystem::remove_all(project / "films/haze/" / file.name);
    }
  }
}

// libpng would say two lines of its own before ours.
BOOST_AUTO_TEST_CASE(an_impossible_depth_is_refused_in_our_words) {
  const Project project(kFolderExperiment);
  write_films(project / "films", 6);
  write_bytes(project / "films/haze/odd.png", png_header(40, 40, 7, Png::gray) + png(film(true, 1), 40).substr(33));
  const Finished done = project.run({"train", "e.yaml"});
  BOOST_TEST(done.code == 2);
  BOOST_TEST(done.says((project / "films/haze/odd.png").string()), done.err);
  BOOST_TEST(!done.says("libpng"), done.err);
}

BOOST_AUTO_TEST_CASE(all_of_them_are_named_in_one_message) {
  const Project project(kFolderExperiment);
  write_films(project / "films", 6);
  std::vector<std::string> names;
  for (const BrokenFile& file : broken_files()) {
    file.make(project / "films/haze/" / file.name);
    names.push_back((project / "films/haze/" / file.name).string());
  }
  check_refused(project, project.run({"train", "e.yaml"}), names);
}

BOOST_AUTO_TEST_CASE(on_request_they_are_skipped_and_recorded) {
  const Project project(kFolderExperiment);
  write_films(project / "films", 8);
  const auto broken = broken_files();
  for (const BrokenFile& file : broken) file.make(project / "films/haze/" / file.name);
  const Json run = project.train({"dataset.on_error=skip"});
  const Json& n = run.at("n");
  BOOST_TEST(n.at("train").get<int>() + n.at("val").get<int>() + n.at("test").get<int>() == 16);
  const Json rows = project.sql("SELECT id, path, reason FROM skipped");
  BOOST_TEST(rows.size() == broken.size());
  for (const Json& row : rows) BOOST_TEST(!row[2].get<std::string>().empty(), row.dump());
}

BOOST_AUTO_TEST_CASE(an_unreadable_file_is_refused, *boost::unit_test::precondition([](auto) {
                       return boost::test_tools::assertion_result(::geteuid() != 0);  // root reads everything
                     })) {
  const Project project(kFolderExperiment);
  write_films(project / "films", 6);
  ::chmod((project / "films/haze/0.pgm").c_str(), 0);
  check_refused(project, project.run({"train", "e.yaml"}), {(project / "films/haze/0.pgm").string()});
}

BOOST_AUTO_TEST_CASE(a_png_named_jpg_is_what_it_is) {
  const Project project(kFolderExperiment);
  write_films(project / "films", 6);
  write_bytes(project / "films/haze/x.jpg", png(film(true, 77), 40));
  const Finished done = project.run({"train", "e.yaml"});
  BOOST_TEST((done.code == 0 || (done.code == 2 && done.says("x.jpg"))), done.err);
}

BOOST_AUTO_TEST_CASE(folders_that_hold_no_dataset_are_refused) {
  const Project project(kFolderExperiment);
  check_refused(project, project.run({"train", "e.yaml"}), {"films", "no such folder"});
  project.write("films", "a file");
  check_refused(project, project.run({"train", "e.yaml"}), {"films"});
  std::filesystem::remove(project / "films");
  std::filesystem::create_directory(project / "films");
  check_refused(project, project.run({"train", "e.yaml"}), {"films", "no image"});
  for (int i = 0; i < 8; ++i)
    write_bytes(project / "films/haze" / (std::to_string(i) + ".pgm"), pgm(film(true, i), 40));
  check_refused(project, project.run({"train", "e.yaml"}), {"1 class", "haze"});
}

BOOST_AUTO_TEST_CASE(classes_and_positive_are_checked_against_the_data) {
  const Project project(kFolderExperiment);
  write_films(project / "films", 8);
  check_refused(project, project.run({"train", "e.yaml", "positive=null"}), {"clear", "haze"});
  check_refused(project, project.run({"train", "e.yaml", "positive=hase"}), {"did you mean 'haze'"});
  check_refused(project, project.run({"train", "e.yaml", "classes=[clear, fog]"}), {"fog"});
}

BOOST_AUTO_TEST_CASE(too_few_of_a_class_are_refused_with_the_counts) {
  const Project project(kFolderExperiment);
  write_films(project / "films", 8);
  for (int i = 2; i < 8; ++i) std::filesystem::remove(project / "films/haze" / (std::to_string(i) + ".pgm"));
  check_refused(project, project.run({"train", "e.yaml"}), {"haze", "2"});
  check_refused(project, project.run({"train", "e.yaml", "split={type: kfold, folds: 5}"}), {"haze 2", "fold 4"});
}

BOOST_AUTO_TEST_CASE(settings_that_do_not_fit_the_data_are_refused) {
  const Project project(kFolderExperiment);
  write_films(project / "films", 8);
  check_refused(project, project.run({"train", "e.yaml", "train.batch=64", "train.drop_last=true"}),
                {"train.batch is 64", "drop_last"});
  check_refused(project,
                project.run({"train", "e.yaml", "split.val=0", "split.test=0.4", "train.select.metric=null",
                             "train.select.patience=null", "threshold=youden"}),
                {"threshold", "validation"});
  check_refused(project, project.run({"train", "e.yaml", "split.val=0", "split.test=0.4", "train.select.metric=loss"}),
                {"train.select", "validation"});
}

BOOST_AUTO_TEST_CASE(broken_manifests_are_refused_by_line) {
  const Project project(
      "use: [dataset/manifest, augment/none, backbone/small_cnn, head/global_average, train/default]\n"
      "positive: haze\n"
      "dataset: { file: m.csv, size: 32 }\n"
      "split: { type: holdout, train: 0.6, val: 0.2, test: 0.2 }\n");
  write_films(project / "films", 8);
  std::string good = "path,label,patient\n";
  for (int i = 0; i < 8; ++i) {
    for (const std::string label : {"clear", "haze"}) {
      good += "films/" + label + "/" + std::to_string(i) + ".pgm," + label + ",p" + std::to_string(i) + label + "\n";
    }
  }
  write_bytes((project / "outside.pgm").parent_path() / "films/x/outside.pgm", pgm(film(true, 3), 40));
  struct Row {
    std::string name;
    std::string text;
    std::vector<std::string> says;
  };
  for (const Row& row : std::vector<Row>{
           {"missing file", good + "films/haze/99.pgm,haze,p\n", {"films/haze/99.pgm"}},
           {"leads out", good + "../../outside.png,haze,p\n", {"m.csv:18", "leads out"}},
           {"leads out by dots", good + "films/../../x.png,haze,p\n", {"m.csv:18", "leads out"}},
           {"duplicate id", good + "films/haze/0.pgm,haze,p\n", {"m.csv:18", "duplicate id", "m.csv:3"}},
           {"no label column", "path,lable\nfilms/haze/0.pgm,haze\n", {"m.csv", "label"}},
           {"no path column", "picture,label\nfilms/haze/0.pgm,haze\n", {"m.csv", "path"}},
           {"empty label", good + "films/x/outside.pgm,,p\n", {"m.csv:18", "label"}},
           {"empty path", good + ",haze,p\n", {"m.csv:18", "path"}},
           {"ragged row", good + "films/haze/1.pgm\n", {"m.csv:18"}},
           {"open quote", good + "\"films/haze/1.pgm,haze,p\n", {"m.csv"}},
           {"header only", "path,label\n", {"m.csv"}},
           {"empty", "", {"m.csv"}},
           {"not text", std::string("\x89PNG\r\n\x1a\n\0\0", 10), {"m.csv"}},
           {"not UTF-8", good + "films/h\xE4ze/1.pgm,haze,p\n", {"m.csv:18"}},
           {"same column twice", "path,label,label\na.pgm,haze,clear\n", {"m.csv", "label"}},
       }) {
    BOOST_TEST_CONTEXT(row.name) {
      write_bytes(project / "m.csv", row.text);
      check_refused(project, project.run({"train", "e.yaml"}), row.says);
    }
  }
  std::filesystem::remove(project / "m.csv");
  check_refused(project, project.run({"train", "e.yaml"}), {"m.csv"});
  std::filesystem::create_directory(project / "m.csv");
  check_refused(project, project.run({"train", "e.yaml"}), {"m.csv"});
}

BOOST_AUTO_TEST_SUITE_END()
