#pragma once
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "youden/base/text.hpp"

namespace youden::base {

/// What a person needs to mend a fault: what is wrong, where it stands, what to do.
struct Fault {
  std::string what;         ///< one sentence, with the offending value in it
  std::string where = {};   ///< `file:line:col`, a path, or "command line"; empty when there is no place
  std::string remedy = {};  ///< what to type or change; empty when `what` already says it

  /// The place is often a file's name, which may hold line breaks and worse.
  [[nodiscard]] std::string text() const {
    std::string out = where.empty() ? what : printable(where) + ": " + what;
    if (!remedy.empty()) out += "\n    " + remedy;
    return out;
  }
};

/// Process exit codes, as the README lists them.
enum class Exit : int { done = 0, failed = 1, bad_input = 2, check_said_no = 3, interrupted = 130 };

/// Whose doing a failure is. What the machine did (disk, lock, memory, signal) may go otherwise the next time, so that
/// work on a run can be resumed; what the experiment's own numbers or configuration did comes out the same each time.
enum class Blame { experiment, machine };

/// Root of every exception that Youden throws. `what()` is ready to be shown to a person.
class Error : public std::runtime_error {
 public:
  Error(std::string_view room, Exit exit, const Fault& fault, Blame blame = Blame::experiment)
      : std::runtime_error(fault.text()), room_(room), exit_(exit), blame_(blame) {}

  [[nodiscard]] const std::string& room() const noexcept { return room_; }
  [[nodiscard]] int exit_code() const noexcept { return static_cast<int>(exit_); }
  [[nodiscard]] Blame blame() const noexcept { return blame_; }

 private:
  std::string room_;
  Exit exit_;
  Blame blame_;
};

/// The command line or a YAML file is wrong.
struct ConfigError : Error {
  explicit ConfigError(const Fault& fault) : Error("config", Exit::bad_input, fault) {}
};
/// Images, manifests or labels are wrong.
struct DataError : Error {
  explicit DataError(const Fault& fault) : Error("data", Exit::bad_input, fault) {}
};
/// A weight file is wrong, absent or does not fit the network.
struct WeightsError : Error {
  explicit WeightsError(const Fault& fault) : Error("weights", Exit::bad_input, fault) {}
};
/// The results database or the results folder cannot be used.
struct StoreError : Error {
  explicit StoreError(const Fault& fault, Exit exit = Exit::failed) : Error("store", exit, fault, Blame::machine) {}
};
/// A run could not go on.
struct RunError : Error {
  explicit RunError(const Fault& fault, Exit exit = Exit::failed, Blame blame = Blame::experiment)
      : Error("run", exit, fault, blame) {}
};
/// SIGINT or SIGTERM arrived; what was committed is resumable.
struct Interrupted : Error {
  explicit Interrupted(const Fault& fault) : Error("run", Exit::interrupted, fault, Blame::machine) {}
};

/// Of any exception: memory that ran out, and what the system refused, are the machine's.
inline Blame blame_of(const std::exception& e) {
  if (const auto* known = dynamic_cast<const Error*>(&e)) return known->blame();
  const bool machine =
      dynamic_cast<const std::bad_alloc*>(&e) != nullptr || dynamic_cast<const std::system_error*>(&e) != nullptr;
  return machine ? Blame::machine : Blame::experiment;
}

}  // namespace youden::base
