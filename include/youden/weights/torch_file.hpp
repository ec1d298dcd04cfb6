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

/// What torch.save wrote: a zip archive (since 1.6) or the legacy stream of pickles that the files of 2017 have.
/// Tensors only: nothing in the file is run. Nested dicts become dotted names; a training script's wrapper
/// (`state_dict`, `model`, …) and DataParallel's `module.` go; other values are passed over.
class TorchFile {
 public:
  /// `bytes` must outlive the file. Throws WeightsError.
  TorchFile(std::span<const std::byte> bytes, std::string where) : bytes_(bytes), where_(std::move(where)) {
    if (ZipArchive::begins(bytes)) {
      read_zip();
    } else {
      read_legacy();
    }
    collect();
  }

  /// Whether the file begins as one of torch.save's layouts does.
  static bool begins(std::span<const std::byte> bytes) {
    // The legacy stream's first value is a long of ten bytes; as the length of a .safetensors header it would be
    // absurd.
    return ZipArchive::begins(bytes) || (bytes.size() > 4 && bytes[0] == std::byte{0x80} && bytes[1] <= std::byte{5} &&
                                         bytes[2] == std::byte{0x8a} && bytes[3] == std::byte{10});
  }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& [name, node] : tensors_) out.push_back(name);
    return out;
  }

  /// The i-th tensor of `names()`, row-major and contiguous whatever view it was. Throws WeightsError.
  [[nodiscard]] NamedTensor read(std::size_t i) const {
    const auto& [name, node] = tensors_.at(i);
    const PickleNode& args = *node->items[1];
    const auto fail_tensor = [&](const std::string& what) { fail("tensor '" + base::excerpt(name) + "' " + what); };
    if (args.items.size() < 4) fail_tensor("lacks its size or strides");
    const Storage storage = storage_of(*args.items[0], name);
    const std::vector<std::int64_t> shape = integers(*args.items[2], name);
    const std::vector<std::int64_t> strides = integers(*args.items[3], name);
    const std::int64_t offset = args.items[1]->integer;
    if (!args.items[1]->is(Kind::integer) || offset < 0 || shape.size() != strides.size() || shape.size() > kMostRank) {
      fail_tensor("has no sound size, strides and offset");
    }
    const std::size_t width = info(storage.dtype).bytes;
    const auto bytes = byte_count(storage.dtype, shape);
    if (!bytes || *bytes > bytes_.size()) fail_tensor("of shape " + shape_text(shape) + " is larger than the file");
    std::uint64_t last = static_cast<std::uint64_t>(offset);
    for (std::size_t d = 0; d < shape.size(); ++d) {
      std::uint64_t reach = 0;
      if (strides[d] < 0 ||
          __builtin_mul_overflow(static_cast<std::uint64_t>(std::max<std::int64_t>(shape[d] - 1, 0)),
                                 static_cast<std::uint64_t>(strides[d]), &reach) ||
          __builtin_add_overflow(last, reach, &last)) {
        fail_tensor("has strides out of range");
      }
    }
    NamedTensor out{.name = name, .dtype = storage.dtype, .shape = shape, .bytes = std::vector<std::byte>(*bytes)};
    if (*bytes == 0) return out;
    if (last >= storage.bytes.size() / width) fail_tensor("reaches past the end of its storage");
    copy(storage.bytes.subspan(static_cast<std::size_t>(offset) * width), shape, strides, width, out.bytes);
    return out;
  }

 private:
  using Kind = PickleNode::Kind;
  struct Storage {
    DType dtype = DType::f32;
    std::span<const std::byte> bytes = {};
  };
  static constexpr std::size_t kMostRank = 16;
  static constexpr std::size_t kMostTensors = 100'000;
  static constexpr std::size_t kMostValues = 1'000'000;
  static constexpr int kDeepest = 32;

  [[noreturn]] void fail(const std::string& what, const std::string& remedy = "fetch or save the file again") const {
    throw base::WeightsError({what, where_, remedy});
  }

  void read_zip() {
    zip_.emplace(bytes_, where_);
    for (const auto& [name, entry] : zip_->entries()) {
      if (name == "data.pkl" || name.ends_with("/data.pkl")) prefix_ = name.substr(0, name.size() - 8);
    }
    const ZipEntry* data = zip_->find(prefix_ + "data.pkl");
    if (data == nullptr) {
      fail("the zip archive holds no data.pkl: it is no file of torch.save",
           "take the .pth out of the archive, or save model.state_dict()");
    }
    if (zip_->find(prefix_ + "constants.pkl") != nullptr || zip_->find(prefix_ + "code/") != nullptr) {
      fail("the file is a TorchScript program, not weights", "save model.state_dict() with torch.save");
    }
    if (const ZipEntry* order = zip_->find(prefix_ + "byteorder")) {
      const auto text = zip_->stored(*order);
      if (std::string_view(reinterpret_cast<const char*>(text.data()), text.size()) != "little") {
        fail("the file was written on a big-endian machine", "save it again on another");
      }
    }
    pickles_.push_back(PickleReader(zip_->stored(*data), where_).read());
    root_ = pickles_.back().value;
  }

  /// magic, protocol, machine, the object, the keys of its storages; then each storage: its count as int64, its bytes.
  void read_legacy() {
    constexpr std::string_view kMagic{"\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10};
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
    std::map<std::string_view, std::size_t> widths;
    find_widths(widths);
    for (const PickleNode* key : pickles_[4].value->items) {
      const auto width = widths.find(key->text);
      if (width == widths.end()) fail("the legacy file lists a storage that nothing uses");
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
  void find_widths(std::map<std::string_view, std::size_t>& widths) const {
    for (const PickleNode& node : pickles_[3].nodes) {
      if (!node.is(Kind::persistent) || node.items[0]->items.size() < 5) continue;
      const auto& id = node.items[0]->items;
      if (const auto width = element_width(id[1]->name)) widths[id[2]->text] = *width;
    }
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
  static std::optional<std::size_t> element_width(std::string_view name) {
    const StorageType* type = storage_type(name);
    return type == nullptr ? std::nullopt : std::optional(type->width);
  }

  /// ('storage', torch.FloatStorage, key, location, count[, (view key, offset, count)])
  [[nodiscard]] Storage storage_of(const PickleNode& node, const std::string& tensor) const {
    const auto broken = [&] { fail("tensor '" + base::excerpt(tensor) + "' has no sound storage"); };
    if (!node.is(Kind::persistent) || !node.items[0]->is(Kind::list) || node.items[0]->items.size() < 5) broken();
    const auto& id = node.items[0]->items;
    const StorageType* type = storage_type(id[1]->name);
    if (type == nullptr || !type->dtype) {
      fail(
          "tensor '" + base::excerpt(tensor) + "' is of the type " + base::excerpt(id[1]->name) + ", which is not read",
          "save it as float32");
    }
    std::span<const std::byte> bytes;
    if (zip_) {
      auto [known, fresh] = storages_.try_emplace(id[2]->text);
      if (fresh) {
        const ZipEntry* entry = zip_->find(prefix_ + "data/" + std::string(id[2]->text));
        if (entry == nullptr) broken();
        known->second = zip_->stored(*entry);
      }
      bytes = known->second;
    } else {
      const auto it = storages_.find(id[2]->text);
      if (it == storages_.end()) broken();
      bytes = it->second;
      if (id.size() > 5 && id[5]->is(Kind::list) && id[5]->items.size() == 3) {  // a view of a storage
        const std::int64_t offset = id[5]->items[1]->integer;
        const std::int64_t count = id[5]->items[2]->integer;
        const auto all = static_cast<std::int64_t>(bytes.size() / type->width);
        if (offset < 0 || count < 0 || offset > all || count > all - offset) broken();
        bytes = bytes.subspan(static_cast<std::size_t>(offset) * type->width,
                              static_cast<std::size_t>(count) * type->width);
      }
    }
    return {*type->dtype, bytes};
  }

  [[nodiscard]] std::vector<std::int64_t> integers(const PickleNode& node, const std::string& tensor) const {
    const PickleNode* list = &node;
    if (node.is(Kind::call) && node.items[0]->is_global("torch", "Size") && !node.items[1]->items.empty()) {
      list = node.items[1]->items[0];
    }
    std::vector<std::int64_t> out;
    for (const PickleNode* item : list->items) {
      if (!item->is(Kind::integer)) fail("tensor '" + base::excerpt(tensor) + "' has a size that is no number");
      out.push_back(item->integer);
    }
    return out;
  }

  static void copy(std::span<const std::byte> from, const std::vector<std::int64_t>& shape,
                   const std::vector<std::int64_t>& strides, std::size_t width, std::span<std::byte> to) {
    std::int64_t dense = 1;
    bool contiguous = true;
    for (std::size_t d = shape.size(); d-- > 0; dense *= shape[d]) {
      contiguous = contiguous && (shape[d] == 1 || strides[d] == dense);
    }
    if (contiguous) {
      std::memcpy(to.data(), from.data(), to.size());
      return;
    }
    std::vector<std::int64_t> index(shape.size(), 0);
    for (std::size_t at = 0; at < to.size(); at += width) {
      std::int64_t element = 0;
      for (std::size_t d = 0; d < shape.size(); ++d) element += index[d] * strides[d];
      std::memcpy(to.data() + at, from.data() + static_cast<std::size_t>(element) * width, width);
      for (std::size_t d = shape.size(); d-- > 0 && ++index[d] == shape[d];) index[d] = 0;
    }
  }

  /// A tensor's own call, through any `Parameter` around it; nullptr for anything else.
  static const PickleNode* tensor_in(const PickleNode* node) {
    for (int depth = 0; depth < kDeepest && node->is(Kind::call) && node->items[1]->is(Kind::list); ++depth) {
      const PickleNode& callee = *node->items[0];
      const bool utils = callee.is(Kind::global) && callee.text == "torch._utils";
      if (utils && (callee.name == "_rebuild_tensor_v2" || callee.name == "_rebuild_tensor")) return node;
      if (!utils || !callee.name.starts_with("_rebuild_parameter") || node->items[1]->items.empty()) return nullptr;
      node = node->items[1]->items[0];
    }
    return nullptr;
  }
  static bool holds_tensors(const PickleNode& dict) {
    for (std::size_t i = 1; i < dict.items.size(); i += 2) {
      if (tensor_in(dict.items[i]) != nullptr) return true;
    }
    return false;
  }

  void collect() {
    const PickleNode* top = root_;
    for (const char* wrapper : {"state_dict", "model_state_dict", "model", "net", "weights"}) {
      const PickleNode* inner = top->find(wrapper);
      if (inner != nullptr && inner->is(Kind::dict) && holds_tensors(*inner)) {
        top = inner;
        break;
      }
    }
    flatten(*top, "", 0);
    if (tensors_.empty()) {
      std::string found;
      if (root_->is(Kind::call) && root_->items[0]->is(Kind::global)) {
        found = ": it holds a Python object (" + base::excerpt(root_->items[0]->text) + "." +
                base::excerpt(root_->items[0]->name) + ")";
      }
      fail("there are no named tensors in the file" + found, "save model.state_dict() with torch.save");
    }
    if (std::all_of(tensors_.begin(), tensors_.end(), [](const auto& t) { return t.first.starts_with("module."); })) {
      for (auto& [name, node] : tensors_) name.erase(0, 7);
    }
  }
  void flatten(const PickleNode& dict, const std::string& prefix, int depth) {
    if (depth > kDeepest) fail("the file's dicts are nested too deeply");
    for (std::size_t i = 0; dict.is(Kind::dict) && i + 1 < dict.items.size(); i += 2) {
      const PickleNode& key = *dict.items[i];
      if (!key.is(Kind::text) || key.text.size() > 1000) continue;
      const std::string name = prefix + std::string(key.text);
      if (const PickleNode* tensor = tensor_in(dict.items[i + 1])) {
        if (tensors_.size() >= kMostTensors) fail("the file names more than 100,000 tensors");
        tensors_.emplace_back(name, tensor);
      } else if (++looked_at_ <= kMostValues) {
        flatten(*dict.items[i + 1], name + ".", depth + 1);
      } else {
        fail("the file names more than a million values");
      }
    }
  }

  std::span<const std::byte> bytes_;
  std::string where_;
  std::optional<ZipArchive> zip_ = {};
  std::string prefix_ = {};
  std::deque<Pickle> pickles_ = {};  ///< whose nodes must stay where they are
  const PickleNode* root_ = nullptr;
  mutable std::map<std::string_view, std::span<const std::byte>> storages_ = {};  ///< of a zip: those checked so far
  std::vector<std::pair<std::string, const PickleNode*>> tensors_ = {};
  std::size_t looked_at_ = 0;
};

}  // namespace youden::weights
