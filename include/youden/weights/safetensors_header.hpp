#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/config/json.hpp"
#include "youden/weights/named_tensor.hpp"

namespace youden::weights {

/// One tensor of a .safetensors file, before its bytes are read.
struct SafetensorsEntry {
  std::string name;
  DType dtype = DType::f32;
  std::vector<std::int64_t> shape = {};
  std::uint64_t begin = 0;  ///< offsets within the data section
  std::uint64_t end = 0;
};

/// The JSON at the start of a .safetensors file (github.com/huggingface/safetensors, "Format"), parsed without
/// trusting it: entries in the order written, checked one by one and against `data_bytes`.
class SafetensorsHeader {
 public:
  static constexpr std::size_t kMaxRank = 32;

  /// Throws WeightsError with `where` (the file) and what is wrong.
  static SafetensorsHeader parse(std::string_view json, std::uint64_t data_bytes, const std::string& where) {
    Parser parser;
    if (!config::Json::sax_parse(json.begin(), json.end(), &parser)) {
      throw base::WeightsError({"broken header: " + parser.fault, where, "fetch or export the file again"});
    }
    SafetensorsHeader header{std::move(parser.entries), std::move(parser.metadata)};
    header.check(data_bytes, where);
    return header;
  }

  std::vector<SafetensorsEntry> entries;
  std::map<std::string, std::string> metadata;

 private:
  /// Names come from the file: a message shows their beginning only.
  static std::string clip(const std::string& text) { return text.size() <= 80 ? text : text.substr(0, 80) + "…"; }

  void check(std::uint64_t data_bytes, const std::string& where) const {
    const auto refuse = [&](const SafetensorsEntry& e, const std::string& what) {
      throw base::WeightsError(
          {fmt::format("broken header: tensor '{}' {}", clip(e.name), what), where, "fetch or export the file again"});
    };
    for (const SafetensorsEntry& e : entries) {
      const std::string range = fmt::format("[{}, {})", e.begin, e.end);
      if (e.begin > e.end || e.end > data_bytes) refuse(e, fmt::format("lies at bytes {} of {}", range, data_bytes));
      const auto bytes = byte_count(e.dtype, e.shape);
      if (!bytes) refuse(e, "has the impossible shape " + shape_text(e.shape));
      if (*bytes != e.end - e.begin) {
        refuse(e, fmt::format("of shape {} and type {} needs {} bytes but spans {}", shape_text(e.shape),
                              info(e.dtype).name, *bytes, range));
      }
    }
    std::vector<const SafetensorsEntry*> by_place;
    for (const SafetensorsEntry& e : entries) by_place.push_back(&e);
    std::sort(by_place.begin(), by_place.end(),
              [](const auto* a, const auto* b) { return std::pair(a->begin, a->end) < std::pair(b->begin, b->end); });
    std::uint64_t reached = 0;
    for (const SafetensorsEntry* e : by_place) {
      if (e->begin < reached) refuse(*e, "overlaps the tensor before it");
      if (e->begin > reached) refuse(*e, "leaves a hole before it, at byte " + std::to_string(reached));
      reached = e->end;
    }
    if (reached != data_bytes) {
      throw base::WeightsError(
          {"broken header: " + std::to_string(data_bytes - reached) + " bytes at the end belong to no tensor", where,
           "fetch or export the file again"});
    }
  }

  /// Knows the one nesting that is allowed, so depth is bounded and no document tree is built.
  struct Parser : nlohmann::json_sax<config::Json> {
    enum class At { start, root, metadata, tensor, shape, offsets, end };

    std::vector<SafetensorsEntry> entries;
    std::map<std::string, std::string> metadata;
    std::string fault = "it is empty";

    bool start_object(std::size_t /*elements*/) override {
      if (at_ == At::start) return go(At::root);
      if (at_ != At::root) return refuse("an object stands where none belongs");
      if (key_ == "__metadata__") return go(At::metadata);
      entries.push_back({key_});
      parts_ = {};
      return go(At::tensor);
    }
    bool end_object() override {
      if (at_ == At::root) return go(At::end);
      if (at_ == At::tensor && parts_.size() != 3) return refuse("it lacks dtype, shape or data_offsets");
      return go(At::root);
    }
    bool key(std::string& name) override {
      std::set<std::string>& seen = at_ == At::root ? names_ : at_ == At::metadata ? metadata_names_ : parts_;
      key_ = name;
      if (!seen.insert(name).second) return refuse("the key '" + clip(name) + "' stands there twice");
      if (at_ == At::tensor && name != "dtype" && name != "shape" && name != "data_offsets") {
        return refuse("unknown key '" + clip(name) + "'");
      }
      return true;
    }
    bool string(std::string& text) override {
      if (at_ == At::metadata) {
        metadata[key_] = text;
        return true;
      }
      if (at_ != At::tensor || key_ != "dtype") return refuse("a text stands where none belongs");
      const auto dtype = dtype_named(text);
      if (!dtype) return refuse("element type '" + clip(text) + "' is not one of F64, F32, F16, BF16, I64, I32, U8");
      entries.back().dtype = *dtype;
      return true;
    }
    bool start_array(std::size_t /*elements*/) override {
      if (at_ == At::tensor && key_ == "shape") return go(At::shape);
      if (at_ == At::tensor && key_ == "data_offsets") {
        offsets_ = 0;
        return go(At::offsets);
      }
      return refuse("a list stands where none belongs");
    }
    bool end_array() override {
      if (at_ == At::offsets && offsets_ != 2) return refuse("data_offsets are not two numbers");
      return go(At::tensor);
    }
    bool number_unsigned(std::uint64_t value) override {
      SafetensorsEntry* entry = entries.empty() ? nullptr : &entries.back();
      if (at_ == At::shape) {
        if (value > std::numeric_limits<std::int64_t>::max()) return refuse("an extent is too large");
        if (entry->shape.size() == kMaxRank) return refuse("a shape has more than 32 axes");
        entry->shape.push_back(static_cast<std::int64_t>(value));
        return true;
      }
      if (at_ != At::offsets) return refuse("a number stands where none belongs");
      if (offsets_ == 2) return refuse("data_offsets are not two numbers");
      (offsets_++ == 0 ? entry->begin : entry->end) = value;
      return true;
    }
    bool number_integer(std::int64_t value) override { return refuse("negative number " + std::to_string(value)); }
    bool number_float(double /*value*/, const std::string& text) override {
      return refuse("number " + clip(text) + " is not a whole one");
    }
    bool null() override { return refuse("null stands where a value belongs"); }
    bool boolean(bool /*value*/) override { return refuse("true or false stands where none belongs"); }
    bool binary(binary_t& /*value*/) override { return refuse("binary data stands where none belongs"); }
    bool parse_error(std::size_t position, const std::string& /*token*/,
                     const nlohmann::detail::exception& /*error*/) override {
      fault = "not valid JSON in UTF-8 at byte " + std::to_string(position);
      return false;
    }

   private:
    bool go(At next) {
      at_ = next;
      return true;
    }
    bool refuse(const std::string& what) {
      fault = key_.empty() ? what : what + " (near '" + clip(key_) + "')";
      return false;
    }

    At at_ = At::start;
    std::string key_;
    std::set<std::string> names_;
    std::set<std::string> metadata_names_;
    std::set<std::string> parts_;
    int offsets_ = 0;
  };
};

}  // namespace youden::weights
