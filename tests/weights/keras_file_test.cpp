#include "youden/weights/keras_file.hpp"

#include <hdf5.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "peak_growth.hpp"
#include "shared.hpp"
#include "youden/base/philox.hpp"
#include "youden/weights/read.hpp"

using namespace youden;
using namespace youden::weights;

namespace {

const std::filesystem::path kGolden = std::filesystem::path(kSourceDir) / "tests" / "golden" / "weights";

std::map<std::string, NamedTensor> by_name(const std::vector<NamedTensor>& tensors) {
  std::map<std::string, NamedTensor> out;
  for (const NamedTensor& t : tensors) out[t.name] = t;
  return out;
}

/// An HDF5 file made for one refusal.
class Made {
 public:
  explicit Made(const std::filesystem::path& path)
      : file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)), parents_(H5Pcreate(H5P_LINK_CREATE)) {
    H5Pset_create_intermediate_group(parents_, 1);
  }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;
  ~Made() {
    H5Pclose(parents_);
    H5Fclose(file_);
  }
  /// Zeros, or nothing written at all where `layout` says so.
  Made& dataset(const std::string& path, const std::vector<hsize_t>& shape,
                const std::function<void(hid_t)>& layout = {}, hid_t type = H5T_IEEE_F32LE) {
    const hid_t how = H5Pcreate(H5P_DATASET_CREATE);
    if (layout) layout(how);
    const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t set = H5Dcreate2(file_, path.c_str(), type, space, parents_, how, H5P_DEFAULT);
    if (!layout) {
      const auto n = std::accumulate(shape.begin(), shape.end(), hsize_t{1}, std::multiplies<>());
      const std::vector<double> zeros(n);
      H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, zeros.data());
    }
    H5Dclose(set);
    H5Sclose(space);
    H5Pclose(how);
    return *this;
  }
  /// Every convolution of VGG16 but block1_conv1.
  Made& rest_of_vgg16() {
    const std::vector<int> depths{2, 2, 3, 3, 3};
    for (int block = 1; block <= 5; ++block) {
      for (int conv = 1; conv <= depths[static_cast<std::size_t>(block - 1)]; ++conv) {
        const std::string layer = "block" + std::to_string(block) + "_conv" + std::to_string(conv);
        if (layer != "block1_conv1") dataset(layer + "/kernel:0", {3, 3, 1, 1}).dataset(layer + "/bias:0", {1});
      }
    }
    return *this;
  }
  [[nodiscard]] hid_t id() const { return file_; }

 private:
  hid_t file_;
  hid_t parents_;
};

std::string refusal(const std::function<void(Made&)>& fill) {
  const test::TempFolder folder;
  {
    Made file(folder / "x.h5");
    fill(file);
  }
  try {
    read_weights(folder / "x.h5");
  } catch (const base::WeightsError& e) {
    return e.what();
  }
  return "nothing refused";
}
bool refuses(const std::function<void(Made&)>& fill, const std::string& because) {
  const std::string text = refusal(fill);
  if (text.find(because) == std::string::npos) BOOST_TEST_MESSAGE("got: " << text);
  return text.find(because) != std::string::npos && text.find("x.h5: ") != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keras_file)

BOOST_AUTO_TEST_CASE(both_forms_hold_vgg_under_torchvisions_names) {
  for (const char* name : {"keras_published", "keras_model"}) {
    const auto expected = by_name(read_weights(kGolden / (std::string(name) + ".safetensors")));
    const auto ours = by_name(read_weights(kGolden / (std::string(name) + ".h5")));
    BOOST_TEST(ours.size() == (name == std::string("keras_published") ? 26U : 32U));
    BOOST_TEST(ours.size() == expected.size());
    for (const auto& [key, tensor] : expected) {
      BOOST_REQUIRE_MESSAGE(ours.contains(key), name << " lacks " << key);
      BOOST_TEST((ours.at(key).shape == tensor.shape && ours.at(key).bytes == tensor.bytes), name << ": " << key);
    }
  }
}

