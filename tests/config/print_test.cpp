#include "youden/config/print.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "temp_project.hpp"
#include "youden/base/philox.hpp"

using namespace youden::test;
using youden::config::Json;
using youden::config::to_yaml;

namespace {

/// Printed and read again, it is the same document.
void comes_back(const TempProject& p, const std::string& text, const std::vector<std::string>& words = {}) {
  const auto first = p.resolve(text, words);
  const std::string printed = to_yaml(first);
  BOOST_TEST_CONTEXT(printed) {
    BOOST_TEST(p.config(printed) == first.config);
    BOOST_TEST(p.faults(printed).empty());
  }
}

std::string line_of(const std::string& printed, const std::string& start) {
  const auto at = printed.find(start);
  return at == std::string::npos ? "" : printed.substr(at, printed.find('\n', at) - at);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(print, TempProject)

BOOST_AUTO_TEST_CASE(every_value_names_its_origin) {
  preset("train/quick", "train:\n  epochs: 2\n");
  const WithFolder here(root());
  const std::string printed = to_yaml(resolve(
      "use: [train/quick]\naugment:\n  steps:\n    - type: rotate\n      degrees: 5\n    - flip\ntags:\n  ward: a\n",
      {"train.lr=0.5", "tags.who=me"}));
  const auto origin = [&](const char* start) {
    const std::string line = line_of(printed, start);
    return line.substr(std::min(line.size(), line.find("# ")));
  };
  BOOST_TEST(origin("  epochs: 2") == "# configs/train/quick.yaml:2");
  BOOST_TEST(origin("  lr: 0.5") == "# command line");
  BOOST_TEST(origin("seed: 0") == "# default");
  BOOST_TEST(origin("name: exp") == "# default");
  BOOST_TEST(origin("    - type: rotate") == "# exp.yaml:4");
  BOOST_TEST(origin("      degrees: 5.0") == "# exp.yaml:5");
  BOOST_TEST(origin("      border: nearest") == "# default");
  BOOST_TEST(origin("    - flip") == "# exp.yaml:6");
  BOOST_TEST(origin("  - f1") == "# default");
  BOOST_TEST(origin("  ward: a") == "# exp.yaml:8");
  BOOST_TEST(origin("  who: me") == "# command line");
}

BOOST_AUTO_TEST_CASE(labels_that_look_like_something_else_come_back) {
  for (const char* label : {"no",
                            "1",
                            "~",
                            "null",
                            "",
                            " ",
                            "a b",
                            "yes",
                            "1e5",
                            "1e-07",
                            "0x1",
                            "-",
                            "- a",
                            "#a",
                            "a: b",
                            "a #b",
                            "@a",
                            "`",
                            "%",
                            "&a",
                            "*a",
                            "!a",
                            "[a]",
                            "{a}",
                            "'",
                            "\\\"",
                            "\\\\n",
                            "ö-漢-🫁",
                            "\\u0085",
                            "\\u007f",
                            "\\u2028x\\uFEFF",
                            "two\\nlines\\n",
                            "  padded  ",
                            "tab\\there",
                            "auto",
                            "=",
                            "<<",
                            "2026-01-01",
                            "NaN",
                            ".inf",
                            "y",
                            "\\u0001"}) {
    const std::string quoted = std::string("\"") + label + "\"";
    comes_back(*this,
               "positive: " + quoted + "\nclasses: [" + quoted + ", b]\ntags: {" + quoted + ": " + quoted + "}\n");
  }
}

BOOST_AUTO_TEST_CASE(several_documents_come_back) {
  preset("backbone/net16", "backbone: {type: net16, weights: vgg.pth, pool: mean}\n");
  comes_back(*this, "seed: 1\n");
  comes_back(*this, "use: backbone/net16\naugment: {views: 4, steps: [flip, {type: rotate, degrees: 1.0e-9}, flip]}\n");
  comes_back(*this, "train: {optimizer: {type: adam, eps: 1e-30}, lr: 123456789.123}\nseed: 9223372036854775807\n");
  comes_back(*this, "normalize: {mean: [1, 2, 3]}\nthreshold: sensitivity >= 0.9\nprevalence: []\n");
  comes_back(*this, "normalize: imagenet\nthreshold: youden\nclasses: b\ntags: {}\n",
             {"backbone=net16", "metrics=null"});
  comes_back(*this, "positive: |\n  several\n\n  lines: here\ntags:\n  text: >\n    folded\n    text\n");
  comes_back(*this,
             "tags: {a: [{}, 1, [2, [3, {b: ~}]], {c: {d: [{e: no}]}}], f: {}, g: [], h: [[]], 'i.j': 1, 'k+': 2}\n");
  comes_back(*this, "sweep: {space: {head.dropout: {choice: [0.3, 0.5]}, train.lr: {log: [1.0e-5, 0.1]}}}\n");
  comes_back(*this, "dataset: {type: folders, root: './a b/#c: d'}\n");
}

BOOST_AUTO_TEST_CASE(random_documents_come_back) {
  youden::base::Stream stream({.seed = 2, .purpose = "print"});
  const std::vector<std::string> pieces{
      "a", " ", "no", "1", ":",  "#",  "\n", "'",  "\"", "é", "\xC2\x85", "\xE2\x80\xA8",
      "-", "{", "]",  "~", "\t", "\\", "%",  "0.", "e5"};
  const auto text = [&] {
    std::string out;
    for (std::size_t n = stream.below(5); n > 0; --n) out += pieces[stream.below(pieces.size())];
    return out;
  };
  const auto value = [&](auto&& self, int depth) -> Json {
    switch (stream.below(depth > 3 ? 5 : 8)) {
      case 0: return text();
      case 1: return static_cast<std::int64_t>(stream.next_u64() >> 1U);
      case 2: return (stream.uniform() - 0.5) * std::pow(10.0, static_cast<double>(stream.below(40)) - 20);
      case 3: return stream.below(2) == 0;
      case 4: return nullptr;
      case 5: {
        Json list = Json::array();
        for (std::size_t n = stream.below(4); n > 0; --n) list.push_back(self(self, depth + 1));
        return list;
      }
      default: {
        Json map = Json::object();
        for (std::size_t n = stream.below(4); n > 0; --n) map[text()] = self(self, depth + 1);
        return map;
      }
    }
  };
  for (int i = 0; i < 300; ++i) {
    Json tags = value(value, 0);
    if (!tags.is_object()) tags = Json{{"x", tags}};
    const Json document{
        {"positive", text()}, {"classes", {text(), text()}}, {"tags", tags}, {"seed", stream.below(99)}};
    comes_back(*this, document.dump() + "\n");
  }
}

BOOST_AUTO_TEST_CASE(numbers_have_a_point_for_readers_of_yaml_1_1) {
  const std::string printed = to_yaml(resolve("seed: 1\n"));
  BOOST_TEST(holds(printed, "eps: 1.0e-07"));
}

BOOST_AUTO_TEST_CASE(flatten_names_every_leaf) {
  const Json flat = youden::config::flatten(Json::parse(
      R"({"seed": 1, "head": {"dropout": 0.5}, "steps": [{"type": "rotate"}, "flip"], "p": [1, 2], "tags": {}})"));
  BOOST_TEST(flat == Json::parse(
                         R"({"seed": 1, "head.dropout": 0.5, "steps.0.type": "rotate", "steps.1": "flip", "p": [1, 2],
                             "tags": {}})"));
}

BOOST_AUTO_TEST_SUITE_END()
