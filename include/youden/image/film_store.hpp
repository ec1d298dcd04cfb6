#pragma once
#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <mutex>
#include <opencv2/core.hpp>
#include <string>
#include <utility>
#include <vector>

namespace youden::image {

/// Decoded films by number: in memory within a budget, the rest in a scratch file without a name, which the kernel
/// holds in memory as long as there is room for it. Gray films take one channel. What finds no place (the disk is
/// full, the folder read-only) is not kept, which is said once. Safe from many threads.
///
/// The file is read, not mapped: a mapping's pages would count as the process's memory, and a failing disk would end
/// the process instead of the call.
class FilmStore {
 public:
  struct Settings {
    std::size_t budget = 0;              ///< bytes in memory
    std::filesystem::path scratch = {};  ///< folder of the file; the nearest one above it that is there is taken
  };

  FilmStore(std::size_t films, Settings settings) : settings_(std::move(settings)), slots_(films) {}
  FilmStore(const FilmStore&) = delete;
  FilmStore& operator=(const FilmStore&) = delete;
  ~FilmStore() {
    if (fd_ >= 0) ::close(fd_);
  }

  /// film: [H,W] of 1 or 3 × uint8 or uint16. A second one of the same number is ignored.
  void keep(std::size_t i, const cv::Mat& film) {
    Slot& slot = slots_[i];
    if (Place free = Place::none; !slot.place.compare_exchange_strong(free, Place::busy)) return;
    const cv::Mat lean = squeeze(film);
    slot.rows = lean.rows;
    slot.columns = lean.cols;
    slot.type = lean.type();
    slot.place = put(slot, lean);
  }

  /// The film, gray ones with a single channel; empty where it was not kept. Do not write to it: it may be shared.
  [[nodiscard]] cv::Mat get(std::size_t i) const {
    const Slot& slot = slots_[i];
    const Place place = slot.place;
    if (place == Place::memory) return {slot.rows, slot.columns, slot.type, slot.data};
    if (place != Place::file) return {};
    cv::Mat film(slot.rows, slot.columns, slot.type);
    return transfer(film.data, bytes_of(film), slot.at, ::pread) ? film : cv::Mat();
  }

  [[nodiscard]] std::size_t bytes_in_memory() const { return in_memory_; }
  [[nodiscard]] std::size_t bytes_in_file() const { return in_file_; }

 private:
  static constexpr std::size_t kSlab = std::size_t{1} << 22U;
  enum class Place : std::uint8_t { none, busy, memory, file };
  struct Slot {
    std::atomic<Place> place = Place::none;
    int rows = 0;
    int columns = 0;
    int type = 0;
    std::byte* data = nullptr;
    std::size_t at = 0;  ///< in the file
  };

  static std::size_t bytes_of(const cv::Mat& film) { return film.total() * film.elemSize(); }

  template <class Value>
  static bool alike(const cv::Mat& film) {
    for (int y = 0; y < film.rows; ++y) {
      const auto* p = film.ptr<Value>(y);
      unsigned differ = 0;
      for (int x = 0; x < film.cols; ++x, p += 3) differ |= static_cast<unsigned>(p[0] ^ p[1]) | (p[0] ^ p[2]);
      if (differ != 0) return false;
    }
    return true;
  }
  /// One channel where all three are alike; continuous.
  static cv::Mat squeeze(const cv::Mat& film) {
    const bool gray =
        film.channels() == 3 && (film.depth() == CV_8U ? alike<std::uint8_t>(film) : alike<std::uint16_t>(film));
    cv::Mat out = film;
    if (gray) cv::extractChannel(film, out, 0);
    return out.isContinuous() ? out : out.clone();
  }

  Place put(Slot& slot, const cv::Mat& film) {
    const std::size_t bytes = bytes_of(film);
    {
      const std::lock_guard turn(mutex_);
      if (in_memory_ + bytes <= settings_.budget) {
        if (slabs_.empty() || left_ < bytes) {
          left_ = std::max(kSlab, bytes);
          slabs_.push_back(std::make_unique_for_overwrite<std::byte[]>(left_));
          next_ = slabs_.back().get();
        }
        slot.data = next_;
        next_ += bytes;
        left_ -= bytes;
        in_memory_ += bytes;
      } else {
        if (!may_grow_by(bytes)) return Place::none;
        slot.at = in_file_;
        in_file_ += bytes;
      }
    }
    if (slot.data != nullptr) {
      std::memcpy(slot.data, film.data, bytes);
      return Place::memory;
    }
    if (transfer(film.data, bytes, slot.at, ::pwrite)) return Place::file;
    const std::lock_guard turn(mutex_);
    give_up(std::strerror(errno));
    return Place::none;
  }

  /// Opens the file when it is first needed. Half of the free disk is left to others.
  bool may_grow_by(std::size_t bytes) {
    if (full_) return false;
    if (fd_ < 0) {
      std::error_code error;
      while (!settings_.scratch.empty() && !std::filesystem::is_directory(settings_.scratch, error)) {
        settings_.scratch = settings_.scratch.has_relative_path() ? settings_.scratch.parent_path() : "";
      }
      if (settings_.scratch.empty()) settings_.scratch = std::filesystem::temp_directory_path(error);
      std::string name = (settings_.scratch / "youden-films-XXXXXX").string();
      fd_ = ::mkostemp(name.data(), O_CLOEXEC);
      if (fd_ < 0) return give_up(std::strerror(errno));
      ::unlink(name.c_str());
      most_ = std::filesystem::space(settings_.scratch, error).available / 2;
    }
    return in_file_ + bytes <= most_ || give_up("it would take more than half of the free disk");
  }
  bool give_up(const std::string& reason) {
    if (!full_) {
      spdlog::warn("decoded films no longer fit into a scratch file in {} ({}); the rest is decoded again each time",
                   settings_.scratch.string(), reason);
    }
    full_ = true;
    return false;
  }

  /// All of it or false.
  template <class Data, class Call>
  bool transfer(Data* data, std::size_t bytes, std::size_t at, const Call& call) const {
    while (bytes > 0) {
      const ssize_t n = call(fd_, data, bytes, static_cast<off_t>(at));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      data += n;
      at += static_cast<std::size_t>(n);
      bytes -= static_cast<std::size_t>(n);
    }
    return true;
  }

  Settings settings_;
  std::vector<Slot> slots_;
  std::mutex mutex_;  // of everything below
  std::vector<std::unique_ptr<std::byte[]>> slabs_;
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t in_memory_ = 0;
  int fd_ = -1;
  std::size_t in_file_ = 0;
  std::size_t most_ = 0;
  bool full_ = false;
};

}  // namespace youden::image
