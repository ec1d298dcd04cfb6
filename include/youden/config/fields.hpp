#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "youden/config/field.hpp"

namespace youden::config {

/// A component as written in YAML: which one, and its options (checked, with every default filled in).
struct Component {
  std::string type;
  Json options = Json::object();
  bool operator==(const Component&) const = default;
};

inline Component component_from_json(const Json& j) {
  if (j.is_string()) return {j.get<std::string>()};
  Component c{j.at("type").get<std::string>(), j};
  c.options.erase("type");
  return c;
}
inline Json component_to_json(const Component& c) {
  if (c.options.empty()) return c.type;
  Json j{{"type", c.type}};
  j.update(c.options);
  return j;
}

/// Free keys with a text, or a list of texts, each: all text, so that `no` and `1` need no quotes.
using TextMap = std::map<std::string, std::string>;
using TextsMap = std::map<std::string, std::vector<std::string>>;

/// Either a word such as `auto`, or a value.
template <class T>
using WordOr = std::variant<std::string, T>;

template <class T>
const T* value_of(const WordOr<T>& v) {
  return std::get_if<T>(&v);
}

namespace detail {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsWordOr : std::false_type {};
template <class T>
struct IsWordOr<std::variant<std::string, T>> : std::true_type {};
template <class T>
concept Section = requires {
  T::fields();
};
template <class T>
struct IsSections : std::false_type {};
template <Section T>
struct IsSections<std::vector<T>> : std::true_type {};

template <class M>
void describe_type(Field& f) {
  if constexpr (IsOptional<M>::value) {
    describe_type<typename M::value_type>(f);
    f.nullable = true;
  } else if constexpr (IsWordOr<M>::value) {
    describe_type<std::variant_alternative_t<1, M>>(f);
  } else if constexpr (std::is_same_v<M, bool>) {
    f.type = FieldType::boolean;
  } else if constexpr (std::is_integral_v<M>) {
    f.type = FieldType::integer;
    if (std::is_unsigned_v<M> && !f.min) f.min = 0;
    if constexpr (sizeof(M) < sizeof(std::int64_t)) {  // what does not fit is out of range, never cut off
      if (!f.min) f.min = std::numeric_limits<M>::min();
      if (!f.max) f.max = std::numeric_limits<M>::max();
    }
  } else if constexpr (std::is_floating_point_v<M>) {
    f.type = FieldType::number;
  } else if constexpr (std::is_same_v<M, std::string>) {
    f.type = FieldType::text;
  } else if constexpr (std::is_same_v<M, std::vector<double>>) {
    f.type = FieldType::numbers;
  } else if constexpr (std::is_same_v<M, std::vector<std::string>>) {
    f.type = FieldType::texts;
  } else if constexpr (std::is_same_v<M, TextMap>) {
    f.type = FieldType::text_map;
  } else if constexpr (std::is_same_v<M, TextsMap>) {
    f.type = FieldType::texts_map;
  } else if constexpr (std::is_same_v<M, Component>) {
    f.type = FieldType::component;
  } else if constexpr (std::is_same_v<M, std::vector<Component>>) {
    f.type = FieldType::components;
  } else if constexpr (Section<M>) {
    f.type = FieldType::section;
    f.fields = M::fields().describe();
  } else if constexpr (IsSections<M>::value) {
    f.type = FieldType::sections;
    f.fields = M::value_type::fields().describe();
  } else {
    static_assert(std::is_same_v<M, Json>,
                  "an option is bool, integer, double, string, a vector of double or string, TextMap, TextsMap, "
                  "Component(s), Json, a struct with fields() or a vector of it, or std::optional / WordOr of one of "
                  "them");
    f.type = FieldType::any;
  }
}

template <class M>
void read(M& into, const Json& j) {
  if constexpr (IsOptional<M>::value) {
    if (j.is_null()) {
      into.reset();
    } else {
      typename M::value_type value{};
      read(value, j);
      into = std::move(value);
    }
  } else if constexpr (IsWordOr<M>::value) {
    using T = std::variant_alternative_t<1, M>;
    if (j.is_string()) {
      into = j.get<std::string>();
    } else {
      T value{};
      read(value, j);
      into = std::move(value);
    }
  } else if constexpr (std::is_same_v<M, Component>) {
    into = component_from_json(j);
  } else if constexpr (std::is_same_v<M, std::vector<Component>>) {
    into.clear();
    for (const Json& item : j) into.push_back(component_from_json(item));
  } else if constexpr (Section<M>) {
    into = M::fields().parse(j);
  } else if constexpr (IsSections<M>::value) {
    into.clear();
    for (const Json& item : j) into.push_back(M::value_type::fields().parse(item));
  } else if constexpr (std::is_same_v<M, Json>) {
    into = j;
  } else {
    j.get_to(into);
  }
}

template <class M>
Json write(const M& value) {
  if constexpr (IsOptional<M>::value) {
    return value ? write(*value) : Json();
  } else if constexpr (IsWordOr<M>::value) {
    if (const auto* word = std::get_if<std::string>(&value)) return *word;
    return write(std::get<1>(value));
  } else if constexpr (std::is_same_v<M, Component>) {
    return component_to_json(value);
  } else if constexpr (std::is_same_v<M, std::vector<Component>>) {
    Json list = Json::array();
    for (const Component& c : value) list.push_back(component_to_json(c));
    return list;
  } else if constexpr (Section<M>) {
    return M::fields().print(value);
  } else if constexpr (IsSections<M>::value) {
    Json list = Json::array();
    for (const auto& item : value) list.push_back(M::value_type::fields().print(item));
    return list;
  } else {
    return value;
  }
}

}  // namespace detail

/// Describes the options struct `T` once: each field's key, help, unit and range, bound to its member. Defaults
/// are those of a default-constructed `T`.
template <class T>
class Fields {
 public:
  template <class M>
  // They are moved from, which the check does not see in a template.
  // NOLINTNEXTLINE(performance-unnecessary-value-param)
  Fields& add(M T::*member, std::string name, std::string help, Spec spec = {}) {
    const auto defaults = std::make_unique<T>();  // on the stack, GCC 12 warns of members that it takes for unset
    Field f{.name = std::move(name),
            .help = std::move(help),
            .unit = std::move(spec.unit),
            .fallback = detail::write((*defaults).*member),
            .required = spec.required,
            .min = spec.min,
            .max = spec.max,
            .above_min = spec.above_min,
            .choices = std::move(spec.choices),
            .words = std::move(spec.words),
            .pattern = std::move(spec.pattern),
            .kind = std::move(spec.kind),
            .path = spec.path,
            .tied = spec.tied};
    detail::describe_type<M>(f);
    entries_.push_back({std::move(f), [member](T& t, const Json& j) { detail::read(t.*member, j); },
                        [member](const T& t) { return detail::write(t.*member); }});
    return *this;
  }

  [[nodiscard]] std::vector<Field> describe() const {
    std::vector<Field> out;
    for (const Entry& e : entries_) out.push_back(e.field);
    return out;
  }
  /// Typed options from checked JSON; keys that are absent keep their default, other components' keys are ignored.
  [[nodiscard]] T parse(const Json& j) const {
    T t{};
    for (const Entry& e : entries_) {
      if (const auto it = j.find(e.field.name); it != j.end()) e.read(t, *it);
    }
    return t;
  }
  [[nodiscard]] Json print(const T& t) const {
    Json j = Json::object();
    for (const Entry& e : entries_) j[e.field.name] = e.write(t);
    return j;
  }

 private:
  struct Entry {
    Field field;
    std::function<void(T&, const Json&)> read;
    std::function<Json(const T&)> write;
  };
  std::vector<Entry> entries_;
};

/// Options of a component that has none.
struct NoOptions {
  static const Fields<NoOptions>& fields() {
    static const Fields<NoOptions> f;
    return f;
  }
};

}  // namespace youden::config
