#pragma once
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "youden/base/clock.hpp"
#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/process.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/text.hpp"
#include "youden/weights/checksum.hpp"

namespace youden::weights {

struct DownloadOptions {
  int attempts = 4;                        ///< in a row without a byte of progress
  std::chrono::milliseconds pause{1'000};  ///< before the second attempt; doubled each time
};

/// A URL as it may stand in a message: without a user's name and password.
inline std::string shown_url(const std::string& url) {
  const auto host = url.find("://");
  if (host == std::string::npos) return url;
  const auto slash = url.find('/', host + 3);
  const auto at = url.rfind('@', slash);
  return at == std::string::npos || at < host ? url : url.substr(0, host + 3) + url.substr(at + 1);
}

/// One file by the program `curl` into `TARGET.partial`, which the next call (or process) goes on from; the same target
/// is never written by two at a time. `partial()` is whole after `run()`; nobody has looked at its content yet.
class Download {
 public:
  /// `resumable`: that the content will be checked, so that bytes of an earlier process may be trusted.
  Download(std::string url, std::filesystem::path target, bool resumable, DownloadOptions options = {})
      : url_(std::move(url)),
        target_(std::move(target)),
        partial_(target_.string() + ".partial"),
        resumable_(resumable),
        options_(options) {
    if (!url_.starts_with("http://") && !url_.starts_with("https://")) {
      throw base::ConfigError({"'" + shown_url(url_) + "' is no URL that can be fetched", "command line",
                               "it begins with https:// or http://; a file on this machine: youden weights add FILE"});
    }
    std::error_code ignored;
    std::filesystem::create_directories(target_.parent_path(), ignored);
    fd_ = ::open(partial_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd_ < 0) {
      throw base::StoreError({std::string("cannot write the download: ") + std::strerror(errno), partial_.string(),
                              "set YOUDEN_WEIGHTS to a folder that can be written"});
    }
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
      ::close(fd_);
      throw base::RunError({"another process is fetching this file", partial_.string(), "wait for it"});
    }
    if (!resumable) start_afresh();
  }
  Download(const Download&) = delete;
  Download& operator=(const Download&) = delete;
  ~Download() {
    if (size() == 0 || !resumable_) discard();
    ::close(fd_);
  }

  [[nodiscard]] const std::filesystem::path& partial() const { return partial_; }

  /// Throws RunError when the network fails for good, WeightsError when the server has no such file, Interrupted.
  /// `complete` is asked, with the partial file, when the server says that nothing is left to send.
  template <class Complete>
  void run(base::Progress& progress, const Complete& complete) {
    int left = options_.attempts;
    for (auto pause = options_.pause;; pause *= 2) {
      const std::uint64_t before = size();
      const base::ProcessResult curl = transfer(progress);
      if (base::interrupted()) {
        throw base::Interrupted({"interrupted" + kept(), shown_url(url_)});
      }
      if (!curl.started) {
        throw base::RunError({"the program curl is missing", {}, "install it (Debian: curl), or " + by_hand()});
      }
      const int status = last_status(curl.out);
      if (curl.code == 0) return finish(progress);
      if (status == 416 && before > 0 && complete(partial_)) return finish(progress);
      if (status == 416 || curl.code == kNoRanges) start_afresh();
      if (!transient(curl.code, status)) give_up(curl, status);
      if (size() > before) {
        left = options_.attempts;
        pause = options_.pause;
      }
      if (--left <= 0) give_up(curl, status);
      std::this_thread::sleep_for(pause);
    }
  }

  /// The partial file becomes the target: whole, and on the disk.
  void commit() {
    if (::fsync(fd_) == 0 && ::rename(partial_.c_str(), target_.c_str()) == 0) return;
    throw base::StoreError(
        {std::string("cannot bring the download into place: ") + std::strerror(errno), target_.string()});
  }
  void discard() const { ::unlink(partial_.c_str()); }

 private:
  // Exit codes of curl (curl.se/libcurl/c/libcurl-errors.html).
  static constexpr int kNoRanges = 33;
  static constexpr int kCannotWrite = 23;
  static constexpr int kTooLarge = 63;
  static constexpr std::uint64_t kMostBytes = std::uint64_t{16} << 30U;  ///< no weight file is larger

