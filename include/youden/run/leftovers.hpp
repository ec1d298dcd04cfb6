#pragma once
#include <sys/types.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "youden/base/text.hpp"
#include "youden/store/run_writer.hpp"

namespace youden::run {

namespace detail {

/// The process that a partial file's name mentions, as in `model.safetensors.123-0.partial`; 0 = none.
inline pid_t writer_of(const std::string& name) {
  for (const std::string& piece : base::split(name, '.')) {
    if (const auto pid = static_cast<pid_t>(std::strtol(piece.c_str(), nullptr, 10)); pid > 0) return pid;
  }
  return 0;
}

}  // namespace detail

/// Files in a completed run's folder that only an unfinished run needs: checkpoints, and partial files of
/// processes that are gone. A kill between a run's last commit and its tidying leaves them.
inline std::vector<std::filesystem::path> leftovers(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> out;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::filesystem::path name = entry.path().filename();
    const pid_t pid = detail::writer_of(name.string());
    const bool writing = pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM);
    if (name.string().starts_with("checkpoint-") || (name.extension() == ".partial" && !writing)) {
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
