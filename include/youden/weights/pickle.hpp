#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace youden::weights {

/// One value of an unpickled file: data, never code. Containers refer to nodes of the same `Pickle`, so that shared and
/// self-containing values cost nothing and nothing is freed recursively.
struct PickleNode {
  enum class Kind {
    none,
    boolean,
    integer,
    real,
    text,        ///< str, bytes, and integers beyond 64 bits (as their little-endian bytes)
    list,        ///< list, tuple, set: `items`
    dict,        ///< `items` are key, value, key, value …
    global,      ///< a name such as `torch FloatStorage`: only ever a name
    call,        ///< what calling items[0] (a global) with items[1] (a tuple) would have made; never carried out
    persistent,  ///< a persistent id: items[0]
    mark
  };
  Kind kind = Kind::none;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text = {};  ///< into the file's bytes; of a global its module
  std::string_view name = {};  ///< of a global
  std::vector<const PickleNode*> items = {};

  [[nodiscard]] bool is(Kind k) const { return kind == k; }
  [[nodiscard]] bool is_global(std::string_view module, std::string_view global) const {
    return kind == Kind::global && text == module && name == global;
  }
  /// A dict's value, or nullptr.
  [[nodiscard]] const PickleNode* find(std::string_view key) const {
    for (std::size_t i = 0; kind == Kind::dict && i + 1 < items.size(); i += 2) {
      if (items[i]->kind == Kind::text && items[i]->text == key) return items[i + 1];
    }
    return nullptr;
  }
};

/// What one pickle holds. Lives as long as the bytes it was read from.
struct Pickle {
  Pickle() = default;
  Pickle(const Pickle&) = delete;  // nodes point to each other
  Pickle& operator=(const Pickle&) = delete;
  Pickle(Pickle&&) = default;
  Pickle& operator=(Pickle&&) = default;
  ~Pickle() = default;

  std::deque<PickleNode> nodes = {};
  const PickleNode* value = nullptr;
  std::size_t size = 0;  ///< bytes, STOP included
};

}  // namespace youden::weights
