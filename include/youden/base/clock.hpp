#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "youden/base/philox.hpp"

namespace youden::base {

/// Now as ISO-8601 UTC with milliseconds: `2026-11-23T06:47:58.123Z`. Sorts as text.
inline std::string utc_now() {
  using namespace std::chrono;
  const auto now = system_clock::now();
  const std::time_t seconds = system_clock::to_time_t(now);
  std::tm tm{};
  ::gmtime_r(&seconds, &tm);
  std::array<char, 32> text{};
  const std::size_t n = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &tm);
  const auto ms = duration_cast<milliseconds>(now.time_since_epoch()).count() % 1000;
  std::string out(text.data(), n);
  out += '.';
  out += static_cast<char>('0' + ms / 100);
  out += static_cast<char>('0' + ms / 10 % 10);
  out += static_cast<char>('0' + ms % 10);
  return out + "Z";
}

/// A globally unique, time-ordered name: 10 characters of milliseconds and 6 of chance, in Crockford's base 32.
/// Within a process each is later than the one before, even where the clock stands still or is set back.
inline std::string make_uid() {
  static constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  using namespace std::chrono;
  static std::atomic<std::uint64_t> latest{0};
  const auto now =
      static_cast<std::uint64_t>(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
  std::uint64_t before = latest;
  std::uint64_t ms = 0;
  do {
    ms = std::max(now, before + 1);
  } while (!latest.compare_exchange_weak(before, ms));
  std::uint64_t chance = 0;
  if (const int fd = ::open("/dev/urandom", O_RDONLY | O_CLOEXEC); fd >= 0) {
    if (::read(fd, &chance, sizeof chance) != sizeof chance) chance = 0;
    ::close(fd);
  }
  chance ^= static_cast<std::uint64_t>(::getpid());
  std::string out(16, '0');
  for (int i = 9; i >= 0; --i, ms >>= 5U) out[static_cast<std::size_t>(i)] = kAlphabet[ms & 31U];
  for (std::size_t i = 10; i < 16; ++i, chance >>= 5U) out[i] = kAlphabet[chance & 31U];
  return out;
}

/// Seconds since construction, from the steady clock.
class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace youden::base
