#include <cstdint>
#include <string>
#include <vector>

#include "image_files.hpp"
#include "project.hpp"
#include "youden/base/philox.hpp"

using namespace youden::test;

namespace {

/// A film that no other `number` is like: noise, lit below where it shows a haze.
std::vector<std::uint8_t> noise(bool haze, int number) {
  std::vector<std::uint8_t> out;
  youden::base::Stream s({.seed = 9, .purpose = "film", .item = std::to_string(number)});
  for (int i = 0; i < 40 * 40; ++i)
    out.push_back(static_cast<std::uint8_t>(s.below(140) + (haze && i > 800 ? 110 : 0)));
  return out;
}

/// 40 films of 20 patients, two each; the manifest's own parts, drawn by `part(film, patient)`.
template <class Part>
std::string manifest(const Project& project, const Part& part) {
  std::string rows = "path,label,patient,source,part\n";
  for (int i = 0; i < 40; ++i) {
    const int patient = i / 2;
    const bool haze = patient % 2 == 0;
    const std::string name = "f" + std::to_string(i) + ".pgm";
    write_bytes(project / "films" / name, pgm(noise(haze, i), 40));
    rows += "films/" + name + "," + (haze ? "haze" : "clear") + ",p" + std::to_string(patient) + "," +
            (patient % 4 < 2 ? "a" : "b") + "," + part(i, patient) + "\n";
  }
  return rows;
}

std::string by_patient(int /*film*/, int patient) { return patient < 12 ? "train" : patient < 16 ? "val" : "test"; }
std::string by_film(int film, int /*patient*/) { return film % 5 == 0 ? "test" : film % 5 == 1 ? "val" : "train"; }

constexpr const char* kManifest =
    "use: [dataset/manifest, augment/none, backbone/small_cnn, head/global_average, train/default]\n"
    "name: listed\n"
    "positive: haze\n"
    "threads: 1\n"
    "dataset: { file: m.csv, size: 32 }\n"
    "backbone: { depth: 3, width: 4 }\n"
    "split: { type: column }\n"
    "train: { epochs: 1, batch: 8 }\n";

Json finding(const Json& audited, const std::string& rule) {
  for (const Json& f : audited.at("findings")) {
    if (f.at("rule") == rule) return f;
  }
  BOOST_TEST_MESSAGE("no finding " << rule << " in " << audited.dump(1));
  return {{"severity", "absent"}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit)

BOOST_AUTO_TEST_CASE(a_sound_data_set_keeps_the_contract) {
  const Project project(kManifest);
  project.write("m.csv", manifest(project, by_patient));
  const Finished done = project.run({"audit", "e.yaml", "--format", "json"});
  BOOST_TEST(done.code == 0, done.err);
  const Json j = done.json();
  BOOST_TEST(j.at("verdict") == "warn");  // too small to claim
  for (const Json& f : j.at("findings")) {
    BOOST_TEST(f.at("rule").is_string());
    BOOST_TEST((f.at("value").is_number() || f.at("value").is_null()));
    BOOST_TEST(f.at("evidence").at("text").is_string());
    BOOST_TEST((f.at("severity") == "pass" || f.at("severity") == "warn"), f.dump());
  }
  BOOST_TEST(finding(j, "patient-overlap").at("severity") == "pass");
  BOOST_TEST(finding(j, "near-duplicates").at("severity") == "pass");
  BOOST_TEST(finding(j, "sample-size").at("severity") == "warn");
  BOOST_TEST(!std::filesystem::exists(project.db()));
}

BOOST_AUTO_TEST_CASE(leaking_patients_and_copies_end_with_3_and_are_named) {
  const Project project(kManifest);
  const std::string rows = manifest(project, by_film);
  write_bytes(project / "films" / "f5.pgm", pgm(noise(false, 7), 40));    // f7, of another label and part
  write_bytes(project / "films" / "copy.png", png(noise(false, 3), 40));  // f3's pixels in another file
  project.write("m.csv", rows + "films/copy.png,clear,q,a,test\n");
  const Finished done = project.run({"audit", "e.yaml", "--format", "json"});
  BOOST_TEST(done.code == 3, done.err);
  const Json j = done.json();
  BOOST_TEST(j.at("verdict") == "fail");
  const Json overlap = finding(j, "patient-overlap");
  BOOST_TEST(overlap.at("severity") == "fail");
  BOOST_TEST(overlap.at("value") == 12);
  const Json exact = finding(j, "exact-duplicates");
  BOOST_TEST(exact.at("severity") == "fail");
  BOOST_TEST(exact.at("value") == 2);
  BOOST_TEST(exact.at("evidence").at("different_labels") == 1);
  BOOST_TEST(finding(j, "near-duplicates").at("value") == 0);

  const Finished text = project.run({"audit", "e.yaml"});
  BOOST_TEST(text.code == 3);
  for (const std::string part : {"verdict fail", "12 of 21 patients", "patient p0: ", "exact-duplicates"}) {
    BOOST_TEST(text.out.find(part) != std::string::npos, part << " is not in " << text.out);
  }
  BOOST_TEST(project.run({"audit", "e.yaml", "--format", "csv"}).out.starts_with("rule,severity,value,text\n"));
}

BOOST_AUTO_TEST_CASE(training_keeps_what_was_found_and_says_it) {
  const Project project(kManifest);
  project.write("m.csv", manifest(project, by_film));
  const Finished done = project.run({"train", "e.yaml"});
  BOOST_TEST(done.code == 0, done.err);
  BOOST_TEST(done.says("audit fail: patient-overlap: 12 of 20 patients"));
  const Json rows = project.sql("SELECT severity, value, evidence FROM finding WHERE rule = 'patient-overlap'");
  BOOST_REQUIRE(rows.size() == 1U);
  BOOST_TEST(rows[0][0] == "fail");
  BOOST_TEST(rows[0][1] == 12);
  BOOST_TEST(Json::parse(rows[0][2].get<std::string>()).at("patients") == 20);
  BOOST_TEST(project.run({"show", "1"}).out.find("patient-overlap") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_strict_experiment_is_refused_before_anything_is_written) {
  const Project project(kManifest);
  project.write("m.csv", manifest(project, by_film));
  const Finished done = project.run({"train", "e.yaml", "audit=strict"});
  BOOST_TEST(done.code == 3, done.err);
  BOOST_TEST(done.says("audit: strict"));
  BOOST_TEST(done.says("patient-overlap"));
  BOOST_TEST(project.runs() == 0);
  project.write("m.csv", manifest(project, by_patient));
  BOOST_TEST(project.run({"train", "e.yaml", "audit=strict"}).code == 0);
  const Json kept = project.sql("SELECT evidence FROM finding WHERE rule = 'exact-duplicates'");
  BOOST_REQUIRE(kept.size() == 1U);
  BOOST_TEST(Json::parse(kept[0][0].get<std::string>()).at("compared") == "pixels");  // every check, not the fast ones
}

BOOST_AUTO_TEST_CASE(off_is_off_and_the_audit_is_no_part_of_a_runs_identity) {
  const Project project(kManifest);
  project.write("m.csv", manifest(project, by_film));
  const Finished done = project.run({"train", "e.yaml", "audit=off"});
  BOOST_TEST(done.code == 0, done.err);
  BOOST_TEST(!done.says("audit"));
  BOOST_TEST(project.sql("SELECT count(*) FROM finding")[0][0] == 0);
  BOOST_TEST(project.run({"train", "e.yaml", "--format", "json"}).json().at("reused") == true);
}

BOOST_AUTO_TEST_CASE(a_dry_run_shows_it) {
  const Project project(kManifest);
  project.write("m.csv", manifest(project, by_film));
  const Json j = project.run({"train", "e.yaml", "--dry-run", "--format", "json"}).json();
  BOOST_TEST(j.at("audit").at("verdict") == "fail");
  BOOST_TEST(project.run({"train", "e.yaml", "--dry-run"}).out.find("patient-overlap") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(controls_are_kept_with_the_run) {
  const Project project;
  const Json j = project.train({"controls=[border,permuted]", "dataset.films=48"});
  BOOST_TEST(j.at("reused") == false);
  const Json rows =
      project.sql("SELECT rule, severity, value, evidence FROM finding WHERE rule LIKE '%-control' ORDER BY 1");
  BOOST_REQUIRE(rows.size() == 2U);
  BOOST_TEST(rows[0][0] == "border-control");
  BOOST_TEST(rows[1][0] == "permuted-control");
  BOOST_TEST(Json::parse(rows[1][3].get<std::string>()).at("aucs").size() == 20U);
  BOOST_TEST(project.train({"dataset.films=48"}).at("reused") == false);  // a run without controls is another one
  BOOST_TEST(project.run({"rerun", "1", "--verify"}).code == 0);
}

BOOST_AUTO_TEST_CASE(a_kill_among_controls_changes_none_of_them) {
  const std::vector<std::string> more{"controls=[border,permuted]", "dataset.films=80", "train.epochs=4"};
  const Project calm;
  calm.train(more);
  const std::string findings = "SELECT rule, severity, value, evidence FROM finding ORDER BY rule";

  const Project killed;
  std::vector<std::string> args{"train", "e.yaml"};
  args.insert(args.end(), more.begin(), more.end());
  for (const char* when : {"epoch 4/4", "control permuted"}) {  // among the permutations; behind them
    Program program(killed.launch(args));
    BOOST_TEST(program.wait_for(when));
    program.send(SIGKILL);
    program.wait();
    args = {"resume", "1"};
  }
  const Finished done = killed.run(args);
  BOOST_TEST(done.code == 0, done.err);
  BOOST_TEST(!done.says("control permuted"));  // it was complete
  BOOST_TEST(killed.sql(findings) == calm.sql(findings));
  BOOST_TEST(killed.numbers(1) == calm.numbers(1));
}

BOOST_AUTO_TEST_CASE(an_unknown_control_is_a_fault) {
  const Finished done = Project().run({"train", "e.yaml", "controls=[centre]"});
  BOOST_TEST(done.code == 2);
  BOOST_TEST(done.says("border, permuted"));
}

BOOST_AUTO_TEST_CASE(covid_films_betray_themselves, *boost::unit_test::precondition(has_shared_data)) {
  const std::string root = std::filesystem::canonical(shared_data()).string();
  const Project project(
      "use: [augment/none, backbone/small_cnn, head/global_average, train/default]\n"
      "name: confounded\n"
      "positive: covid\n"
      "split: { type: holdout, train: 0.6, val: 0.2, test: 0.2, group: null }\n"
      "dataset:\n"
      "  type: concat\n"
      "  size: 64\n"
      "  on_error: skip\n"
      "  sources:\n"
      "    - { type: covid_chestxray, root: " +
      root +
      "/covid-chestxray, finding: [COVID-19], view: [PA],\n"
      "        labels: { covid: [COVID-19] } }\n"
      "    - { type: nih_chestxray, root: " +
      root + "/nih, labels: { normal: [no_finding], drop: [pneumonia] } }\n");
  const Finished by_image = project.run({"audit", "e.yaml", "--format", "json"});
  BOOST_TEST(by_image.code == 3, by_image.err);
  const Json j = by_image.json();
  const Json header = finding(j, "header-shortcut");
  BOOST_TEST(header.at("severity") == "fail");
  BOOST_TEST(header.at("value") == 1);
  BOOST_TEST(header.at("evidence").at("auc").at("low").get<double>() > 0.85);
  BOOST_TEST(finding(j, "source-confounding").at("severity") == "fail");
  BOOST_TEST(finding(j, "patient-overlap").at("severity") == "fail");  // a holdout by image leaks

  const Json safe = project.run({"audit", "e.yaml", "split.group=patient", "--format", "json"}).json();
  BOOST_TEST(finding(safe, "patient-overlap").at("severity") == "pass");
  BOOST_TEST(finding(safe, "header-shortcut").at("value") == 1);
}

BOOST_AUTO_TEST_SUITE_END()
