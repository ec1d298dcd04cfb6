#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "peak_growth.hpp"
#include "youden/weights/torch_file.hpp"

using namespace youden;
using namespace youden::weights;

namespace {

std::string little(std::uint64_t value, std::size_t bytes) {
  return std::string(reinterpret_cast<const char*>(&value), bytes);
}
std::string str(const std::string& text) { return "X" + little(text.size(), 4) + text; }
std::string integer(std::int32_t value) { return "J" + little(static_cast<std::uint32_t>(value), 4); }
std::string put(std::uint32_t index) { return "r" + little(index, 4); }
std::string get(std::uint32_t index) { return "j" + little(index, 4); }
std::string times(std::size_t n, const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += text;
  return out;
}
std::string tuple(const std::vector<std::int32_t>& values) {
  std::string out = "(";
  for (const std::int32_t v : values) out += integer(v);
  return out + "t";
}
/// The call that rebuilds a tensor of the storage '0', as torch.save writes it.
std::string tensor(std::int32_t offset, const std::vector<std::int32_t>& shape,
                   const std::vector<std::int32_t>& strides, const std::string& function = "_rebuild_tensor_v2") {
  return "ctorch._utils\n" + function + "\n((" + str("storage") + "ctorch\nFloatStorage\n" + str("0") + str("cpu") +
         integer(4) + "tQ" + integer(offset) + tuple(shape) + tuple(strides) + "\x89}tR";
}
/// A legacy file that holds an object and the floats of the storage '0', where it uses them.
std::string file_of(const std::string& object, const std::vector<float>& floats = {1, 2, 3, 4}) {
  const std::string p("\x80\x02", 2);
  std::string out =
      p + std::string("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 13) + p + "M\xe9\x03." + p + "}.";
  out += p + object + "." + p + "]";
  if (object.find("FloatStorage") == std::string::npos) return out + ".";
  out += str("0") + "a." + little(floats.size(), 8);
  return out + std::string(reinterpret_cast<const char*>(floats.data()), floats.size() * sizeof(float));
}
std::string dict(const std::string& name, const std::string& value) { return "}" + str(name) + value + "s"; }

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
  return "nothing refused";
}
bool refuses(const std::string& object, const std::string& because) {
  const std::string text = refusal(file_of(object));
  if (text.find(because) == std::string::npos) BOOST_TEST_MESSAGE("got: " << text);
  return text.find(because) != std::string::npos;
}
std::vector<float> floats(const NamedTensor& t) {
  std::vector<float> out(t.bytes.size() / sizeof(float));
  std::memcpy(out.data(), t.bytes.data(), t.bytes.size());
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile_pickle)

