#pragma once
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/weights/named_tensor.hpp"

namespace youden::weights {

/// The datasets of an HDF5 file, by path. Nothing outside the file is followed or loaded (links, external storage,
/// filter plug-ins), and no dataset is read that does not lie in the file as it is. The library itself survives few
/// hostile files: use it in an `Isolated` process only.
class Hdf5File {
 public:
  static bool begins(std::span<const std::byte> bytes) {
    constexpr std::string_view kMagic{"\x89HDF\r\n\x1a\n", 8};
    return bytes.size() >= kMagic.size() && std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) == 0;
  }

  /// Throws WeightsError, also where a link leads out of the file.
  explicit Hdf5File(const std::filesystem::path& path) : where_(path.string()) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // errors are ours to tell
    H5PLset_loading_state(0);
    std::error_code ignored;
    size_ = std::filesystem::file_size(path, ignored);
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_fapl_sec2(access.id);
#if H5_VERSION_GE(1, 10, 7)
    H5Pset_file_locking(access.id, 0, 1);  // only read, and often from a disk without locks
#endif
    file_.id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id);
    if (file_.id < 0) fail("the HDF5 file cannot be opened: it is damaged or cut short");
    walk(file_.id, "", 0);
  }

  /// Paths without a leading slash.
  [[nodiscard]] const std::vector<std::string>& datasets() const { return datasets_; }

  /// A dataset of float32 or float64. Throws WeightsError.
  [[nodiscard]] NamedTensor read(const std::string& path) const {
    const std::string subject = "the dataset '" + base::excerpt(path) + "' ";
    const Handle set(H5Dopen2(file_.id, path.c_str(), H5P_DEFAULT), H5Dclose);
    const Handle layout(H5Dget_create_plist(set.id), H5Pclose);
    const Handle type(H5Dget_type(set.id), H5Tclose);
    const Handle space(H5Dget_space(set.id), H5Sclose);
    if (set.id < 0 || layout.id < 0 || type.id < 0 || space.id < 0) fail(subject + "is damaged");
    const H5D_layout_t form = H5Pget_layout(layout.id);
    if ((form != H5D_CONTIGUOUS && form != H5D_COMPACT) || H5Pget_nfilters(layout.id) != 0) {
      fail(subject + "is compressed, chunked or virtual", "h5repack -l CONTI -f NONE OLD.h5 NEW.h5");
    }
    if (H5Pget_external_count(layout.id) != 0) fail(subject + "lies in another file", "save the weights as one file");
    const std::size_t width = H5Tget_size(type.id);
    if (H5Tget_class(type.id) != H5T_FLOAT || (width != 4 && width != 8)) {
      fail(subject + "is not of float32 or float64", "save the weights as float32");
    }
    NamedTensor out{.name = path, .dtype = width == 4 ? DType::f32 : DType::f64, .shape = shape(space.id, subject)};
    const auto bytes = byte_count(out.dtype, out.shape);
    if (!bytes || *bytes > size_ || H5Dget_storage_size(set.id) < *bytes) {
      fail(subject + "of shape " + shape_text(out.shape) + " is larger than what the file holds");
    }
    out.bytes.resize(*bytes);
    const hid_t native = width == 4 ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
    if (H5Dread(set.id, native, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.bytes.data()) < 0) fail(subject + "is cut short");
    return out;
  }

 private:
  static constexpr int kDeepest = 16;
  static constexpr std::size_t kMostLinks = 20'000;
  static constexpr int kMostRank = 8;

  struct Handle {
    Handle(hid_t handle, herr_t (*closer)(hid_t)) : id(handle), close(closer) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() {
      if (id >= 0) close(id);
    }
    hid_t id;
    herr_t (*close)(hid_t);
  };

  [[noreturn]] void fail(const std::string& what, const std::string& remedy = "fetch or save the file again") const {
    throw base::WeightsError({what, where_, remedy});
  }

  void walk(hid_t group, const std::string& prefix, int depth) {
    if (depth > kDeepest) fail("the file's groups are nested too deeply");
    H5G_info_t info{};
    if (H5Gget_info(group, &info) < 0) fail("the group '" + base::excerpt(prefix) + "' is damaged");
    for (hsize_t i = 0; i < info.nlinks; ++i) {
      if (++links_ > kMostLinks) fail("the file has more than 20,000 objects");
      std::array<char, 1024> name{};
      const ssize_t length =
          H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name.data(), name.size(), H5P_DEFAULT);
      if (length <= 0 || static_cast<std::size_t>(length) >= name.size()) {
        fail("the group '" + base::excerpt(prefix) + "' is damaged");
      }
      const std::string path = prefix + name.data();
      H5L_info_t link{};
      if (H5Lget_info(group, name.data(), &link, H5P_DEFAULT) < 0) fail("'" + base::excerpt(path) + "' is damaged");
      if (link.type != H5L_TYPE_HARD) {
        fail("'" + base::excerpt(path) + "' is a link to elsewhere", "save the weights as one file");
      }
      const Handle object(H5Oopen(group, name.data(), H5P_DEFAULT), H5Oclose);
      if (object.id < 0) fail("'" + base::excerpt(path) + "' is damaged");
      const H5I_type_t kind = H5Iget_type(object.id);
      if (kind == H5I_GROUP) walk(object.id, path + "/", depth + 1);
      if (kind == H5I_DATASET) datasets_.push_back(path);
    }
  }

  [[nodiscard]] std::vector<std::int64_t> shape(hid_t space, const std::string& subject) const {
    std::array<hsize_t, kMostRank> extents{};
    const int rank = H5Sget_simple_extent_ndims(space);
    if (H5Sget_simple_extent_type(space) == H5S_NULL || rank < 0 || rank > kMostRank ||
        H5Sget_simple_extent_dims(space, extents.data(), nullptr) < 0) {
      fail(subject + "has no sound shape");
    }
    return {extents.begin(), extents.begin() + rank};
  }

  std::string where_;
  std::uint64_t size_ = 0;
  Handle file_{-1, H5Fclose};
  std::vector<std::string> datasets_ = {};
  std::size_t links_ = 0;
};

}  // namespace youden::weights
