#include "youden/weights/safetensors.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "shared.hpp"
#include "youden/base/philox.hpp"
#include "youden/weights/content_hash.hpp"
#include "youden/weights/read.hpp"

using namespace youden;
using namespace youden::weights;

namespace {

template <class T>
NamedTensor tensor(std::string name, DType dtype, std::vector<std::int64_t> shape, std::vector<T> values) {
  NamedTensor t{std::move(name), dtype, std::move(shape), {}};
  t.bytes.resize(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(t.bytes.data(), values.data(), t.bytes.size());
  return t;
}

/// What tools/golden/backbone_networks.py writes with its own writer.
std::vector<NamedTensor> small() {
  return {tensor<float>("b.weight", DType::f32, {2, 3}, {1, -2.5F, 3e-5F, 4, 5, 6}),
          tensor<std::uint8_t>("a.mask", DType::u8, {3}, {1, 0, 255}),
          tensor<std::uint16_t>("c.half", DType::f16, {2}, {0x3800, 0xFBFF}),
          tensor<std::int64_t>("a.count", DType::i64, {}, {-7}),
          tensor<double>("é.double", DType::f64, {1}, {3.141592653589793}),
          tensor<float>("empty", DType::f32, {0, 4}, {})};
}
const std::map<std::string, std::string> kMetadata{{"note", "a \"quoted\" word"}, {"arch", "none"}};

std::filesystem::path golden() {
  return std::filesystem::path(kSourceDir) / "tests" / "golden" / "weights" / "small.safetensors";
}
std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void spill(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}
/// Eight bytes of length, the header, the data.
std::string file_of(const std::string& header, const std::string& data = {}) {
  const std::uint64_t n = header.size();
  return std::string(reinterpret_cast<const char*>(&n), sizeof n) + header + data;
}
/// The message with which a file of these bytes is refused; "" when it is read.
std::string refusal(const std::string& bytes) {
  const test::TempFolder folder;
  spill(folder / "x.safetensors", bytes);
  try {
    read_weights(folder / "x.safetensors");
  } catch (const base::WeightsError& error) {
    const std::string text = error.what();
    BOOST_TEST(text.find("x.safetensors") != std::string::npos, text);
    return text;
  }
  return {};
}
bool refuses(const std::string& bytes, const std::string& because) {
  const std::string text = refusal(bytes);
  if (text.find(because) == std::string::npos) BOOST_TEST_MESSAGE("got: " << text);
  return text.find(because) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(safetensors)

BOOST_AUTO_TEST_CASE(writes_the_bytes_of_an_independent_writer) {
  const test::TempFolder folder;
  std::vector<NamedTensor> tensors = small();
  write_safetensors(folder / "a.safetensors", tensors, kMetadata);
  std::reverse(tensors.begin(), tensors.end());
  write_safetensors(folder / "b.safetensors", tensors, kMetadata);
  BOOST_TEST((slurp(folder / "a.safetensors") == slurp(golden())));
  BOOST_TEST((slurp(folder / "b.safetensors") == slurp(golden())));
}

BOOST_AUTO_TEST_CASE(reads_what_was_written) {
  const SafetensorsReader reader(golden());
  BOOST_TEST((reader.metadata() == kMetadata));
  std::vector<NamedTensor> expected = small();
  std::sort(expected.begin(), expected.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  BOOST_REQUIRE_EQUAL(reader.entries().size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const NamedTensor t = reader.read(reader.entries()[i]);
    BOOST_TEST(t.name == expected[i].name);
    BOOST_TEST((t.dtype == expected[i].dtype && t.shape == expected[i].shape && t.bytes == expected[i].bytes));
  }
}

BOOST_AUTO_TEST_CASE(ignored_prefixes_are_not_read) {
  const auto tensors = read_weights(golden(), {"a.", "empty"});
  BOOST_REQUIRE_EQUAL(tensors.size(), 3U);
  BOOST_TEST(tensors[0].name == "b.weight");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_not_such_a_file) {
  BOOST_TEST(refuses("", "only 0 bytes"));
  BOOST_TEST(refuses("PK\3\4 a zip file, as .pth files are", "the zip archive has no directory"));
  BOOST_TEST(refuses("GIF89a, a picture", "not a .safetensors file, or cut short"));
  BOOST_TEST(refuses("\x80\x02}q", "not a .safetensors file"));  // too short to tell
  BOOST_TEST(refuses("\x80\x02}q\x01X\x08weights", "a bare pickle"));
  BOOST_TEST(refuses(std::string("\x80\x04\x95\x0c\0\0\0\0\0\0\0}\x8c", 13), "a bare pickle"));
  std::string header = R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";
  header.resize(640, ' ');  // whose length begins like a pickle
  BOOST_TEST(refusal(file_of(header, "x")) == "");
  BOOST_TEST(refuses(std::string(8, '\xFF'), "a header of 18446744073709551615 bytes in a file of 8"));
  BOOST_TEST(refuses(slurp(golden()).substr(0, 100), "cut short"));
  BOOST_TEST(refuses(slurp(golden()).substr(0, 460), "lies at bytes"));
  BOOST_TEST(refuses(slurp(golden()) + "x", "1 bytes at the end belong to no tensor"));
  BOOST_CHECK_THROW(SafetensorsReader("/"), base::WeightsError);
  BOOST_CHECK_THROW(SafetensorsReader("/nowhere/at/all"), base::WeightsError);
  const test::TempFolder folder;
  ::mkfifo((folder / "pipe").c_str(), 0600);
  BOOST_CHECK_THROW(SafetensorsReader(folder / "pipe"), base::WeightsError);
  BOOST_CHECK_THROW(read_weights(folder / "pipe"), base::WeightsError);
}

BOOST_AUTO_TEST_CASE(refuses_hostile_headers) {
  const std::string data(8, '\0');
  const auto header = [&](const std::string& entry) { return file_of("{\"a\":" + entry + "}", data); };
  BOOST_TEST(refusal(header(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})")) == "");
  BOOST_TEST(refuses(header(R"({"dtype":"F32","shape":[3],"data_offsets":[0,8]})"), "needs 12 bytes"));
  BOOST_TEST(refuses(header(R"({"dtype":"F32","shape":[2],"data_offsets":[8,0]})"), "lies at bytes [8, 0)"));
  BOOST_TEST(refuses(header(R"({"dtype":"F32","shape":[2],"data_offsets":[0,16]})"), "lies at bytes"));
  BOOST_TEST(refuses(header(R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})"), "leaves a hole"));
  BOOST_TEST(refuses(header(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]})"), "impossible"));
  BOOST_TEST(refuses(header(R"({"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,8]})"), "too large"));
  BOOST_TEST(refuses(header(R"({"dtype":"F32","shape":[-2],"data_offsets":[0,8]})"), "negative"));
  BOOST_TEST(refuses(header(R"({"dtype":"F32","shape":[2.0],"data_offsets":[0,8]})"), "not a whole one"));
  BOOST_TEST(refuses(header(R"({"dtype":"F32","shape":[[2]],"data_offsets":[0,8]})"), "list stands"));
  BOOST_TEST(refuses(header(R"({"dtype":"F32","shape":[2],"data_offsets":[0,4,8]})"), "not two numbers"));
  BOOST_TEST(refuses(header(R"({"dtype":"F32","shape":[2],"data_offsets":[8]})"), "not two numbers"));
  BOOST_TEST(refuses(header(R"({"dtype":"BOOL","shape":[8],"data_offsets":[0,8]})"), "element type 'BOOL'"));
  BOOST_TEST(refuses(header(R"({"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]})"), "twice"));
  BOOST_TEST(refuses(header(R"({"dtype":"F32","shape":[2]})"), "lacks"));
  BOOST_TEST(refuses(header(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1})"), "unknown key"));
  BOOST_TEST(refuses(header("null"), "null"));
  BOOST_TEST(refuses(header("true"), "true"));
  BOOST_TEST(refuses(header("[]"), "list stands"));
  BOOST_TEST(refuses(header("{\"dtype\":{}}"), "an object stands"));
  BOOST_TEST(refuses(file_of("[1]"), "list stands"));
  BOOST_TEST(refuses(file_of("7"), "number stands"));
  BOOST_TEST(refuses(file_of("{} {}"), "not valid JSON"));
  BOOST_TEST(refuses(file_of("{\"\xFF\xFE\":1}"), "UTF-8"));
  BOOST_TEST(refuses(file_of(std::string(1'000'000, '[')), "list stands"));
  BOOST_TEST(refuses(file_of(std::string("{\"__metadata__\":{\"k\":{\"k\":1}}}")), "object stands"));
  BOOST_TEST(refuses(file_of("{\"__metadata__\":{\"k\":1}}"), "number stands"));
  BOOST_TEST(refusal(file_of("{}  ")) == "");

  const std::string f(R"({"dtype":"U8","shape":[4],"data_offsets":)");
  BOOST_TEST(refusal(file_of("{\"a\":" + f + "[0,4]},\"b\":" + f + "[4,8]}}", data)) == "");
  BOOST_TEST(refuses(file_of("{\"a\":" + f + "[0,4]},\"b\":" + f + "[2,6]}}", data), "overlaps"));
  BOOST_TEST(refuses(file_of("{\"a\":" + f + "[0,4]},\"a\":" + f + "[4,8]}}", data), "the key 'a' stands there twice"));
}

BOOST_AUTO_TEST_CASE(a_thousand_mutations_are_read_or_refused) {
  const std::string whole = slurp(golden());
  base::Stream chance({.seed = 9, .purpose = "fuzz"});
  const auto size = static_cast<std::uint32_t>(whole.size());
  const test::TempFolder folder;
  int read = 0;
  int refused = 0;
  for (int round = 0; round < 1'000; ++round) {
    std::string bytes = whole;
    for (std::uint32_t edits = 1 + chance.below(3); edits > 0; --edits) {
      const std::uint32_t at = chance.below(size);
      switch (chance.below(4)) {
        case 0: bytes[at % bytes.size()] = static_cast<char>(chance.next_u32()); break;
        case 1: bytes[at % bytes.size()] = "0123456789[]{}\",:"[chance.below(17)]; break;
        case 2: bytes.insert(at % bytes.size(), bytes.substr(at % bytes.size(), chance.below(40))); break;
        default: bytes.resize(1 + at % bytes.size()); break;
      }
    }
    spill(folder / "x.safetensors", bytes);
    try {
      read_weights(folder / "x.safetensors");
      ++read;
    } catch (const base::WeightsError& error) {
      BOOST_REQUIRE(std::string(error.what()).find("x.safetensors: ") != std::string::npos);
      ++refused;
    }
  }
  BOOST_TEST_MESSAGE(read << " read, " << refused << " refused");
  BOOST_TEST(read > 20);
  BOOST_TEST(refused > 500);
}

BOOST_AUTO_TEST_CASE(the_writer_refuses_nonsense_and_leaves_no_file) {
  const test::TempFolder folder;
  const auto path = folder / "w.safetensors";
  const NamedTensor good = tensor<float>("a", DType::f32, {1}, {1});
  BOOST_CHECK_THROW(write_safetensors(path, {good, good}), base::WeightsError);
  BOOST_CHECK_THROW(write_safetensors(path, {tensor<float>("a", DType::f32, {2}, {1})}), base::WeightsError);
  BOOST_CHECK_THROW(write_safetensors(path, {tensor<float>("__metadata__", DType::f32, {1}, {1})}), base::WeightsError);
  BOOST_CHECK_THROW(write_safetensors(path, {tensor<float>("\xFF", DType::f32, {1}, {1})}), base::WeightsError);
  BOOST_TEST(std::filesystem::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(the_content_hash_sees_everything_but_order) {
  std::vector<NamedTensor> tensors = small();
  const std::string hash = content_hash(tensors);
  std::reverse(tensors.begin(), tensors.end());
  BOOST_TEST(content_hash(tensors) == hash);
  const auto changed = [](auto change) {
    std::vector<NamedTensor> t = small();
    change(t.front());
    return content_hash(t);
  };
  BOOST_TEST(changed([](NamedTensor& t) { t.name = "b.weights"; }) != hash);
  BOOST_TEST(changed([](NamedTensor& t) { t.shape = {3, 2}; }) != hash);
  BOOST_TEST(changed([](NamedTensor& t) { t.dtype = DType::i32; }) != hash);
  BOOST_TEST(changed([](NamedTensor& t) { t.bytes[5] ^= std::byte{1}; }) != hash);
}

BOOST_AUTO_TEST_SUITE_END()
