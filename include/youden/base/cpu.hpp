#pragma once
#include <fstream>
#include <set>
#include <string>
#include <string_view>

#include "youden/base/text.hpp"

namespace youden::base {

/// The processor as Linux describes it.
struct Cpu {
  std::string model = "unknown";
  std::set<std::string> flags = {};  ///< as in /proc/cpuinfo: "avx2", "avx512_bf16"

  [[nodiscard]] bool has(const std::string& flag) const { return flags.contains(flag); }
  /// The flags that vector kernels are chosen by, in order: "avx avx2 … fma".
  [[nodiscard]] std::string vector_flags() const {
    std::string out;
    for (const std::string& flag : flags) {
      if (!flag.starts_with("avx") && !flag.starts_with("amx") && !flag.starts_with("sse") && flag != "fma") continue;
      out += (out.empty() ? "" : " ") + flag;
    }
    return out;
  }

  /// Reads the first processor's lines of a text such as /proc/cpuinfo.
  static Cpu from(std::istream& in) {
    Cpu cpu;
    for (std::string line; std::getline(in, line) && !line.empty();) {
      const auto colon = line.find(':');
      if (colon == std::string::npos) continue;
      const std::string_view name = trim(std::string_view(line).substr(0, colon));
      const std::string value(trim(std::string_view(line).substr(colon + 1)));
      if (name == "model name") cpu.model = value;
      if (name == "flags" || name == "Features") {
        for (const std::string& flag : split(value, ' ')) cpu.flags.insert(flag);
      }
    }
    return cpu;
  }
  static const Cpu& here() {
    static const Cpu cpu = [] {
      std::ifstream in("/proc/cpuinfo");
      return from(in);
    }();
    return cpu;
  }
};

}  // namespace youden::base
