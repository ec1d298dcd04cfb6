#pragma once
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>

#include <optional>
#include <utility>
#include <vector>

namespace youden::backbone {

/// An operator of libtorch that has no C++ function, by its registered name; absent where this build lacks it.
class Operator {
 public:
  explicit Operator(const char* name, const char* overload = "") {
    const auto found = c10::Dispatcher::singleton().findSchema({name, overload});
    if (found.has_value()) handle_ = *found;
  }
  [[nodiscard]] bool exists() const { return handle_.has_value(); }

  /// Its one result. Throws c10::Error as any operator does.
  template <class... Arguments>
  c10::IValue operator()(Arguments&&... arguments) const {
    std::vector<c10::IValue> stack{c10::IValue(std::forward<Arguments>(arguments))...};
    handle_->callBoxed(stack);
    return std::move(stack.front());
  }

 private:
  std::optional<c10::OperatorHandle> handle_;
};

}  // namespace youden::backbone
