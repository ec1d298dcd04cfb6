// Keras' .h5. The C library may crash on a hostile file: that happens in a process of its own and is an error here.
// What is under test is that nothing of it gets out.
#include <hdf5.h>

#include <fstream>
#include <iterator>

#include "fuzz.hpp"
#include "youden/weights/read.hpp"

namespace youden::fuzz {

void parse(std::string_view bytes) {
  const MemoryFile file(bytes);
  if (weights::Hdf5File::begins(as_bytes(bytes))) static_cast<void>(weights::KerasFile::read(file.path()));
}

std::vector<std::string> seeds() {
  const auto path = std::filesystem::temp_directory_path() / ("youden-fuzz-" + std::to_string(::getpid()) + ".h5");
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t group = H5Gcreate2(file, "block1_conv1", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t extent[4] = {3, 3, 3, 4};
  const hid_t space = H5Screate_simple(4, extent, nullptr);
  const hid_t data =
      H5Dcreate2(group, "block1_conv1_W_1:0", H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  const std::vector<float> values(108, 0.5F);
  H5Dwrite(data, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  H5Dclose(data);
  H5Sclose(space);
  H5Gclose(group);
  H5Fclose(file);
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::filesystem::remove(path);
  return {bytes};
}

}  // namespace youden::fuzz
