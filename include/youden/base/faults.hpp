#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"

namespace youden::base {

/// Collects every fault of one pass, so that a person mends them all at once.
class Faults {
 public:
  void add(Fault fault) { faults_.push_back(std::move(fault)); }
  void add(std::string what, std::string where = {}, std::string remedy = {}) {
    faults_.push_back({std::move(what), std::move(where), std::move(remedy)});
  }

  [[nodiscard]] bool empty() const noexcept { return faults_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return faults_.size(); }
  [[nodiscard]] const std::vector<Fault>& all() const noexcept { return faults_; }

  /// One message: a single fault as it is, several as a list under `headline`.
  [[nodiscard]] Fault summary(const std::string& headline, std::size_t most = 50) const {
    if (faults_.size() == 1) return faults_.front();
    std::string text = std::to_string(faults_.size()) + " " + headline;
    for (std::size_t i = 0; i < faults_.size() && i < most; ++i) text += "\n  " + faults_[i].text();
    if (faults_.size() > most) text += "\n  … and " + std::to_string(faults_.size() - most) + " more";
    return {text};
  }

  /// Throws `E` with every fault if there is one.
  template <class E>
  void raise(const std::string& headline) const {
    if (!empty()) throw E(summary(headline));
  }

 private:
  std::vector<Fault> faults_;
};

}  // namespace youden::base