  [[nodiscard]] std::uint64_t size() const {
    struct stat status {};
    return ::fstat(fd_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
  }
  void start_afresh() const {
    if (::ftruncate(fd_, 0) != 0) throw base::StoreError({"cannot empty the file", partial_.string()});
  }
  static std::string megabytes(std::uint64_t bytes) {
    return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
  }
  [[nodiscard]] std::string kept() const {
    if (!resumable_ || size() == 0) return {};
    return "; " + megabytes(size()) + " are kept, and the same command goes on from there";
  }
  [[nodiscard]] std::string by_hand() const {
    return "fetch " + shown_url(url_) + " elsewhere and then: youden weights add FILE";
  }

  base::ProcessResult transfer(base::Progress& progress) {
    const bool secure = url_.starts_with("https://");
    const std::string label = target_.filename().string();
    const std::uint64_t began = size();
    const base::Stopwatch since;
    // --speed-*: less than a byte a second for a minute is a dead connection.
    return base::run_process({"curl",
                              "--disable",  // no rc file of whoever's home this is
                              "--silent",
                              "--show-error",
                              "--fail",
                              "--location",
                              "--max-redirs",
                              "10",
                              "--proto",
                              "=http,https",
                              "--proto-redir",
                              secure ? "=https" : "=http,https",
                              "--globoff",
                              "--max-filesize",
                              std::to_string(kMostBytes),
                              "--connect-timeout",
                              "30",
                              "--speed-limit",
                              "1",
                              "--speed-time",
                              "60",
                              "--dump-header",
                              "-",
                              "--continue-at",
                              "-",
                              "--output",
                              partial_.string(),
                              "--url",
                              url_},
                             [&](const std::string& headers) {
                               const std::uint64_t total = last_total(headers, began);
                               if (total == 0) return;
                               const auto rate = static_cast<double>(size() - std::min(size(), began)) /
                                                 std::max(since.seconds(), 0.1);
                               progress.update(label, size() / 1'000'000, std::max<std::size_t>(1, total / 1'000'000),
                                               fmt::format("MB, {:.1f} MB/s", rate / 1e6));
                             });
  }
  void finish(base::Progress& progress) const {
    progress.finish_line(fmt::format("{}: {}", target_.filename().string(), megabytes(size())));
  }

  /// The status of the last reply: there is one for each redirect as well. 0: none.
  static int last_status(const std::string& headers) {
    int status = 0;
    for (const std::string& line : base::split(headers, '\n')) {
      if (line.starts_with("HTTP/") && line.size() > 12) status = std::atoi(line.c_str() + line.find(' '));
    }
    return status;
  }
  /// Bytes of the whole file, as the last reply says; 0: it does not.
  static std::uint64_t last_total(const std::string& headers, std::uint64_t began) {
    std::uint64_t total = 0;
    bool part = false;
    for (const std::string& line : base::split(headers, '\n')) {
      const std::string text = base::lower(base::trim(line));
      if (text.starts_with("http/")) {
        total = 0;
        part = text.find(" 206") != std::string::npos;
      }
      if (text.starts_with("content-length:"))
        total = std::strtoull(text.c_str() + 15, nullptr, 10) + (part ? began : 0);
    }
    return total;
  }

  static bool transient(int code, int status) {
    // cut off, timed out, empty reply, send or receive error, HTTP/2 framing, TLS handshake, no ranges after all
    static const std::set<int> kCodes{16, 18, 28, kNoRanges, 35, 52, 55, 56, 92};
    if (code == 22) return status >= 500 || status == 408 || status == 416 || status == 429;
    return kCodes.contains(code);
  }
  [[noreturn]] void give_up(const base::ProcessResult& curl, int status) const {
    if (curl.code == 22 && status >= 400 && status < 500 && status != 408 && status != 429) {
      throw base::WeightsError({fmt::format("the server answers {}{}", status, status == 404 ? ", no such file" : ""),
                                shown_url(url_), "check the address; or " + by_hand()});
    }
    if (curl.code == kCannotWrite) {
      throw base::StoreError({"the download cannot be written: the disk is full, or the file too large for it" + kept(),
                              partial_.string(), "free some space, or set YOUDEN_WEIGHTS to another folder"});
    }
    if (curl.code == kTooLarge || size() > kMostBytes) {
      throw base::WeightsError({"the server sends more than 16 GiB", shown_url(url_), "check the address"});
    }
    // curl's own words may hold the URL with a password in it.
    std::string words = base::excerpt(base::trim(curl.err), 200);
    if (const auto at = words.find(url_); at != std::string::npos) words.replace(at, url_.size(), shown_url(url_));
    throw base::RunError(
        {"the download failed: " + (words.empty() ? fmt::format("curl exit {}", curl.code) : words) + kept(),
         shown_url(url_), "check the network; or " + by_hand()});
  }

  std::string url_;
  std::filesystem::path target_;
  std::filesystem::path partial_;
  bool resumable_;
  DownloadOptions options_;
  int fd_ = -1;
};

}  // namespace youden::weights
