#pragma once
#include <c10/util/Exception.h>
#include <fmt/format.h>
#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <exception>
#include <opencv2/core.hpp>
#include <string>
#include <string_view>

#include "youden/base/error.hpp"

namespace youden::run {

/// What a run would go on from is gone or damaged. No doing of the experiment's, but resuming it comes to the same
/// again.
struct Stranded : base::RunError {
  Stranded(const std::string& what, const std::string& where)
      : RunError({what, where}, base::Exit::failed, base::Blame::machine) {}
};

/// Whose doing it is that work on a run, once begun, stopped. Films and weights were looked at before it began, so that
/// one that cannot be read any more was lost or changed meanwhile; memory and devices that libraries miss are the
/// machine's. All else, a loss that is no number above all, is the experiment's.
inline base::Blame blame_of(const std::exception& e) {
  using base::Blame;
  if (dynamic_cast<const base::DataError*>(&e) != nullptr || dynamic_cast<const base::WeightsError*>(&e) != nullptr ||
      dynamic_cast<const SQLite::Exception*>(&e) != nullptr) {
    return Blame::machine;
  }
  if (const auto* image = dynamic_cast<const cv::Exception*>(&e)) {
    return image->code == cv::Error::StsNoMem ? Blame::machine : Blame::experiment;
  }
  if (const auto* torch = dynamic_cast<const c10::Error*>(&e)) {
    const std::string text = torch->what_without_backtrace();
    for (const std::string_view word : {"allocate memory", "not enough memory", "out of memory", "CUDA error"}) {
      if (text.find(word) != std::string::npos) return Blame::machine;
    }
    return Blame::experiment;
  }
  return base::blame_of(e);
}

/// The word that the run's row gets.
inline const char* status_after(const std::exception& e) {
  return blame_of(e) == base::Blame::machine ? "interrupted" : "failed";
}

/// Of a library's exception the sentence, without its backtrace.
inline std::string reason_of(const std::exception& e) {
  if (const auto* torch = dynamic_cast<const c10::Error*>(&e)) return torch->what_without_backtrace();
  if (dynamic_cast<const std::bad_alloc*>(&e) != nullptr) return "there was not enough memory";
  return e.what();
}

/// The machine stopped a run that is sound: what it committed is there, and where that is whole, it can be resumed.
struct Halted : base::RunError {
  Halted(std::int64_t run, const std::exception& e)
      : RunError({reason_of(e), {}, remedy(run, dynamic_cast<const Stranded*>(&e) != nullptr)}, base::Exit::failed,
                 base::Blame::machine) {}

 private:
  static std::string remedy(std::int64_t run, bool stranded) {
    return stranded ? fmt::format("it cannot be resumed; start anew with: youden train run:{} --again", run)
                    : fmt::format("resume goes on from the last commit: youden resume {}", run);
  }
};

}  // namespace youden::run