BOOST_AUTO_TEST_CASE(keras_weights_expect_caffes_normalisation) {
  BOOST_TEST(expected_normalization(kGolden / "keras_published.h5").value() == "caffe");
  BOOST_TEST(!expected_normalization(kGolden / "torch_zip.pth").has_value());
}

BOOST_AUTO_TEST_CASE(the_content_decides_not_the_name) {
  const test::TempFolder folder;
  std::filesystem::copy(kGolden / "keras_published.h5", folder / "a.pth");
  std::filesystem::copy(kGolden / "torch_zip.pth", folder / "b.h5");
  BOOST_TEST(read_weights(folder / "a.pth").size() == 26U);
  BOOST_TEST(read_weights(folder / "b.h5").size() == 13U);
}

BOOST_AUTO_TEST_CASE(other_networks_are_refused_with_what_is_there) {
  BOOST_TEST(refuses(
      [](Made& f) {
        f.dataset("conv1_conv/kernel:0", {7, 7, 3, 2});
      },
      "without the convolutions of VGG16 or VGG19; it holds conv1_conv/kernel:0 …"));
  BOOST_TEST(refuses([](Made& f) { f.rest_of_vgg16(); }, "only VGG16 and VGG19 are mapped"));
  BOOST_TEST(refuses([](Made&) {}, "it holds no datasets"));
}

BOOST_AUTO_TEST_CASE(kernels_have_tensorflows_order_and_a_bias) {
  const auto with = [](const std::vector<hsize_t>& kernel, const std::string& second) {
    return [=](Made& f) {
      f.rest_of_vgg16().dataset("block1_conv1/kernel:0", kernel);
      if (!second.empty()) f.dataset("block1_conv1/" + second, {2});
    };
  };
  BOOST_TEST(refusal(with({3, 3, 3, 2}, "bias:0")) == "nothing refused");
  BOOST_TEST(refuses(with({2, 3, 3, 3}, "bias:0"), "Theano's order"));
  BOOST_TEST(refuses(with({3, 3, 3, 2}, ""), "block1_conv1 lacks its kernel or bias"));
  BOOST_TEST(refusal(with({3, 3, 3, 2}, "block1_conv1_1/bias:0")) == "nothing refused");
  BOOST_TEST(refuses(
      [&](Made& f) {
        with({3, 3, 3, 2}, "bias:0")(f);
        f.dataset("block1_conv1/gamma:0", {2});
      },
      "more than a kernel and a bias"));
}

BOOST_AUTO_TEST_CASE(nothing_outside_the_file_is_followed) {
  BOOST_TEST(refuses([](Made& f) { H5Lcreate_external("/etc/passwd", "/", f.id(), "out", H5P_DEFAULT, H5P_DEFAULT); },
                     "'out' is a link to elsewhere"));
  BOOST_TEST(refuses([](Made& f) { H5Lcreate_soft("/nowhere", f.id(), "soft", H5P_DEFAULT, H5P_DEFAULT); },
                     "'soft' is a link to elsewhere"));
  const auto external = [](hid_t layout) { H5Pset_external(layout, "/etc/passwd", 0, 4 * 54); };
  BOOST_TEST(refuses(
      [&](Made& f) {
        f.rest_of_vgg16().dataset("block1_conv1/kernel:0", {3, 3, 3, 2}, external).dataset("block1_conv1/bias:0", {2});
      },
      "lies in another file"));
}

BOOST_AUTO_TEST_CASE(what_would_have_to_be_made_up_is_not_read) {
  const auto kernel = [](const std::vector<hsize_t>& shape, const std::function<void(hid_t)>& layout,
                         hid_t type = H5T_IEEE_F32LE) {
    return [=](Made& f) {
      f.rest_of_vgg16().dataset("block1_conv1/kernel:0", shape, layout, type).dataset("block1_conv1/bias:0", {2});
    };
  };
  const auto chunked = [](hid_t layout) {
    const std::vector<hsize_t> chunk{3, 3, 3, 2};
    H5Pset_chunk(layout, 4, chunk.data());
    H5Pset_deflate(layout, 6);
  };
  const auto empty = [](hid_t) {};  // HDF5 would fill it with zeros
  BOOST_TEST(refuses(kernel({3, 3, 3, 2}, chunked), "compressed, chunked or virtual\n    h5repack -l CONTI -f NONE"));
  BOOST_TEST(refuses(kernel({3, 3, 3, 2}, empty), "larger than what the file holds"));
  BOOST_TEST(refuses(kernel({3, 3, 1 << 20, 1 << 20}, empty), "larger than what the file holds"));
  BOOST_TEST(refuses(kernel({3, 3, 3, 2}, {}, H5T_STD_I32LE), "not of float32 or float64"));
}

