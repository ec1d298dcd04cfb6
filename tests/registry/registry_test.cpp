#include "youden/registry/registry.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace youden::registry {
namespace {

struct ShapeCommon {
  std::string colour = "red";
  static const config::Fields<ShapeCommon>& fields() {
    static const auto f = config::Fields<ShapeCommon>().add(&ShapeCommon::colour, "colour", "of its line");
    return f;
  }
};
struct Shape {
  static constexpr const char* kKind = "test_shape";
  using Common = ShapeCommon;
  struct Context {
    double scale = 1;
  };
  virtual ~Shape() = default;
  [[nodiscard]] virtual double area() const = 0;
};

struct BoxOptions {
  double width = 2;
  int height = 3;
  static const config::Fields<BoxOptions>& fields() {
    static const auto f = config::Fields<BoxOptions>()
                              .add(&BoxOptions::width, "width", "how wide", {.unit = "mm", .min = 0, .above_min = true})
                              .add(&BoxOptions::height, "height", "how high", {.min = 1, .max = 9});
    return f;
  }
};
class Box final : public Shape {
 public:
  using Options = BoxOptions;
  Box(Options options, const Context& context) : area_(options.width * options.height * context.scale) {}
  [[nodiscard]] double area() const override { return area_; }

 private:
  double area_;
};
class Dot final : public Shape {
 public:
  using Options = config::NoOptions;
  Dot(Options /*none*/, const Context& /*context*/) {}
  [[nodiscard]] double area() const override { return 0; }
};

const Register<Shape, Box> kBox{"box", "four corners", {{"corners", 4}}};
const Register<Shape, Dot> kDot{"dot", "no corner"};

}  // namespace

BOOST_AUTO_TEST_SUITE(registry)

BOOST_AUTO_TEST_CASE(a_component_is_made_with_its_options_and_context) {
  const auto box = make<Shape>({"box", {{"width", 0.5}, {"colour", "blue"}}}, {.scale = 10});
  BOOST_TEST(box->area() == 15);  // 0.5 × 3 (default) × 10
  BOOST_TEST(make<Shape>({"dot"})->area() == 0);
}

BOOST_AUTO_TEST_CASE(each_is_made_anew) {
  const auto a = make<Shape>({"box", {{"height", 1}}});
  const auto b = make<Shape>({"box"});
  BOOST_TEST(a->area() == 2);
  BOOST_TEST(b->area() == 6);
}

BOOST_AUTO_TEST_CASE(an_unknown_name_names_the_nearest_or_all) {
  const auto says = [](const std::string& text) {
    return [text](const base::ConfigError& e) { return std::string(e.what()) == text; };
  };
  BOOST_CHECK_EXCEPTION(make<Shape>({"boxx"}), base::ConfigError,
                        says("unknown test_shape 'boxx'\n    did you mean 'box'?"));
  BOOST_CHECK_EXCEPTION(make<Shape>({"triangle"}), base::ConfigError,
                        says("unknown test_shape 'triangle'\n    known: box, dot"));
}

BOOST_AUTO_TEST_CASE(common_options_are_read_beside_the_components_own) {
  BOOST_TEST(common<Shape>({"box", {{"width", 1}, {"colour", "blue"}}}).colour == "blue");
  BOOST_TEST(common<Shape>({"dot"}).colour == "red");
}

BOOST_AUTO_TEST_CASE(a_component_describes_itself) {
  const config::Description* d = catalog().find("test_shape", "box");
  BOOST_REQUIRE(d);
  BOOST_TEST(d->help == "four corners");
  BOOST_TEST(d->traits["corners"] == 4);
  const auto fields = catalog().fields("test_shape", "box");
  BOOST_REQUIRE(fields.size() == 3U);  // the kind's own first
  BOOST_TEST(fields[0].name == "colour");
  BOOST_TEST(fields[1].unit == "mm");
  BOOST_TEST(fields[2].fallback == 3);
}

BOOST_AUTO_TEST_CASE(the_description_survives_components_json) {
  const auto there = catalog().to_json();
  const auto back = config::Catalog::from_json(config::Json::parse(there.dump(2)));
  BOOST_TEST(back.to_json().dump() == there.dump());
  BOOST_TEST(back.find("test_shape", "box")->fields[0].above_min);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace youden::registry
