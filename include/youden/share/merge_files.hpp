#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "youden/base/beneath.hpp"
#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/partial.hpp"
#include "youden/share/transfer.hpp"
#include "youden/store/database.hpp"
#include "youden/store/door.hpp"
#include "youden/store/run_folder.hpp"

namespace youden::share {

/// The files of runs that are being merged. `stage` copies them beside their places, which takes its time and holds no
/// lock; `place` renames them within the transaction that names them. Unless `keep()` says that it committed, all is as
/// it was before.
class FileCopies {
 public:
  FileCopies(const store::Database& ours, std::filesystem::path their_folder)
      : ours_(ours), their_folder_(std::move(their_folder)) {}
  FileCopies(const FileCopies&) = delete;
  FileCopies& operator=(const FileCopies&) = delete;
  ~FileCopies() {
    std::error_code ignored;
    if (!kept_) {
      for (auto it = copies_.rbegin(); it != copies_.rend(); ++it) it->undo();
    }
    copies_.clear();
    for (const auto& folder : made_) std::filesystem::remove(folder, ignored);  // what stayed empty
  }

  /// Whether `runs/<uid>` beside the other database holds files.
  [[nodiscard]] bool has_files(const std::string& uid) const { return !their_files(uid).empty(); }

  /// All files of a run.
  void stage(const std::string& uid) {
    for (const auto& rest : their_files(uid)) copy(uid, rest);
  }
  /// Those files of a run whose rows are here already that the rows name, that are not here and that lie there.
  void stage_missing(const std::string& uid, const std::vector<std::filesystem::path>& named) {
    const auto folder = store::run_folder(ours_, uid);
    for (const auto& file : named) {
      std::error_code ignored;
      if (std::filesystem::exists(file, ignored) || !store::is_below(folder, file)) continue;
      copy(uid, file.lexically_relative(folder));
    }
  }

  /// Within a transaction: what was staged of this run.
  void place(const std::string& uid) {
    for (Copy& c : copies_) {
      if (c.uid == uid && !c.placed) c.put();
    }
  }
  /// Within a transaction: the rows of our run `id` get their paths here.
  void name_files(Transfer& transfer, const std::string& uid, std::int64_t id) {
    transfer.place_files(id, [&](const std::string& stored) {
      const auto file = store::run_folder(ours_, uid) / store::below_run_folder(stored, uid);
      std::error_code ignored;
      if (!std::filesystem::exists(file, ignored)) missing_.push_back(file);
      return ours_.stored_path(file);
    });
  }
  void keep() {
    kept_ = true;
    for (const Copy& c : copies_) {
      if (c.placed && !c.exchanged) copied_.push_back(c.partial->target());
    }
  }

  [[nodiscard]] const std::vector<std::filesystem::path>& copied() const { return copied_; }
  [[nodiscard]] const std::vector<std::filesystem::path>& missing() const { return missing_; }

 private:
  struct Copy {
    std::string uid;
    std::unique_ptr<base::Partial> partial;
    bool placed = false;
    bool exchanged = false;  ///< what was there before lies under the partial name, until it is removed with that

    void put() {
      const char* from = partial->path().c_str();
      const char* to = partial->target().c_str();
      exchanged = ::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) == 0;
      if (!exchanged && ::rename(from, to) != 0) partial->fail("cannot rename into place");
      placed = true;
    }
    void undo() const {
      if (!placed) return;
      const char* from = partial->path().c_str();
      const char* to = partial->target().c_str();
      if (exchanged)
        ::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE);
      else
        ::unlink(to);
    }
  };

  [[nodiscard]] std::vector<std::filesystem::path> their_files(const std::string& uid) const {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const fs::path from = their_folder_ / "runs" / uid;
    if (fs::is_symlink(fs::symlink_status(their_folder_ / "runs", ignored))) return {};
    if (fs::equivalent(from, store::run_folder(ours_, uid), ignored))
      return {};  // two databases in one folder share it
    auto out = store::regular_files(from);
    std::erase_if(out, [](const fs::path& file) { return file.extension() == ".partial"; });
    return out;
  }

  void copy(const std::string& uid, const std::filesystem::path& rest) {
    const int from = base::open_beneath(their_folder_, std::filesystem::path("runs") / uid / rest);
    if (from < 0) return;  // a link, or gone meanwhile: then it is among the missing
    const struct Closer {  // NOLINT(cppcoreguidelines-special-member-functions): never copied
      int fd;
      ~Closer() { ::close(fd); }
    } closer{from};
    const auto to = store::run_folder(ours_, uid) / rest;
    std::vector<std::filesystem::path> made;
    std::error_code ignored;
    for (auto folder = to.parent_path(); !folder.empty() && !std::filesystem::exists(folder, ignored);
         folder = folder.parent_path()) {
      made.push_back(folder);
    }
    made_.insert(made_.begin(), made.begin(), made.end());
    auto partial = std::make_unique<base::Partial>(to, base::Readable::owner_only);
    std::vector<char> block(std::size_t{1} << 20U);
    for (ssize_t n = 0; (n = ::read(from, block.data(), block.size())) != 0;) {
      if (base::interrupted()) throw base::Interrupted({"interrupted; merging again goes on"});
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) partial->fail("cannot read what is copied to");
      for (ssize_t done = 0; done < n;) {
        const ssize_t w = ::write(partial->fd(), block.data() + done, static_cast<std::size_t>(n - done));
        if (w < 0 && errno == EINTR) continue;
        if (w < 0) partial->fail("cannot write");
        done += w;
      }
    }
    partial->sync();
    partial->hand_over();
    copies_.push_back({uid, std::move(partial)});
  }

  const store::Database& ours_;
  std::filesystem::path their_folder_;
  std::vector<Copy> copies_;
  std::vector<std::filesystem::path> copied_;
  std::vector<std::filesystem::path> made_;  ///< folders, the deepest first
  std::vector<std::filesystem::path> missing_;
  bool kept_ = false;
};

}  // namespace youden::share
