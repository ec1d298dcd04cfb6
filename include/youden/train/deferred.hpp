#pragma once
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace youden::train {

/// Work that is done when it is first needed, if ever, and then once. `now()` may be called from many threads.
class Deferred {
 public:
  explicit Deferred(std::function<void()> work) : steps_{std::move(work)} {}
  /// Something more to do at the end of it; nothing where all is done already.
  void then(std::function<void()> work) { steps_.push_back(std::move(work)); }
  void now() {
    std::call_once(once_, [&] {
      for (const auto& step : steps_) step();
    });
  }

 private:
  std::vector<std::function<void()>> steps_;
  std::once_flag once_;
};

}  // namespace youden::train
