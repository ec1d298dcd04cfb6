#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "youden/base/atomic_file.hpp"
#include "youden/base/error.hpp"
#include "youden/base/process.hpp"
#include "youden/base/text.hpp"

namespace youden::base {

/// A gnuplot string in single quotes, within which nothing is substituted: neither `commands` nor escapes.
inline std::string gnuplot_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "'";
}

/// The picture at `target` appears whole or not at all. `script` makes the commands that draw to the path it is given.
/// Throws StoreError when gnuplot is absent or fails.
inline void run_gnuplot(const std::filesystem::path& target,
                        const std::function<std::string(const std::string& output)>& script) {
  namespace fs = std::filesystem;
  const fs::path place = fs::absolute(target);
  Partial picture(place);
  picture.hand_over();
  Partial commands(place);  // a file, for what a pipe would need is a thread
  commands.hand_over();
  write_atomically(commands.path(), script(picture.path().string()));
  const ProcessResult done = run_process({"gnuplot", commands.path().string()});
  if (done.code == 0) return picture.commit();
  throw StoreError({"the plot could not be drawn" + (done.err.empty() ? "" : ": " + excerpt(trim(done.err), 300)),
                    target.string(), done.started ? "" : "install gnuplot (Debian: gnuplot-nox)"});
}

}  // namespace youden::base