BOOST_AUTO_TEST_CASE(a_group_that_holds_itself_ends) {
  BOOST_TEST(refuses(
      [](Made& f) {
        f.dataset("a/x", {1});
        H5Lcreate_hard(f.id(), "/a", f.id(), "/a/again", H5P_DEFAULT, H5P_DEFAULT);
      },
      "nested too deeply"));
}

BOOST_AUTO_TEST_CASE(a_crash_of_the_library_is_an_error_of_the_file) {
  const auto caught = [](const std::function<std::vector<NamedTensor>()>& read) {
    try {
      Isolated::tensors(read, 100, "x.h5");
    } catch (const base::WeightsError& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  const auto crash = [](int signal) {
    return [signal]() -> std::vector<NamedTensor> {
      std::raise(signal);
      return {};
    };
  };
  BOOST_TEST(caught(crash(SIGSEGV)).find("gave up (in a process of its own, signal 11)") != std::string::npos);
  BOOST_TEST(caught(crash(SIGABRT)).find("signal 6") != std::string::npos);
  const auto greedy = [] { return std::vector<NamedTensor>{{"t", DType::u8, {101}, std::vector<std::byte>(101)}}; };
  BOOST_TEST(caught(greedy).find("gave up") != std::string::npos);
  BOOST_TEST(caught([]() -> std::vector<NamedTensor> {
               throw base::WeightsError({"what", "where", "remedy"});
             }) == "where: what\n    remedy");
}

BOOST_AUTO_TEST_CASE(a_thousand_damaged_files_are_read_or_refused) {
  std::ifstream in(kGolden / "keras_published.h5", std::ios::binary);
  const std::string sound{std::istreambuf_iterator<char>(in), {}};
  const test::TempFolder folder;
  int refused = 0;
  int gave_up = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    base::Stream stream({.seed = i, .purpose = "hdf5"});
    std::string broken = sound;
    const auto size = static_cast<std::uint32_t>(sound.size());
    // Most of the file is padding and numbers; its first two kilobytes and every group are structure.
    const std::uint32_t where = i % 2 == 0 ? 2048 : size;
    switch (i % 5) {
      case 0:
        for (int k = 0; k < 8; ++k) broken[stream.below(where)] = static_cast<char>(stream.below(256));
        break;
      case 1: broken.resize(stream.below(size)); break;
      case 2:
      case 3: {  // lengths and addresses blown up
        const std::uint32_t at = stream.below(where - 8) / 8 * 8;
        const std::uint64_t huge = ~std::uint64_t{0} >> stream.below(60);
        std::memcpy(broken.data() + at, &huge, sizeof huge);
        break;
      }
      default: broken.replace(stream.below(size), stream.below(200), sound, stream.below(size), stream.below(200));
    }
    std::ofstream(folder / "x.h5", std::ios::binary) << broken;
    try {
      for (const NamedTensor& t : read_weights(folder / "x.h5")) BOOST_REQUIRE(t.bytes.size() <= broken.size());
    } catch (const base::WeightsError& e) {
      ++refused;
      if (std::string(e.what()).find("gave up") != std::string::npos) ++gave_up;
    }
  }
  BOOST_TEST_MESSAGE(refused << " of 1000 mutations refused, " << gave_up << " by a library that gave up");
  BOOST_TEST(refused > 300);
}

BOOST_AUTO_TEST_SUITE_END()
