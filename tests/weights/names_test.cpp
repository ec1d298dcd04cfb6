#include "youden/weights/names.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace youden::weights;

BOOST_AUTO_TEST_SUITE(names)

BOOST_AUTO_TEST_CASE(old_and_foreign_names_of_densenet_are_todays) {
  BOOST_TEST(current_name("features.denseblock1.denselayer12.norm.1.weight") ==
             "features.denseblock1.denselayer12.norm1.weight");
  BOOST_TEST(current_name("denselayer1.conv.2.weight") == "denselayer1.conv2.weight");
  BOOST_TEST(current_name("features.denseblock1.denselayer1.layers.norm1.weight") ==
             "features.denseblock1.denselayer1.norm1.weight");
  for (const char* same :
       {"denselayer1.norm1.weight", "layer1.conv.1.weight", "denselayer1.norm.3.weight", "denselayer1"}) {
    BOOST_TEST(current_name(same) == same);
  }
}

BOOST_AUTO_TEST_CASE(the_prefix_under_which_all_names_fit_is_found) {
  const std::vector<std::string> wanted{"conv.weight", "conv.bias", "fc.weight"};
  const auto under = [&](const std::string& prefix) {
    std::vector<std::string> out{"epoch", "other.conv.weight"};
    for (const std::string& w : wanted) out.push_back(prefix + w);
    return out;
  };
  for (const char* prefix : {"", "model.", "module.", "backbone.", "net.", "_orig_mod.", "module.densenet121."}) {
    BOOST_TEST(fitting_prefix(under(prefix), wanted) == prefix);
  }
  BOOST_TEST(fitting_prefix(under("mymodel"), wanted) ==
             "other.");  // a prefix ends with a dot; one name is better than none
  BOOST_TEST(fitting_prefix({"a.b"}, wanted).empty());
}

BOOST_AUTO_TEST_CASE(a_moving_average_is_preferred_to_its_equal) {
  const std::vector<std::string> wanted{"conv.weight", "fc.weight"};
  const std::vector<std::string> both{"model.conv.weight", "model.fc.weight", "ema_model.conv.weight",
                                      "ema_model.fc.weight"};
  BOOST_TEST(fitting_prefix(both, wanted) == "ema_model.");
  BOOST_TEST(says_ema("state_dict_ema"));
  BOOST_TEST(!says_ema("semantic.conv.weight"));
  const std::vector<std::string> half{"model.conv.weight", "model.fc.weight", "ema_model.conv.weight"};
  BOOST_TEST(fitting_prefix(half, wanted) == "model.");
}

BOOST_AUTO_TEST_SUITE_END()
