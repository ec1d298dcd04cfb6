#include "youden/config/catalog.hpp"

#include <boost/test/unit_test.hpp>

#include "small_catalog.hpp"
#include "youden/config/fields.hpp"
#include "youden/config/json_schema.hpp"

using namespace youden::config;

namespace {

struct Inner {
  double rate = 0.25;
  static const Fields<Inner>& fields() {
    static const auto f = Fields<Inner>().add(&Inner::rate, "rate", "a share", {.min = 0, .max = 1});
    return f;
  }
};
struct Outer {
  int count = 3;
  std::uint64_t big = 5;
  std::string text = "x";
  bool on = true;
  std::optional<std::string> maybe = {};
  WordOr<int> threads = "auto";
  std::vector<double> list = {1, 2};
  Component part = {"adam"};
  std::vector<Component> parts = {};
  Inner inner = {};
  std::vector<Inner> inners = {};
  Json free = Json::object();
  static const Fields<Outer>& fields() {
    static const auto f = Fields<Outer>()
                              .add(&Outer::count, "count", "how many", {.unit = "things", .min = 1})
                              .add(&Outer::big, "big", "64 bits")
                              .add(&Outer::text, "text", "words", {.choices = {"x", "y"}})
                              .add(&Outer::on, "on", "whether")
                              .add(&Outer::maybe, "maybe", "or not")
                              .add(&Outer::threads, "threads", "workers", {.min = 1, .words = {"auto"}})
                              .add(&Outer::list, "list", "numbers")
                              .add(&Outer::part, "part", "a component", {.kind = "optimizer"})
                              .add(&Outer::parts, "parts", "components", {.kind = "augmentation"})
                              .add(&Outer::inner, "inner", "a section")
                              .add(&Outer::inners, "inners", "sections")
                              .add(&Outer::free, "free", "anything");
    return f;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(catalog)

BOOST_AUTO_TEST_CASE(json_carries_everything) {
  const Catalog& small = youden::test::small_catalog();
  BOOST_TEST(Catalog::from_json(small.to_json()).to_json() == small.to_json());
  Catalog c;
  c.experiment = Outer::fields().describe();
  c.add_kind("head", {});
  c.add({"head", "flat", "help", Inner::fields().describe(), {{"maximised", true}}});
  BOOST_TEST(Catalog::from_json(Json::parse(c.to_json().dump())).to_json().dump() == c.to_json().dump());
}

BOOST_AUTO_TEST_CASE(fields_describe_their_members) {
  const auto fields = Outer::fields().describe();
  const auto at = [&](const char* name) -> const Field& { return *find_field(fields, name); };
  BOOST_TEST((at("count").type == FieldType::integer));
  BOOST_TEST(at("count").fallback == 3);
  BOOST_TEST(*at("count").min == 1);
  BOOST_TEST(*at("count").max == 2147483647.0);  // an int holds no more
  BOOST_TEST(*at("big").min == 0);
  BOOST_TEST(at("maybe").nullable);
  BOOST_TEST((at("threads").type == FieldType::integer && at("threads").fallback == "auto"));
  BOOST_TEST(at("part").fallback == "adam");
  BOOST_TEST((at("inner").type == FieldType::section && at("inner").fields[0].name == "rate"));
  BOOST_TEST((at("inners").type == FieldType::sections && at("inners").fields[0].name == "rate"));
  BOOST_TEST(at("inner").fallback == Json::parse(R"({"rate": 0.25})"));
}

BOOST_AUTO_TEST_CASE(options_are_parsed_and_printed_alike) {
  const Json j = Json::parse(R"({"count": 4, "big": 18446744073709551615, "text": "y", "on": false, "maybe": "m",
    "threads": 2, "list": [0.5], "part": {"type": "sgd", "momentum": 0.5}, "parts": ["flip", {"type": "rotate",
    "degrees": 3}], "inner": {"rate": 0.75}, "inners": [{"rate": 0.5}, {"rate": 1}], "free": {"a": [1]}})");
  const Outer o = Outer::fields().parse(j);
  BOOST_TEST(o.count == 4);
  BOOST_TEST(o.big == 18446744073709551615U);
  BOOST_TEST(*o.maybe == "m");
  BOOST_TEST(*value_of(o.threads) == 2);
  BOOST_TEST(o.part.options == Json::parse(R"({"momentum": 0.5})"));
  BOOST_TEST(o.parts[0].type == "flip");
  BOOST_TEST(o.inner.rate == 0.75);
  BOOST_TEST(o.inners.at(0).rate == 0.5);
  BOOST_TEST(Outer::fields().print(o) == j);
  BOOST_TEST(!Outer::fields().parse(Json::parse(R"({"maybe": null})")).maybe);
  BOOST_TEST(Outer::fields().parse(Json::object()).count == 3);
}

BOOST_AUTO_TEST_CASE(every_reference_of_the_json_schema_has_its_definition) {
  Catalog c = youden::test::small_catalog();
  c.experiment.push_back(
      {.name = "launcher", .type = FieldType::component, .help = "where", .kind = "launcher"});  // none exists yet
  const Json schema = JsonSchema(c).document();
  int references = 0;
  const auto walk = [&](auto&& self, const Json& j) -> void {
    if (j.is_object() && j.contains("$ref")) {
      ++references;
      const auto name = j["$ref"].get<std::string>();
      BOOST_TEST(schema.contains(Json::json_pointer(name.substr(1))), name);
    }
    if (!j.is_structured()) return;
    for (const auto& [key, child] : j.items()) self(self, child);
  };
  walk(walk, schema);
  BOOST_TEST(references > 4);
}

BOOST_AUTO_TEST_CASE(the_json_schema_knows_ranges_choices_and_words) {
  const Json p = JsonSchema(youden::test::small_catalog()).document()["properties"];
  const Json epochs = p["train"]["properties"]["epochs"];
  BOOST_TEST(epochs["minimum"] == 1.0);
  BOOST_TEST(epochs["maximum"] == 1000.0);
  BOOST_TEST(epochs["default"] == 10);
  BOOST_TEST(p["train"]["properties"]["lr"]["exclusiveMinimum"] == 0.0);
  BOOST_TEST(p["audit"]["enum"] == Json::parse(R"(["warn", "strict", "off"])"));
  BOOST_TEST(p["controls"]["anyOf"][1]["items"]["enum"] == Json::parse(R"(["border", "permuted"])"));
  BOOST_TEST(p["threshold"]["anyOf"].size() == 3U);
  BOOST_TEST(p["train"]["additionalProperties"] == false);
  BOOST_TEST(p["train"]["properties"]["phases"]["items"]["properties"]["epochs"]["minimum"] == 1.0);
}

BOOST_AUTO_TEST_SUITE_END()
