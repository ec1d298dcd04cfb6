#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/config/catalog.hpp"
#include "youden/config/fields.hpp"

namespace youden::registry {

/// Everything registered so far describes itself here. The one global of the library.
inline config::Catalog& catalog() {
  static config::Catalog instance;
  return instance;
}

/// A kind of component: its name in YAML (`kKind`), the options every component of it has (`Common`), and what
/// the composition root hands to its constructors (`Context`).
template <class I>
concept Kind = requires {
  { I::kKind } -> std::convertible_to<std::string>;
  typename I::Common;
  typename I::Context;
  I::Common::fields();
};

template <Kind I>
using Factory = std::function<std::unique_ptr<I>(const config::Json& options, const typename I::Context&)>;

template <Kind I>
std::map<std::string, Factory<I>>& factories() {
  static std::map<std::string, Factory<I>> instance;
  return instance;
}

/// Registers component `T` of kind `I` under `name`: one `inline const Register<…>` line in the component's header.
/// `T` has `using Options = …` (a struct with fields()) and a constructor `T(Options, const I::Context&)`.
template <Kind I, class T>
struct Register {
  Register(std::string name, std::string help, config::Json traits = config::Json::object()) {
    static_assert(std::is_base_of_v<I, T>, "a component derives from its kind's interface");
    static_assert(
        requires { typename T::Options; }, "a component names its options: using Options = …;");
    static_assert(std::is_constructible_v<T, typename T::Options, const typename I::Context&>,
                  "a component is constructible from (Options, const Context&)");
    factories<I>()[name] = [](const config::Json& options, const typename I::Context& context) -> std::unique_ptr<I> {
      return std::make_unique<T>(T::Options::fields().parse(options), context);
    };
    catalog().add_kind(I::kKind, I::Common::fields().describe());
    catalog().add({I::kKind, std::move(name), std::move(help), T::Options::fields().describe(), std::move(traits)});
  }
};

/// Builds a component from its checked configuration. Throws ConfigError naming what there is.
template <Kind I>
std::unique_ptr<I> make(const config::Component& component, const typename I::Context& context = {}) {
  const auto it = factories<I>().find(component.type);
  if (it == factories<I>().end()) {
    throw base::ConfigError({std::string("unknown ") + I::kKind + " '" + component.type + "'",
                             {},
                             base::suggestion(component.type, catalog().names(I::kKind))});
  }
  return it->second(component.options, context);
}

/// The options that every component of the kind shares.
template <Kind I>
typename I::Common common(const config::Component& component) {
  return I::Common::fields().parse(component.options);
}

}  // namespace youden::registry
