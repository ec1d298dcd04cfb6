#pragma once
#include <string_view>
#include <vector>

namespace youden::runner {

/// A file that `init` writes, as it lies in templates/: `project/experiments/first.yaml`, `component/my_loss.hpp`.
struct Template {
  std::string_view path;
  std::string_view text;
};

/// All of them, by path. Defined in a source that CMake generates from the files, so that each of them is a file that
/// an editor, the compiler and the tests can read.
const std::vector<Template>& templates();

}  // namespace youden::runner
