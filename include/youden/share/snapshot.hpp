#pragma once
#include <filesystem>

#include "youden/base/partial.hpp"
#include "youden/store/database.hpp"

namespace youden::share {

/// A private copy of a results database as it was at one moment, beside the file that is being made from it, where only
/// its owner can read it; gone with the object, and after a kill with the next command that writes there. What is
/// copied from it fits together, holds no lock on the original and needs no right to write there.
class Snapshot {
 public:
  /// `beside`: the database or export that takes its rows.
  Snapshot(const std::filesystem::path& of, const std::filesystem::path& beside,
           int busy_timeout_ms = store::kBusyTimeoutMs)
      : place_(std::filesystem::absolute(beside), base::Readable::owner_only) {
    place_.hand_over();
    store::Database::open_copy(of, file(), busy_timeout_ms);
  }

  [[nodiscard]] const std::filesystem::path& file() const { return place_.path(); }

 private:
  base::Partial place_;
};

}  // namespace youden::share
