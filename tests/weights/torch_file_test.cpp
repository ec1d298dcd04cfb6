#include "youden/weights/torch_file.hpp"

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "shared.hpp"
#include "youden/base/philox.hpp"
#include "youden/weights/read.hpp"

using namespace youden;
using namespace youden::weights;

namespace {

const std::filesystem::path kGolden = std::filesystem::path(kSourceDir) / "tests" / "golden" / "weights";

std::string content(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
std::map<std::string, NamedTensor> by_name(const std::vector<NamedTensor>& tensors) {
  std::map<std::string, NamedTensor> out;
  for (const NamedTensor& t : tensors) out[t.name] = t;
  return out;
}
/// Every tensor of a file in memory.
std::vector<NamedTensor> read_all(const std::string& bytes) {
  TorchFile file(std::as_bytes(std::span(bytes)), "x.pth");
  std::vector<NamedTensor> out;
  for (std::size_t i = 0; i < file.names().size(); ++i) out.push_back(file.read(i));
  return out;
}
std::string refusal(const std::string& bytes) {
  try {
    read_all(bytes);
  } catch (const base::WeightsError& e) {
    return e.what();
  }
  return {};
}
bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(torch_file)

BOOST_AUTO_TEST_CASE(both_layouts_hold_the_tensors_that_pytorch_saved) {
  const auto expected = by_name(read_weights(kGolden / "torch_expected.safetensors"));
  BOOST_TEST(expected.size() == 13U);
  for (const char* layout : {"torch_zip.pth", "torch_legacy.pth", "torch_deflated.pth"}) {
    const auto ours = by_name(read_weights(kGolden / layout));
    BOOST_TEST(ours.size() == expected.size(), layout);
    for (const auto& [name, tensor] : expected) {
      BOOST_REQUIRE_MESSAGE(ours.contains(name), layout << " lacks " << name);
      BOOST_TEST((ours.at(name).bytes == tensor.bytes), layout << ": " << name);
      if (name != "bfloat") BOOST_TEST((ours.at(name).shape == tensor.shape), layout << ": " << name);
    }
    BOOST_TEST((ours.at("half").dtype == DType::f16));
    BOOST_TEST((ours.at("bfloat").dtype == DType::bf16));
    BOOST_TEST((ours.at("shared_high").dtype == DType::f64));
    BOOST_TEST((ours.at("mask").dtype == DType::u8));
  }
}

BOOST_AUTO_TEST_CASE(ignored_tensors_are_not_read) {
  const auto ours = by_name(read_weights(kGolden / "torch_zip.pth", {"shared_", "nested."}));
  BOOST_TEST(ours.size() == 10U);
  BOOST_TEST(!ours.contains("shared_low"));
}

BOOST_AUTO_TEST_CASE(the_densenet_files_of_2017_get_todays_names) {
  BOOST_TEST(current_name("features.denseblock1.denselayer12.norm.1.weight") ==
             "features.denseblock1.denselayer12.norm1.weight");
  BOOST_TEST(current_name("features.denseblock1.denselayer2.conv.2.weight") ==
             "features.denseblock1.denselayer2.conv2.weight");
  BOOST_TEST(current_name("denselayer1.norm.12.weight") == "denselayer1.norm.12.weight");
  BOOST_TEST(current_name("denselayer1.norm.1") == "denselayer1.norm.1");
  BOOST_TEST(current_name("features.norm5.weight") == "features.norm5.weight");
}

BOOST_AUTO_TEST_CASE(a_python_object_is_named_and_never_made) {
  // cos\nsystem\n(S'…' is protocol 0; here protocol 2: os.system("…") as torch.save would frame it.
  std::string legacy = content(kGolden / "torch_legacy.pth");
  const auto object = legacy.find("\x80\x02}", 60);
  BOOST_REQUIRE(object != std::string::npos);
  const std::string call =
      std::string("\x80\x02") + "cos\nsystem\n" + "X" + std::string("\x05\0\0\0", 4) + "false" + "\x85R.";
  const std::string hostile = legacy.substr(0, object) + call + std::string("\x80\x02].", 4);
  BOOST_TEST_MESSAGE(refusal(hostile));
  BOOST_TEST(holds(refusal(hostile), "a Python object (os.system)"));
}

BOOST_AUTO_TEST_CASE(other_archives_and_pickles_are_refused_by_what_they_are) {
  BOOST_TEST(holds(refusal("PK\3\4 and nothing else"), "too short"));
  BOOST_TEST(holds(refusal(std::string("\x80\x02\x8a\x0a", 4)), "ends in the middle"));
  BOOST_TEST(holds(refusal("\x80\x02K\x01."), "not of torch.save"));
}

BOOST_AUTO_TEST_CASE(damaged_files_are_refused_in_words) {
  for (const char* layout : {"torch_zip.pth", "torch_legacy.pth", "torch_deflated.pth"}) {
    const std::string sound = content(kGolden / layout);
    int refused = 0;
    for (std::uint64_t i = 0; i < 1000; ++i) {
      base::Stream stream({.seed = i, .purpose = layout});
      std::string broken = sound;
      const auto size = static_cast<std::uint32_t>(sound.size());
      switch (i % 4) {
        case 0:
          for (int k = 0; k < 3; ++k) broken[stream.below(size)] = static_cast<char>(stream.below(256));
          break;
        case 1: broken.resize(stream.below(size)); break;
        case 2: {  // a length, count or offset blown up
          const std::uint32_t at = stream.below(size - 8);
          const std::uint64_t huge = ~std::uint64_t{0} >> stream.below(40);
          std::memcpy(broken.data() + at, &huge, 4 + 4 * stream.below(2));
          break;
        }
        default:  // one piece over another
          broken.replace(stream.below(size), stream.below(200), sound, stream.below(size), stream.below(200));
      }
      try {
        std::size_t bytes = 0;
        for (const NamedTensor& t : read_all(broken)) {
          BOOST_REQUIRE(t.bytes.size() <= broken.size());
          bytes += t.bytes.size();
        }
        BOOST_REQUIRE(bytes < 100 * broken.size());
      } catch (const base::WeightsError&) {
        ++refused;
      }
    }
    BOOST_TEST_MESSAGE(layout << ": " << refused << " of 1000 mutations refused");
    BOOST_TEST(refused > 500);
  }
}

BOOST_AUTO_TEST_SUITE_END()
