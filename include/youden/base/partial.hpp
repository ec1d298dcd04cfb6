#pragma once
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/process_id.hpp"
#include "youden/base/text.hpp"

namespace youden::base {

/// Who may read a file once it is there: as the umask says, or nobody but its owner. What holds patients, labels or
/// films (databases, exports, bundles, pages) is `owner_only`.
enum class Readable { as_umask_says, owner_only };

/// The name of what is being made beside its place: `NAME.PID-TICKS-BOOT-SPACE-RANDOM.partial`. It says whose it is, so
/// that what a kill left can be told from what somebody is writing, and nobody can guess it.
struct PartialName {
  ProcessId owner;  ///< `boot` is its first eight characters

  static std::string make(const std::string& name) {
    const ProcessId me = ProcessId::self();
    std::array<unsigned char, 8> chance{};
    std::size_t filled = 0;
    while (filled < chance.size()) {
      const ssize_t n = ::getrandom(chance.data() + filled, chance.size() - filled, 0);
      if (n < 0 && errno != EINTR) throw StoreError({"the system gives no random bytes", "getrandom"});
      if (n > 0) filled += static_cast<std::size_t>(n);
    }
    std::string hex;
    for (const unsigned char c : chance) {
      hex += "0123456789abcdef"[c >> 4U];
      hex += "0123456789abcdef"[c & 15U];
    }
    const auto or_zero = [](const std::string& text) { return text.empty() ? std::string("0") : text; };
    const std::string rest = "." + std::to_string(me.pid) + "-" + or_zero(me.ticks) + "-" +
                             or_zero(me.boot.substr(0, 8)) + "-" + or_zero(me.space) + "-" + hex + ".partial";
    constexpr std::size_t kLongest = 240;  // NAME_MAX less what SQLite appends
    return name.substr(0, kLongest - rest.size()) + rest;
  }

  /// Empty for a name of another kind. A journal that SQLite made beside a partial database (`….partial-wal`) counts.
  static std::optional<PartialName> parse(const std::string& name) {
    const auto end = name.rfind(".partial");
    if (end == std::string::npos || end == 0) return {};
    const std::string after = name.substr(end + 8);
    if (!after.empty() && after != "-wal" && after != "-shm" && after != "-journal") return {};
    const auto begin = name.rfind('.', end - 1);
    if (begin == std::string::npos) return {};
    const auto pieces = split(name.substr(begin + 1, end - begin - 1), '-');
    if (pieces.size() != 5 || pieces[4].size() != 16) return {};
    for (const std::string& piece : pieces) {
      if (piece.empty() || piece.find_first_not_of("0123456789abcdef") != std::string::npos) return {};
    }
    return PartialName{{pieces[2], pieces[3], std::strtoll(pieces[0].c_str(), nullptr, 10), pieces[1]}};
  }

  /// Whether its maker is known to be gone: on this host since this boot, in this pid namespace. Who cannot be judged
  /// counts as alive, unless nothing has happened to the file for a day.
  [[nodiscard]] bool is_abandoned(const std::filesystem::path& file) const {
    const bool judged = owner.boot == boot_id().substr(0, 8) && owner.space == pid_namespace() && owner.space != "0" &&
                        !owner.space.empty() && owner.ticks != "0";
    if (judged) return !owner.lives();
    struct stat status {};
    constexpr std::time_t kDay = 86'400;
    return ::lstat(file.c_str(), &status) == 0 && ::time(nullptr) - status.st_mtime > kDay;
  }
};

/// Removes what dead processes left half made in a folder. Links are removed, never followed.
inline std::size_t remove_abandoned(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::vector<fs::path> found;
  std::error_code failed;
  for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
    const auto name = PartialName::parse(it->path().filename().string());
    if (name && name->is_abandoned(it->path())) found.push_back(it->path());
  }
  std::size_t removed = 0;
  for (const auto& file : found) {
    std::error_code ignored;
    removed += fs::remove_all(file, ignored) > 0 && !ignored ? 1 : 0;
  }
  return removed;
}

/// A place beside `target` for what appears there whole or not at all: a new, empty file (or folder) that only this
/// object knows. Gone with the object unless `commit()` was reached. The first one that a process makes in a folder
/// removes what dead processes left there.
class Partial {
 public:
  enum class Kind { file, folder };

  explicit Partial(std::filesystem::path target, Readable readable = Readable::as_umask_says, Kind kind = Kind::file)
      : target_(std::move(target)) {
    const auto parent = target_.parent_path();
    std::error_code ignored;
    if (!parent.empty()) std::filesystem::create_directories(parent, ignored);
    tidy_once(parent.empty() ? "." : parent);
    path_ = parent / PartialName::make(target_.filename().string());
    if (kind == Kind::folder) {
      if (::mkdir(path_.c_str(), readable == Readable::owner_only ? 0700 : 0777) != 0) fail("cannot create");
    } else {
      const mode_t mode = readable == Readable::owner_only ? 0600 : 0666;
      fd_ = ::open(path_.c_str(), O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, mode);
      if (fd_ < 0) fail("cannot create");
    }
    made_ = true;
  }
  Partial(const Partial&) = delete;
  Partial& operator=(const Partial&) = delete;
  ~Partial() {
    close();
    if (made_) discard();
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const std::filesystem::path& target() const { return target_; }
  [[nodiscard]] int fd() const { return fd_; }  ///< of a file that was not handed over

  /// For another program, or SQLite, that opens the path itself.
  void hand_over() { close(); }

  /// A file's content is on the disk.
  void sync() {
    const int fd = fd_ >= 0 ? fd_ : ::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) fail("cannot open");
    const bool synced = ::fsync(fd) == 0;
    if (fd != fd_) ::close(fd);
    if (!synced) fail("cannot sync");
  }

  /// Brings it into place, synced.
  void commit() {
    sync();
    if (fd_ >= 0 && ::close(std::exchange(fd_, -1)) != 0) fail("cannot close");
    if (::rename(path_.c_str(), target_.c_str()) != 0) fail("cannot rename into place");
    made_ = false;
    const auto parent = target_.parent_path();
    const int dir = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0) {
      ::fsync(dir);
      ::close(dir);
    }
  }

  [[noreturn]] void fail(const std::string& did) const {
    const int error = errno;
    throw StoreError({did + " the file: " + std::strerror(error), target_.string(),
                      error == ENOSPC ? "free some space and resume; what was committed is safe"
                                      : "check that the folder exists and is writable"});
  }

 private:
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void discard() const {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
    for (const char* journal : {"-wal", "-shm", "-journal"}) ::unlink((path_.string() + journal).c_str());
  }
  static void tidy_once(const std::filesystem::path& folder) {
    static std::mutex mutex;
    static std::set<std::string> tidied;
    {
      const std::scoped_lock lock(mutex);
      std::error_code ignored;
      if (!tidied.insert(std::filesystem::absolute(folder, ignored).lexically_normal().string()).second) return;
    }
    remove_abandoned(folder);
  }

  std::filesystem::path target_;
  std::filesystem::path path_;
  int fd_ = -1;
  bool made_ = false;
};

}  // namespace youden::base
