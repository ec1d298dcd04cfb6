#pragma once
#include <sqlite3.h>
#include <torch/version.h>

#include <array>
#include <cstdio>
#include <memory>
#include <opencv2/core/version.hpp>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/cpu.hpp"
#include "youden/base/text.hpp"
#include "youden/base/version.hpp"
#include "youden/run/fingerprint.hpp"
#include "youden/run/image_size.hpp"

namespace youden::run {

namespace detail {

/// Revision of the working directory, with "+changes" when it differs; empty outside git.
inline std::string git_revision() {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
      ::popen("git rev-parse HEAD 2>/dev/null && git status --porcelain 2>/dev/null | head -n 1", "r"), &::pclose);
  if (!pipe) return {};
  std::array<char, 512> text{};
  const std::size_t n = std::fread(text.data(), 1, text.size() - 1, pipe.get());
  const auto lines = base::split(std::string_view(text.data(), n), '\n');
  return lines[0] + (lines.size() > 1 && !lines[1].empty() ? "+changes" : "");
}

}  // namespace detail

/// What a run was made with. Nothing that a clock measured.
inline std::vector<std::pair<std::string, std::string>> environment(const Experiment& e, const Materials& m,
                                                                    const std::string& device,
                                                                    const std::string& prefix_hash) {
  return {{"youden", base::kVersion},
          {"library_hash", library_hash()},
          {"libtorch", TORCH_VERSION},
          {"opencv", CV_VERSION},
          {"sqlite", sqlite3_libversion()},
          {"compiler", __VERSION__},
          {"cpu", base::Cpu::here().model},
          {"threads", std::to_string(m.threads)},
          {"device", device},
          {"image_size", std::to_string(image_size(e))},
          {"precision", e.backbone.options.value("precision", std::string("float32"))},
          {"git_revision", detail::git_revision()},
          {"prefix_hash", prefix_hash}};
}

}  // namespace youden::run