BOOST_AUTO_TEST_CASE(a_view_takes_its_elements_from_the_storage) {
  const auto tensors = read_all(file_of(dict("w", tensor(1, {1, 3}, {9, 1}))));
  BOOST_TEST(floats(tensors.at(0)) == (std::vector<float>{2, 3, 4}), boost::test_tools::per_element());
  const auto transposed = read_all(file_of(dict("w", tensor(0, {2, 2}, {1, 2}))));
  BOOST_TEST(floats(transposed.at(0)) == (std::vector<float>{1, 3, 2, 4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(views_beyond_their_storage_are_refused) {
  BOOST_TEST(refuses(dict("w", tensor(1, {4}, {1})), "'w' reaches past the end of its storage"));
  BOOST_TEST(refuses(dict("w", tensor(0, {2, 2}, {3, 1})), "past the end"));
  BOOST_TEST(refuses(dict("w", tensor(-1, {2}, {1})), "no sound size"));
  BOOST_TEST(refuses(dict("w", tensor(0, {2}, {-1})), "strides out of range"));
  BOOST_TEST(refuses(dict("w", tensor(0, {2}, {1, 1})), "no sound size"));
  BOOST_TEST(refuses(dict("w", tensor(0, {-2}, {1})), "larger than the file"));
  BOOST_TEST(refuses(dict("w", tensor(0, {1 << 30, 1 << 30, 1 << 30}, {0, 0, 0})), "larger than the file"));
  BOOST_TEST(refuses(dict("w", tensor(0, std::vector<std::int32_t>(33, 1), std::vector<std::int32_t>(33, 1))),
                     "no sound size"));
}

BOOST_AUTO_TEST_CASE(what_is_no_dense_tensor_is_named_not_dropped) {
  BOOST_TEST(refuses(dict("q", tensor(0, {2}, {1}, "_rebuild_qtensor")), "'q' is of a kind that is not read"));
  BOOST_TEST(refuses(dict("model", "ctorchvision.models.vgg\nVGG\n)\x81}b"),
                     "its 'model' is a Python object (torchvision.models.vgg.VGG)"));
  const std::string twice = "}(" + times(2, str("a") + tensor(0, {2}, {1})) + "u";
  BOOST_TEST(refuses(twice, "two tensors are named 'a'"));
}

BOOST_AUTO_TEST_CASE(python_2_wrote_ordered_dicts_as_lists_of_pairs) {
  const auto tensors =
      read_all(file_of("ccollections\nOrderedDict\n](](" + str("a") + tensor(0, {2}, {1}) + "ee\x85R"));
  BOOST_TEST(tensors.size() == 1U);
  BOOST_TEST(floats(tensors.at(0)) == (std::vector<float>{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_pickle_without_sense_is_refused) {
  for (const char* object : {"t", "0", "s", "R", "Q", "e", "\x93", "h\x07",
                             "K\x01K\x02"
                             "a",
                             "(u", "b", "\x82\x01"}) {
    BOOST_TEST(refusal(file_of(object)).find("(byte ") != std::string::npos, object);
  }
  BOOST_TEST(refuses("]" + put(0) + get(0) + "a", "no named tensors"));  // a list in itself
  std::string knot = "}" + put(0) + str("k") + get(0) + "s";
  BOOST_TEST(refuses(knot, "nested too deeply"));
}

/// A few kilobytes, or a megabyte, that would become gigabytes; each is refused within the file's size and a constant.
BOOST_AUTO_TEST_CASE(memory_is_bounded_by_the_file) {
  const std::string t = tensor(0, {2}, {1});
  std::string names = str(std::string(1000, 'k')) + put(0) + "0" + t + put(1) + "0}(" + times(50'000, get(0) + get(1)) +
                      "u" + put(2) + "0";
  for (std::uint32_t k = 2; k < 30; ++k) names += "}" + get(0) + get(k) + "s" + put(k + 1) + "0";
  std::string doubled = "}" + put(0) + "0";
  for (std::uint32_t k = 0; k < 30; ++k)
    doubled += "}(" + str("a") + get(k) + str("b") + get(k) + "u" + put(k + 1) + "0";
  std::string shared = tensor(0, {250'000}, {1}) + put(1) + "0}(";
  for (int k = 0; k < 5'000; ++k) shared += str(std::to_string(k)) + get(1);
  std::string expanded = tensor(0, {1'000'000, 50}, {0, 0});
  const std::string pairs = "K\x01K\x02\x86" + put(0) + "0]" + put(1) + "(" + times(100'000, get(0)) + "e0" +
                            times(10'000, "ccollections\nOrderedDict\n" + get(1) + "\x85R0") + "}";
  const std::vector<std::pair<std::string, std::string>> bombs{
      {file_of(names + get(30)), "the names of the tensors take more room than the file"},
      {file_of(doubled + get(30) + str("t") + t + "s"), "more than a million values"},
      {file_of(shared + "u", std::vector<float>(250'000)), "many times larger than the file"},
      {file_of(dict("w", expanded)), "larger than the file"},
      {file_of(pairs), "repeats its lists"},
      {file_of(times(1'100'000, "]")), "more than a million opcodes"}};
  for (const auto& [bytes, because] : bombs) {
#ifdef __SANITIZE_ADDRESS__
    std::size_t constant = std::size_t{1} << 30U;  // freed memory stays with the sanitizer
#else
    std::size_t constant = std::size_t{4} << 20U;
#endif
    if (because == "more than a million opcodes") constant += std::size_t{128} << 20U;
    const std::size_t growth = test::peak_growth([&] {
      if (refusal(bytes).find(because) == std::string::npos) throw std::runtime_error("not refused");
    });
    BOOST_TEST(growth < 32 * bytes.size() + constant, because << ": " << growth << " bytes for " << bytes.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()
