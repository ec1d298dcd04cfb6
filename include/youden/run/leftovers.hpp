#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "youden/base/partial.hpp"
#include "youden/store/run_writer.hpp"

namespace youden::run {

/// Files in a completed run's folder that only an unfinished run needs: checkpoints, and partial files of
/// processes that are gone. A kill between a run's last commit and its tidying leaves them.
inline std::vector<std::filesystem::path> leftovers(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> out;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    const auto partial = base::PartialName::parse(name);
    if (name.starts_with("checkpoint-") ? !partial || partial->is_abandoned(entry.path())
                                        : partial && partial->is_abandoned(entry.path())) {
      out.push_back(entry.path());
    }
  }
  return out;
}

inline void remove_leftovers(store::Database& db, std::int64_t run, const std::filesystem::path& folder) {
  store::forget_checkpoints(db, run);  // first the rows, so that none names a file that is gone
  std::error_code ignored;
  for (const auto& file : leftovers(folder)) std::filesystem::remove(file, ignored);
}

}  // namespace youden::run
