// Keras' .h5. The C library may crash on a hostile file: that happens in a process of its own, and is an error here.
// What is under test is that nothing of it gets out. What that process covers libFuzzer does not see, so that the input
// is not the file but what is changed in a sound one: three bytes a change, where and to what. Slow, for it forks each
// time.
#include <hdf5.h>

#include <iterator>

#include "fuzz.hpp"
#include "youden/weights/keras_file.hpp"

namespace youden::fuzz {

/// VGG16 with two channels everywhere, as Keras 1 and 2 name its layers.
std::string vgg(const std::string& prefix, const std::string& kernel, const std::string& bias) {
  const auto path = std::filesystem::temp_directory_path() / ("youden-fuzz-" + std::to_string(::getpid()) + ".h5");
  const hid_t links = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links, 1);
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const std::vector<float> values(36, 0.5F);
  const auto add = [&](const std::string& name, const std::vector<hsize_t>& extents) {
    const hid_t space = H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
    const hid_t set = H5Dcreate2(file, name.c_str(), H5T_IEEE_F32LE, space, links, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(set);
    H5Sclose(space);
  };
  int depth[] = {2, 2, 3, 3, 3};
  for (int block = 1; block <= 5; ++block) {
    for (int conv = 1; conv <= depth[block - 1]; ++conv) {
      const std::string layer = "block" + std::to_string(block) + "_conv" + std::to_string(conv);
      add(prefix + layer + "/" + layer + kernel, {3, 3, 2, 2});
      add(prefix + layer + "/" + layer + bias, {2});
    }
  }
  H5Fclose(file);
  H5Pclose(links);
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  in.close();
  std::filesystem::remove(path);
  return bytes;
}

void parse(std::string_view bytes) {
  static const std::vector<std::string> kSound{vgg("", "_W_1:0", "_b_1:0"),
                                               vgg("model_weights/", "/kernel:0", "/bias:0")};
  if (bytes.empty()) return;
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
  std::string file = kSound[byte(0) & 1U];
  for (std::size_t i = 1; i + 2 < bytes.size(); i += 3) {
    file[(byte(i) << 8U | byte(i + 1)) % file.size()] = static_cast<char>(bytes[i + 2]);
  }
  if (byte(0) > 250) file.resize(file.size() / 2);
  const MemoryFile whole(file);
  std::size_t all = 0;
  for (const weights::NamedTensor& tensor : weights::KerasFile::read(whole.path())) all += tensor.bytes.size();
  require(all <= file.size(), "tensors take no more than their file");
}

std::vector<std::string> seeds() {
  return {"a", "b", std::string("b\0\x08\1", 4), std::string("a\x10\x20\xff\x30\0\x7f", 7)};
}

}  // namespace youden::fuzz
