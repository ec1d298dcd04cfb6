#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/weights/named_tensor.hpp"
#include "youden/weights/pickle_reader.hpp"
#include "youden/weights/zip_archive.hpp"

namespace youden::weights {

/// The elements that tensors are views of.
struct TorchStorage {
  DType dtype = DType::f32;
  std::span<const std::byte> bytes = {};
};

/// The two layouts of torch.save: a zip archive with `data.pkl` and one member a storage (since 1.6), or the legacy
/// stream of five pickles with the storages behind them.
class TorchContainer {
 public:
  /// `bytes` must outlive the container. Throws WeightsError.
  TorchContainer(std::span<const std::byte> bytes, std::string where) : bytes_(bytes), where_(std::move(where)) {
    if (ZipArchive::begins(bytes)) {
      read_zip();
    } else {
      read_legacy();
    }
  }

  static bool begins(std::span<const std::byte> bytes) {
    // The legacy stream's first value is a long of ten bytes; as the length of a .safetensors header it would be
    // absurd.
    return ZipArchive::begins(bytes) || (bytes.size() > 4 && bytes[0] == std::byte{0x80} && bytes[1] <= std::byte{5} &&
                                         bytes[2] == std::byte{0x8a} && bytes[3] == std::byte{10});
  }

  [[nodiscard]] const PickleNode& root() const { return *root_; }
  /// Bytes of the file, or of its content where that is compressed.
  [[nodiscard]] std::uint64_t content_bytes() const { return content_bytes_; }

  /// What a persistent id stands for: ('storage', torch.FloatStorage, key, location, count[, (view key, offset,
  /// count)]). Throws WeightsError naming `tensor`.
  TorchStorage storage(const PickleNode& node, const std::string& tensor) {
    const std::string subject = "tensor '" + base::excerpt(tensor) + "' ";
    const auto broken = [&] { fail(subject + "has no sound storage"); };
    if (!node.is(Kind::persistent) || !node.items[0]->is(Kind::list) || node.items[0]->items.size() < 5) broken();
    const auto& id = node.items[0]->items;
    const StorageType* type = storage_type(id[1]->name);
    if (type == nullptr || !type->dtype) {
      fail(subject + "is of the type " + base::excerpt(id[1]->name) + ", which is not read", "save it as float32");
    }
    std::span<const std::byte> bytes = zip_ ? member(id[2]->text, broken) : stream(id, type->width, broken);
    return {*type->dtype, bytes};
  }

 private:
  using Kind = PickleNode::Kind;

  [[noreturn]] void fail(const std::string& what, const std::string& remedy = "fetch or save the file again") const {
    throw base::WeightsError({what, where_, remedy});
  }

  void read_zip() {
    constexpr std::uint64_t kMostRatio = 8;  // of floating-point numbers; deflate reaches 1032 on zeros
    zip_.emplace(bytes_, where_);
    content_bytes_ = bytes_.size();
    for (const auto& [name, entry] : zip_->entries()) {
      if (name == "data.pkl" || name.ends_with("/data.pkl")) prefix_ = name.substr(0, name.size() - 8);
      if (entry.method != 0 && __builtin_add_overflow(content_bytes_, entry.size, &content_bytes_)) {
        fail("the archive claims an absurd size");
      }
    }
    const ZipEntry* data = zip_->find(prefix_ + "data.pkl");
    if (data == nullptr) {
      fail("the zip archive holds no data.pkl: it is no file of torch.save",
           "take the .pth out of the archive, or save model.state_dict()");
    }
    if (zip_->find(prefix_ + "constants.pkl") != nullptr || zip_->find(prefix_ + "code/") != nullptr) {
      fail("the file is a TorchScript program, not weights", "save model.state_dict() with torch.save");
    }
    if (content_bytes_ > kMostRatio * bytes_.size() + (1U << 20U)) {
      fail("the archive claims to hold " + std::to_string(content_bytes_) + " bytes in a file of " +
           std::to_string(bytes_.size()));
    }
    if (const ZipEntry* order = zip_->find(prefix_ + "byteorder")) {
      const auto text = content(*order);
      if (std::string_view(reinterpret_cast<const char*>(text.data()), text.size()) != "little") {
        fail("the file was written on a big-endian machine", "save it again on another");
      }
    }
    pickles_.push_back(PickleReader(content(*data), where_).read());
    root_ = pickles_.back().value;
  }
  /// Of a member: in the file where it is stored, in memory of ours where it is compressed.
  std::span<const std::byte> content(const ZipEntry& entry) {
    if (entry.method == 0) return zip_->stored(entry);
    return inflated_.emplace_back(zip_->read(entry));
  }
  /// Each is checked, and inflated, once, however many tensors share it.
  template <class Broken>
  std::span<const std::byte> member(std::string_view key, const Broken& broken) {
    auto [known, fresh] = storages_.try_emplace(key);
    if (fresh) {
      const ZipEntry* entry = zip_->find(prefix_ + "data/" + std::string(key));
      if (entry == nullptr) broken();
      known->second = content(*entry);
    }
    return known->second;
  }

