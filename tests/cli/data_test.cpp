#include "image_files.hpp"
#include "project.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace youden::test;

namespace {

/// A small covid-chestxray-dataset, normals beside it and a project around them.
struct Fixture {
  Fixture() {
    std::string rows = "Patientid,finding,view,filename\n";
    for (int i = 0; i < 10; ++i) {
      const std::string name = "c" + std::to_string(i) + ".png";
      if (i != 3) write_bytes(project / "images" / name, png(film(true, i), 40));
      rows += std::to_string(i / 2) + ",COVID-19," + (i == 9 ? "L" : "PA") + "," + name + "\n";
      write_bytes(project / "normals" / ("0000000" + std::to_string(i) + "_000.png"), png(film(false, 100 + i), 40));
    }
    project.write("metadata.csv", rows + "7,COVID-19,PA,../out.png\n");
  }
  [[nodiscard]] Finished data(std::vector<std::string> args) const {
    args.insert(args.begin(), "data");
    return project.run(std::move(args));
  }
  [[nodiscard]] Finished covid19(const std::vector<std::string>& more) const {
    std::vector<std::string> args{"covid19",   "--metadata", "metadata.csv", "--images", "images",
                                  "--finding", "COVID-19",   "--view",       "PA"};
    args.insert(args.end(), more.begin(), more.end());
    return data(args);
  }
  [[nodiscard]] std::vector<std::string> lines(const std::string& file) const {
    std::vector<std::string> out;
    std::istringstream text(read_text(project / file));
    for (std::string line; std::getline(text, line);) out.push_back(line);
    return out;
  }
  /// Exit 2, a message with these words, and nothing on stdout.
  static void refused(const Finished& done, const std::vector<std::string>& words) {
    BOOST_TEST(done.code == 2, done.err);
    BOOST_TEST(done.out == "");
    for (const std::string& word : words) BOOST_TEST(done.says(word), "'" << word << "' is not in: " << done.err);
  }
  static bool is_png(const std::filesystem::path& path) { return read_text(path).starts_with("\x89PNG\r\n\x1a\n"); }
  Project project;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(data, Fixture)

BOOST_AUTO_TEST_CASE(covid19_keeps_its_contract) {
  const Finished done = covid19({"--normals", "normals", "--n", "4", "-o", "m.csv", "--format", "json"});
  BOOST_REQUIRE_MESSAGE(done.code == 0, done.err);
  const Json j = done.json();
  BOOST_TEST(j.at("rows") == 11);
  BOOST_TEST(j.at("selected") == 9);
  BOOST_TEST(j.at("found") == 8);
  BOOST_TEST(j.at("patients") == 5);
  BOOST_TEST((j.at("missing") == Json{"c3.png"}));
  BOOST_TEST((j.at("refused") == Json{"../out.png"}));
  BOOST_TEST(j.at("normals").at("selected") == 4);
  BOOST_TEST(j.at("labels").at("covid").at("patients") == 5);
  BOOST_TEST(j.at("manifest") == (project / "m.csv").string());
  BOOST_TEST(is_png(j.at("sheet").get<std::string>()));
  BOOST_TEST(done.says("1 of 9 selected films not in images:\n  c3.png\n"));
  BOOST_TEST(done.says("metadata.csv:12: ../out.png"));
  BOOST_TEST(lines("m.csv").size() == 1U + 8 + 4);
  BOOST_TEST(lines("m.csv")[1] == "images/c0.png,covid,0,covid-chestxray,c0.png,PA,X-ray");
}

BOOST_AUTO_TEST_CASE(a_seed_draws_the_same_normals_again) {
  for (const std::string out : {"a.csv", "b.csv"}) {
    BOOST_TEST(covid19({"--normals", "normals", "--n", "4", "-o", out, "--no-sheet"}).code == 0);
  }
  BOOST_TEST(covid19({"--normals", "normals", "--n", "4", "--seed", "7", "-o", "c.csv", "--no-sheet"}).code == 0);
  BOOST_TEST(read_text(project / "a.csv") == read_text(project / "b.csv"));
  BOOST_TEST(read_text(project / "a.csv") != read_text(project / "c.csv"));
  BOOST_TEST(!std::filesystem::exists(project / "a.png"));
}

BOOST_AUTO_TEST_CASE(the_manifest_and_the_copy_train) {
  BOOST_TEST(covid19({"--normals", "normals", "-o", "m.csv", "--copy", "films", "--no-sheet"}).code == 0);
  std::set<std::string> folders;
  for (const auto& entry : std::filesystem::directory_iterator(project / "films")) {
    folders.insert(entry.path().filename().string());
  }
  BOOST_TEST((folders == std::set<std::string>{"covid", "normal"}));
  const std::vector<std::vector<std::string>> datasets{{"dataset=dataset/image_folder", "dataset.root=films"},
                                                       {"dataset=dataset/manifest", "dataset.file=m.csv"}};
  for (const auto& dataset : datasets) {
    BOOST_TEST_CONTEXT(dataset[0]) {
      project.write("t.yaml",
                    "use: [dataset/phantom, augment/none, backbone/small_cnn, head/global_average, "
                    "split/holdout80]\npositive: covid\nbackbone: { depth: 3, width: 4 }\ntrain: { epochs: 1, batch: "
                    "4 }\n");
      std::vector<std::string> args{"train", "t.yaml", "--format", "json", "dataset.size=32"};
      args.insert(args.end(), dataset.begin(), dataset.end());
      const Finished done = project.run(args);
      BOOST_REQUIRE_MESSAGE(done.code == 0, done.err);
      const Json n = done.json().at("n");
      BOOST_TEST(n.at("train").get<int>() + n.at("test").get<int>() == 16);
    }
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_written_over_unless_it_is_its_own) {
  BOOST_TEST(covid19({"-o", "m.csv"}).code == 0);
  refused(covid19({"-o", "m.csv"}), {"m.csv: the file is there already", "--force"});
  BOOST_TEST(covid19({"-o", "m.csv", "--force"}).code == 0);
  project.write("notes.txt", "dear diary");
  refused(covid19({"-o", "notes.txt", "--force"}), {"notes.txt: the file is not one that this command writes"});
  refused(covid19({"-o", "x.csv", "--sheet", "images/c0.png"}), {"images/c0.png: the file is there already"});
  refused(covid19({"-o", "x.csv", "--sheet", "images/c0.png", "--force"}), {"would be written over by its own result"});
  refused(data({"csv", "m.csv", "-o", "m.csv", "--force"}), {"would be written over by its own result"});
  refused(covid19({"-o", "x.csv", "--copy", "images"}), {"images: the folder is there already and not empty"});
  BOOST_TEST(read_text(project / "notes.txt") == "dear diary");
  BOOST_TEST(!std::filesystem::exists(project / "x.csv"));
}

BOOST_AUTO_TEST_CASE(what_is_mistyped_is_answered) {
  refused(data({"covid"}), {"no 'data covid'", "did you mean 'covid19'?"});
  refused(data({}), {"covid19, csv, scan or split is missing"});
  refused(data({"covid19", "-o", "x.csv"}), {"--metadata is missing", "--images is missing"});
  refused(covid19({}), {"where to write is missing", "-o manifest.csv"});
  refused(covid19({"-o", "x.csv", "--n", "4"}), {"--n says how many normals are drawn, but --normals is missing"});
  refused(covid19({"-o", "x.csv", "--normals", "normals", "--n", "0"}), {"--n is '0'"});
  refused(covid19({"-o", "x.csv", "--normals", "normals", "--seed", "-1"}), {"--seed is '-1'"});
  refused(covid19({"-o", "x.csv", "--modality", "MR"}), {"no row of 11 fits", "modalities: X-ray"});
  refused(covid19({"-o", "x.csv", "--no-sheet", "--sheet", "y.png"}), {"contradict each other"});
  refused(covid19({"-o", "x.csv", "--sheet", "y.jpg"}), {"the contact sheet is a PNG"});
}

BOOST_AUTO_TEST_CASE(csv_takes_anyones_table) {
  project.write("t.csv",
                "File;Dx;MRN;Age\nimages/c0.png;ill;7;61\nimages/c3.png;ill;8;5\nnormals/00000001_000.png;well;9;40\n");
  refused(data({"csv", "t.csv", "-o", "m.csv"}), {"t.csv:1: no column is named like a label", "--label COL"});
  const Finished done = data({"csv", "t.csv", "--label", "Dx", "--group", "MRN", "-o", "m.csv", "--format", "json"});
  BOOST_REQUIRE_MESSAGE(done.code == 0, done.err);
  const Json j = done.json();
  BOOST_TEST(j.at("rows") == 3);
  BOOST_TEST(j.at("found") == 2);
  BOOST_TEST(j.at("patients") == 2);
  BOOST_TEST((j.at("missing") == Json{"images/c3.png"}));
  BOOST_TEST(j.at("columns").at("path") == "File");
  BOOST_TEST(is_png(project / "m.png"));
  BOOST_TEST((lines("m.csv") == std::vector<std::string>{"path,label,patient,source,Age", "images/c0.png,ill,7,,61",
                                                         "normals/00000001_000.png,well,9,,40"}));
}

BOOST_AUTO_TEST_CASE(scan_tells_patients_by_an_expression) {
  write_bytes(project / "films/ill/P7_a.png", png(film(true, 1), 40));
  write_bytes(project / "films/ill/P7_b.png", png(film(true, 2), 40));
  write_bytes(project / "films/well/Q1.png", png(film(false, 3), 40));
  const Finished done = data({"scan", "films", "--group-regex", "^(P[0-9]+)_", "-o", "films/", "--format", "json"});
  BOOST_REQUIRE_MESSAGE(done.code == 0, done.err);
  BOOST_TEST(done.json().at("patients") == 1);
  BOOST_TEST(done.says("no patient was told from 1 of 3 file names:\n  well/Q1.png\n"), done.err);
  BOOST_TEST(
      (lines("films/manifest.csv") == std::vector<std::string>{"path,label,patient,source", "ill/P7_a.png,ill,P7,",
                                                               "ill/P7_b.png,ill,P7,", "well/Q1.png,well,,"}));
  refused(data({"scan", "films", "--group-regex", "(", "-o", "x.csv"}),
          {"error: --group-regex is no regular expression", "'('"});
  refused(data({"scan", "films", "--group-regex", "^Z", "-o", "x.csv"}), {"matches no file name"});
  refused(data({"scan", "nowhere", "-o", "x.csv"}), {"nowhere: no such folder"});
}

BOOST_AUTO_TEST_CASE(films_that_cannot_be_read_are_named_once_and_listed) {
  const std::string whole = png(film(true, 1), 40);
  write_bytes(project / "films/ill/cut.png", whole.substr(0, whole.size() / 2));
  write_bytes(project / "films/ill/good.png", whole);
  const Finished done = data({"scan", "films", "-o", "m.csv", "--format", "json"});
  BOOST_REQUIRE_MESSAGE(done.code == 0, done.err);
  BOOST_TEST(done.json().at("broken").size() == 1U);
  BOOST_TEST(done.json().at("labels").at("ill").at("broken") == 1);
  BOOST_TEST(done.says("1 film cannot be read; a run refuses them"));
}

BOOST_AUTO_TEST_CASE(names_reach_the_terminal_on_one_line) {
  write_bytes(project / "films/ill/P1_\x1b[31m.png", "");
  write_bytes(project / "films/ill/Q\nx.png", png(film(true, 1), 40));
  const Finished done = data({"scan", "films", "--group-regex", "^(P[0-9]+)_", "-o", "m.csv"});
  BOOST_REQUIRE_MESSAGE(done.code == 0, done.err);
  BOOST_TEST(done.says("1 of 2 file names:\n  ill/Q\\nx.png\n"), done.err);
  BOOST_TEST(done.says("P1_\\x1b[31m.png: the image is empty"), done.err);
}

BOOST_AUTO_TEST_CASE(split_writes_what_train_uses) {
  const Json run = project.train();
  BOOST_REQUIRE(data({"split", "run:1", "-o", "s.csv", "--no-sheet"}).code == 0);
  Json written = Json::array();
  for (const std::string& line : lines("s.csv")) {
    std::vector<std::string> cells;
    std::istringstream text(line);
    for (std::string cell; std::getline(text, cell, ',');) cells.push_back(cell);
    if (cells[0] != "path") written.push_back({cells[6], cells[4]});
  }
  std::sort(written.begin(), written.end());
  BOOST_TEST(written == project.sql("SELECT sample, part FROM assignment WHERE run = 1 ORDER BY 1"));
}

BOOST_AUTO_TEST_CASE(split_into_a_folder_writes_a_list_a_fold_and_part) {
  const Finished done =
      data({"split", "e.yaml", "split=patient-kfold5", "split.val=0.2", "-o", "folds/", "--format", "json"});
  BOOST_REQUIRE_MESSAGE(done.code == 0, done.err);
  const Json j = done.json();
  BOOST_TEST(j.at("folds") == 5);
  BOOST_TEST(j.at("files").size() == 16U);  // all, and train, val and oof of each
  BOOST_TEST(is_png(j.at("sheet").get<std::string>()));
  std::size_t films = 0;
  for (const char* part : {"train", "val", "oof"})
    films += lines("folds/fold-3-" + std::string(part) + ".csv").size() - 1;
  BOOST_TEST(films == 40U);
  BOOST_TEST(lines("folds/split.csv").size() == 1U + 5 * 40);
  std::set<std::string> out_of_fold;
  for (int f = 0; f < 5; ++f) {
    for (std::string line : lines("folds/fold-" + std::to_string(f) + "-oof.csv")) {
      out_of_fold.insert(line.substr(line.rfind(',')));  // the id
    }
  }
  BOOST_TEST(out_of_fold.size() == 41U);  // every film once, and the header
}

BOOST_AUTO_TEST_CASE(the_shared_collection_has_55_of_56_films_of_36_patients,
                     *boost::unit_test::precondition(has_shared_data)) {
  const auto collection = shared_data() / "covid-chestxray";
  const std::vector<std::string> args{
      "covid19",  "--metadata", (collection / "metadata.csv").string(), "--images", (collection / "images").string(),
      "--format", "json"};
  auto filtered = args;
  filtered.insert(filtered.end(), {"--finding", "COVID-19", "--view", "PA", "--normals",
                                   (shared_data() / "nih/no_finding").string(), "--n", "25", "-o", "m.csv"});
  const Json j = data(filtered).json();
  BOOST_TEST(j.at("rows") == 119);
  BOOST_TEST(j.at("selected") == 56);
  BOOST_TEST(j.at("found") == 55);
  BOOST_TEST(j.at("patients") == 36);
  BOOST_TEST((j.at("missing") == Json{"covid-19-pneumonia-14-PA.png"}));
  BOOST_TEST(j.at("broken").empty());
  BOOST_TEST(j.at("normals").at("selected") == 25);
  auto whole = args;
  whole.insert(whole.end(), {"-o", "all.csv", "--no-sheet"});
  BOOST_TEST(data(whole).json().at("missing").size() == 6U);
}

BOOST_AUTO_TEST_SUITE_END()
