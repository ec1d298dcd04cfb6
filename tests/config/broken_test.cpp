#include <boost/test/unit_test.hpp>
#include <chrono>

#include "youden/base/philox.hpp"

#include "temp_project.hpp"

using namespace youden::test;
namespace fs = std::filesystem;

namespace {

struct Broken {
  const char* why;
  std::string text;
  std::vector<std::string> parts;  ///< of the message
};
std::ostream& operator<<(std::ostream& out, const Broken& b) { return out << b.why; }

std::string repeat(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

/// Ten lists, each of ten times the one before: ten thousand million values from a few lines.
std::string alias_bomb() {
  std::string text = "tags:\n  a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "  a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + repeat(", " + before, 9) + "]\n";
  }
  return text;
}

const std::vector<Broken> kBroken{
    {"typo at the top", "seed: 1\ntrian: {epochs: 3}\n", {"exp.yaml:2:1: unknown key 'trian'", "'train'?"}},
    {"typo inside", "train:\n  epoch: 3\n", {"exp.yaml:2:3: unknown key 'train.epoch'", "'epochs'?"}},
    {"typo of use", "ues: [a/b]\n", {"exp.yaml:1:1: unknown key 'ues'", "'use'?"}},
    {"typo of type", "head: {tpye: flat}\n", {"unknown key 'head.tpye' for head 'flat'", "'type'?"}},
    {"key of another place", "dropout: 0.5\nhead: dense\n", {"exp.yaml:1:1: unknown key 'dropout'", "'head.dropout'?"}},
    {"key of a section", "epochs: 5\n", {"exp.yaml:1:1: unknown key 'epochs'", "'train.epochs'?"}},
    {"option of another type",
     "head: {type: flat, hidden: 3}\n",
     {"exp.yaml:1:20: unknown key 'head.hidden' for head 'flat'"}},
    {"option of none",
     "augment: {steps: [{type: flip, axis: 1}]}\n",
     {"for augmentation 'flip'\n    augmentation 'flip' has no options"}},
    {"unknown component", "backbone: net61\n", {"exp.yaml:1:11: unknown backbone 'net61'", "'net16'?"}},
    {"unknown item", "augment:\n  steps:\n    - rotat\n", {"exp.yaml:3:7: unknown augmentation 'rotat'", "'rotate'?"}},
    {"type that is no name", "backbone: {type: [net16]}\n", {"exp.yaml:1:11: 'backbone' needs a type", "net16"}},
    {"list for a component", "backbone: [net16]\n", {"exp.yaml:1:11: 'backbone' is a list; it must be a backbone"}},
    {"text for a whole number",
     "train: {epochs: many}\n",
     {"exp.yaml:1:17: 'train.epochs' is 'many'; it must be a whole number"}},
    {"fraction for a whole number", "train: {epochs: 2.5}\n", {"'train.epochs' is '2.5'; it must be a whole number"}},
    {"text for a number", "train: {lr: fast}\n", {"exp.yaml:1:13: 'train.lr' is 'fast'; it must be a number"}},
    {"escape that yaml-cpp gets wrong", "positive: \"a\\N\"\n", {"exp.yaml:1:11: an escape that is not read"}},
    {"and in a key", "{\"\\_\": 1}\n", {"exp.yaml:1:2: an escape that is not read"}},
    {"infinity", "train: {lr: .inf}\n", {"'train.lr' is '.inf'; it must be a number"}},
    {"text for a truth", "train: {drop_last: maybe}\n", {"'train.drop_last' is 'maybe'; it must be true or false"}},
    {"map for text", "positive: {a: 1}\n", {"exp.yaml:1:11: 'positive' is a map; it must be text"}},
    {"text for a section", "train: 3\n", {"exp.yaml:1:8: 'train' is '3'; it must be a section of keys"}},
    {"word misspelt", "augment: {views: frehs}\n", {"it must be a whole number, or fresh", "did you mean 'fresh'?"}},
    {"below the range", "train: {epochs: 0}\n", {"exp.yaml:1:17: 'train.epochs' is 0; it must be 1 to 1000"}},
    {"on an open bound", "train: {lr: 0}\n", {"'train.lr' is 0; it must be above 0"}},
    {"above the range, with unit", "dataset: {size: 4096}\n", {"'dataset.size' is 4096; it must be 8 to 2048 pixels"}},
    {"beyond 64 bits", "seed: 99999999999999999999\n", {"exp.yaml:1:7: 'seed' is"}},
    {"item out of range", "prevalence: [0.1, 1.5]\n", {"exp.yaml:1:19: 'prevalence.1' is 1.5; it must be 0 to 1"}},
    {"item that is nothing", "classes: [a, ~]\n", {"exp.yaml:1:14: 'classes.1' is nothing; it must be text"}},
    {"not among the choices",
     "audit: wran\n",
     {"exp.yaml:1:8: 'audit' is 'wran'; it is one of: warn, strict, off", "did you mean 'warn'?"}},
    {"required and missing",
     "dataset: folders\n",
     {"exp.yaml:1:10: 'dataset.root' is missing: folder of class folders"}},
    {"pattern not met", "threshold: 'sensitivity > 0.9'\n", {"exp.yaml:1:12: 'threshold' is 'sensitivity > 0.9'"}},
    {"pattern and a long text",
     "threshold: 'sensitivity" + repeat(" ", 400'000) + "'\n",
     {"exp.yaml:1:12: 'threshold' is", "…"}},
    {"scalar for sections", "train: {phases: 3}\n", {"exp.yaml:1:17: 'train.phases' is '3'", "[{epochs: …}]"}},
    {"item that is no section", "train: {phases: [3]}\n", {"exp.yaml:1:18: 'train.phases.0' is '3'"}},
    {"unknown key of a list's section",
     "train: {phases: [{epochs: 2, freezing: all}]}\n",
     {"exp.yaml:1:30: unknown key 'train.phases.0.freezing'", "did you mean 'freeze'?"}},
    {"unknown preset", "use:\n  - train/nonesuch\n", {"exp.yaml:2:5: no preset 'train/nonesuch'"}},
    {"unknown group", "use: [trian/quick]\n", {"exp.yaml:1:7: no preset 'trian/quick'", "'train'?"}},
    {"preset without a group", "use: [quick]\n", {"exp.yaml:1:7: 'quick' in `use` is not a preset", "group/name"}},
    {"used file that is not there",
     "use: [./none.yaml]\n",
     {"exp.yaml:1:7: `use` names a file that does not exist: ./none.yaml"}},
    {"use as a map", "use: {train: quick}\n", {"exp.yaml:1:6: `use` lists presets by name"}},
    {"use of itself", "use: [./exp.yaml]\n", {"exp.yaml:1:7: `use` goes in a circle: exp.yaml → exp.yaml"}},
    {"duplicate key",
     "seed: 1\nname: a\nseed: 2\n",
     {"exp.yaml:3:1: duplicate key 'seed'", "first written at exp.yaml:1:1"}},
    {"duplicate key inside", "tags:\n  a: 1\n  a: 2\n", {"exp.yaml:3:3: duplicate key 'a'"}},
    {"duplicate key in a list",
     "augment: {steps: [{type: flip, type: rotate}]}\n",
     {"exp.yaml:1:32: duplicate key 'type'"}},
    {"key that is a list", "[a, b]: 1\n", {"exp.yaml:1:1: a key must be text"}},
    {"key that is nothing", "~: 1\n", {"exp.yaml:1:1: a key must be text"}},
    {"alias bomb", alias_bomb(), {"exp.yaml:", "more than 20000 values"}},
    {"alias of itself", "tags: &t {a: *t}\n", {"exp.yaml:1:7: nested deeper than 32 levels"}},
    {"unknown alias", "seed: *none\n", {"exp.yaml:1:7: not valid YAML"}},
    {"tab for indentation", "train:\n\tepochs: 3\n", {"exp.yaml:2:8: not valid YAML", "no tabs"}},
    {"open bracket", "prevalence: [0.1, 0.2\n", {"exp.yaml:2:1: not valid YAML: end of sequence flow not found"}},
    {"open quote", "name: 'a\nseed: 1\n", {"exp.yaml:", "not valid YAML"}},
    {"bad indentation", "train:\n    epochs: 1\n  lr: 2\n", {"exp.yaml:3:", "not valid YAML"}},
    {"Latin-1", "name: a\npositive: caf\xE9\n", {"exp.yaml:2:14: not UTF-8 text", "save the file as UTF-8"}},
    {"UTF-16", std::string("\xFF\xFEs\0e\0e\0d\0", 10), {"exp.yaml:1:1: not UTF-8 text"}},
    {"a control character", "seed: 1\nname: a\x04z\n", {"exp.yaml:2:8: a control character"}},
    {"zeros", std::string("seed: 1\n\0\0", 10), {"exp.yaml:2:1: a control character"}},
    {"deep flow nesting", "tags: " + repeat("[", 40) + repeat("]", 40) + "\n", {"nested deeper than 32 levels"}},
    {"very deep flow nesting", "tags: " + repeat("[", 100'000), {"exp.yaml:", "not valid YAML"}},
    {"very deep maps", "tags: " + repeat("{a: ", 100'000), {"exp.yaml:", "not valid YAML"}},
    {"very deep block nesting", repeat("- ", 100'000), {"exp.yaml:", "not valid YAML"}},
    {"several documents", "seed: 1\n---\nseed: 2\n", {"exp.yaml:2:1: the file holds several YAML documents", "use"}},
    {"a list as document", "- seed: 1\n", {"exp.yaml:1:1: the file is not a map of keys"}},
    {"text as document", "just words\n", {"exp.yaml:1:1: the file is not a map of keys"}},
    {"empty file", "", {"exp.yaml: the file holds no keys"}},
    {"comments only", "# nothing yet\n", {"exp.yaml: the file holds no keys"}},
    {"null as document", "---\n", {"exp.yaml", "the file holds no keys"}},
    {"too large", "name: " + repeat("x", (1 << 20) + 1), {"exp.yaml: the document has 1048583 bytes"}},
    {"a very long key", repeat("x", 100'000) + ": 1\n", {"exp.yaml:1:", "not valid YAML"}},
    {"a stray comma", ", a: 1\n", {"exp.yaml:1:1: not valid YAML: this cannot stand here"}},
    {"a stray bracket", "a: 1\n]\n", {"exp.yaml:2:1: not valid YAML"}},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(broken)

BOOST_AUTO_TEST_CASE(each_is_refused_with_its_place_and_in_good_time) {
  const TempProject p;
  p.preset("train/quick", "train: {epochs: 2}\n");
  for (const Broken& b : kBroken) {
    BOOST_TEST_CONTEXT(b) {
      const auto start = std::chrono::steady_clock::now();
      const std::string message = p.faults(b.text);
      BOOST_TEST((std::chrono::steady_clock::now() - start < std::chrono::seconds(5)));
      for (const std::string& part : b.parts) BOOST_TEST(holds(message, part));
      BOOST_TEST(message.size() < 1'000U);
      // One cause, one fault: what follows from it is not held against the writer too.
      BOOST_TEST(message.find("faults in the configuration") == std::string::npos, message);
    }
  }
}

BOOST_AUTO_TEST_CASE(all_faults_come_in_one_pass) {
  const TempProject p;
  p.preset("train/wrong", "train: {epochs: none}\n");
  const std::string message = p.faults("use: [train/wrong, train/nonesuch]\nsed: 1\naudit: maybe\nhead: {dropout: 2}\n",
                                       {"positive", "train.lr=0"});
  BOOST_TEST(message.starts_with("7 faults in the configuration:"), message);
  for (const char* part :
       {"configs/train/wrong.yaml:1:17: 'train.epochs' is 'none'", "exp.yaml:1:20: no preset 'train/nonesuch'",
        "exp.yaml:2:1: unknown key 'sed'", "exp.yaml:3:8: 'audit' is 'maybe'", "exp.yaml:4:17: 'head.dropout' is 2",
        "command line: 'positive' is not a setting", "command line: 'train.lr' is 0; it must be above 0"}) {
    BOOST_TEST(holds(message, part));
  }
}

BOOST_AUTO_TEST_CASE(a_missing_preset_is_one_fault_and_not_its_consequences) {
  const TempProject p;
  const std::string message = p.faults("use: [head/mising, dataset/mising]\nhead: {hidden: 3}\ndataset: {root: a}\n");
  BOOST_TEST(message.starts_with("2 faults"), message);
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_missed_in_the_file_even_when_the_command_line_speaks) {
  const TempProject p;
  BOOST_TEST(holds(p.faults("dataset: folders\n", {"seed=2", "dataset.size=64"}), "exp.yaml:1:10: 'dataset.root'"));
  BOOST_TEST(holds(p.faults("seed: 1\n", {"dataset=folders"}), "command line: 'dataset.root' is missing"));
}

BOOST_AUTO_TEST_CASE(a_circle_is_shown_whole) {
  const TempProject p;
  p.write("a.yaml", "use: [./b.yaml]\n");
  p.write("b.yaml", "use:\n  - ./a.yaml\n");
  BOOST_TEST(
      holds(p.faults("use: [./a.yaml]\n"), "b.yaml:2:5: `use` goes in a circle: exp.yaml → a.yaml → b.yaml → a.yaml"));
  p.preset("head/loop", "use: [head/loop]\n");
  p.preset("train/self", "use: [head/loop]\n");
  BOOST_TEST(holds(
      p.faults("seed: 1\n", {"train=self"}),
      "goes in a circle: command line → configs/train/self.yaml → configs/head/loop.yaml → configs/head/loop.yaml"));
}

BOOST_AUTO_TEST_CASE(files_that_use_each_other_twice_do_not_multiply) {
  const TempProject p;
  for (int i = 0; i < 40; ++i) {
    const std::string next = "./f" + std::to_string(i + 1) + ".yaml";
    p.write("f" + std::to_string(i) + ".yaml", "use: [" + next + ", " + next + "]\n");
  }
  p.write("f40.yaml", "seed: 1\n");
  const auto start = std::chrono::steady_clock::now();
  const std::string message = p.faults("use: [./f0.yaml]\n");
  BOOST_TEST(message.starts_with("f"), message);
  BOOST_TEST(holds(message, "leads to more than 200 files"));
  BOOST_TEST((std::chrono::steady_clock::now() - start < std::chrono::seconds(5)));
}

BOOST_AUTO_TEST_CASE(places_that_are_no_readable_file) {
  const TempProject p;
  fs::create_directory(p.root() / "folder.yaml");
  BOOST_TEST(p.faults_of(p.root() / "folder.yaml") == "folder.yaml: is a folder, not a YAML file");
  BOOST_TEST(holds(p.faults_of(p.root() / "none.yaml"), "none.yaml: no such file"));
  BOOST_TEST(holds(p.faults("use: ./folder.yaml\n"), "folder.yaml: is a folder"));
  fs::create_symlink("loop.yaml", p.root() / "loop.yaml");
  BOOST_TEST(holds(p.faults_of(p.root() / "loop.yaml"), "loop.yaml: "));
}

BOOST_AUTO_TEST_CASE(byte_order_marks_and_dos_line_ends_are_welcome) {
  const TempProject p;
  const std::string unix = "name: a\ntrain:\n  epochs: 3\ntags: {note: \"two\\nlines\"}\npositive: é\n";
  std::string dos = "\xEF\xBB\xBF";
  for (const char c : unix) dos += c == '\n' ? "\r\n" : std::string(1, c);
  BOOST_TEST(p.config(dos) == p.config(unix));
  BOOST_TEST(holds(p.faults("\xEF\xBB\xBFsed: 1\r\ntrian: 2\r\n"), "exp.yaml:2:1: unknown key 'trian'"));
  BOOST_TEST(p.config("name: a")["name"] == "a");  // no line end at all
}

BOOST_AUTO_TEST_CASE(random_damage_never_crashes) {
  const TempProject p;
  const std::string whole =
      "use: [train/quick]\nname: 'a b'\nseed: 3\nclasses: [no, \"1\"]\naugment:\n  steps:\n    - {type: rotate, "
      "degrees: 5}\n"
      "    - flip\nhead.dropout: 0.5\ntags: &t {a: !!str 1, b: |\n  text\n}\nsweep: {space: {x: [1, 2]}}\nprevalence+: "
      "[0.3]\n";
  p.preset("train/quick", "train: {epochs: 2}\n");
  youden::base::Stream stream({.seed = 1, .purpose = "damage"});
  const std::string odd = "{}[]:,&*!|>'\"#%@`-? \n\t\\~$+.\x01\xFF";
  for (int i = 0; i < 1'500; ++i) {
    std::string text = whole;
    for (std::size_t n = 1 + stream.below(4); n > 0; --n) {
      const std::size_t at = stream.below(text.size());
      const std::size_t length = std::min<std::size_t>(stream.below(6), text.size() - at);
      text.erase(at, length);
      if (stream.below(3) != 0)
        text.insert(text.begin() + static_cast<std::ptrdiff_t>(at), odd[stream.below(odd.size())]);
    }
    try {
      p.config(text);
    } catch (const youden::base::ConfigError&) {  // anything else fails the case
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