  /// magic, protocol, machine, the object, the keys of its storages; then each storage: its count as int64, its bytes.
  void read_legacy() {
    constexpr std::string_view kMagic{"\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10};
    content_bytes_ = bytes_.size();
    std::size_t at = 0;
    for (int i = 0; i < 5; ++i) {
      pickles_.push_back(PickleReader(bytes_.subspan(at), where_).read());
      at += pickles_.back().size;
      const PickleNode& value = *pickles_.back().value;
      if (i == 0 && value.text != kMagic) {
        fail("a pickle, but not of torch.save", "save model.state_dict() with torch.save");
      }
      if (i == 1 && value.integer != 1001) fail("the legacy file has an unknown version");
      if (i == 2 && value.find("little_endian") != nullptr && value.find("little_endian")->integer == 0) {
        fail("the file was written on a big-endian machine", "save it again on another");
      }
    }
    root_ = pickles_[3].value;
    const std::map<std::string_view, std::size_t> widths = storage_widths();
    for (const PickleNode* key : pickles_[4].value->items) {
      const auto width = widths.find(key->text);
      if (width == widths.end()) {
        fail("the legacy file holds a storage of a type that is not read", "save it with a newer PyTorch");
      }
      std::uint64_t count = 0;
      if (bytes_.size() - at < sizeof count) fail("the file ends before its storages do");
      std::memcpy(&count, bytes_.data() + at, sizeof count);
      at += sizeof count;
      if (count > (bytes_.size() - at) / width->second) fail("the file ends before its storages do");
      const std::size_t size = static_cast<std::size_t>(count) * width->second;
      storages_[key->text] = bytes_.subspan(at, size);
      at += size;
    }
  }
  /// Bytes an element of each storage, from the persistent ids of the object.
  [[nodiscard]] std::map<std::string_view, std::size_t> storage_widths() const {
    std::map<std::string_view, std::size_t> widths;
    for (const PickleNode& node : pickles_[3].nodes) {
      if (!node.is(Kind::persistent) || node.items[0]->items.size() < 5) continue;
      const auto& id = node.items[0]->items;
      if (const StorageType* type = storage_type(id[1]->name)) widths[id[2]->text] = type->width;
    }
    return widths;
  }
  template <class Broken>
  std::span<const std::byte> stream(const std::vector<const PickleNode*>& id, std::size_t width, const Broken& broken) {
    const auto it = storages_.find(id[2]->text);
    if (it == storages_.end()) broken();
    const std::span<const std::byte> bytes = it->second;
    if (id.size() < 6 || !id[5]->is(Kind::list) || id[5]->items.size() != 3) return bytes;
    const std::int64_t offset = id[5]->items[1]->integer;  // a storage that is a view of another
    const std::int64_t count = id[5]->items[2]->integer;
    const auto all = static_cast<std::int64_t>(bytes.size() / width);
    if (offset < 0 || count < 0 || offset > all || count > all - offset) broken();
    return bytes.subspan(static_cast<std::size_t>(offset) * width, static_cast<std::size_t>(count) * width);
  }

  struct StorageType {
    std::string_view name;
    std::size_t width;
    std::optional<DType> dtype;  ///< none: not a type that weights have here
  };
  static const StorageType* storage_type(std::string_view name) {
    static constexpr std::array<StorageType, 10> kTypes{{{"FloatStorage", 4, DType::f32},
                                                         {"DoubleStorage", 8, DType::f64},
                                                         {"HalfStorage", 2, DType::f16},
                                                         {"BFloat16Storage", 2, DType::bf16},
                                                         {"LongStorage", 8, DType::i64},
                                                         {"IntStorage", 4, DType::i32},
                                                         {"ByteStorage", 1, DType::u8},
                                                         {"BoolStorage", 1, DType::u8},
                                                         {"ShortStorage", 2, std::nullopt},
                                                         {"CharStorage", 1, std::nullopt}}};
    const auto it = std::find_if(kTypes.begin(), kTypes.end(), [&](const StorageType& t) { return t.name == name; });
    return it == kTypes.end() ? nullptr : it;
  }

  std::span<const std::byte> bytes_;
  std::string where_;
  std::uint64_t content_bytes_ = 0;
  std::optional<ZipArchive> zip_ = {};
  std::string prefix_ = {};
  std::deque<std::vector<std::byte>> inflated_ = {};
  std::deque<Pickle> pickles_ = {};  ///< whose nodes must stay where they are
  const PickleNode* root_ = nullptr;
  std::map<std::string_view, std::span<const std::byte>> storages_ = {};
};

}  // namespace youden::weights
