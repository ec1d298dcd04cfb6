#pragma once
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/read_file.hpp"

namespace youden::report {

/// Chart.js 3 as the system has it, to be inlined: `$YOUDEN_CHART_JS`, else where Debian's libjs-chart.js puts it.
/// Throws ConfigError naming the package.
inline std::string chart_library() {
  std::vector<std::filesystem::path> places;
  if (const char* set = std::getenv("YOUDEN_CHART_JS")) {
    places.emplace_back(set);
  } else {
    for (const char* root : {"/usr/share/javascript", "/usr/local/share/javascript"}) {
      places.push_back(std::filesystem::path(root) / "chart.js" / "chart.min.js");
    }
  }
  for (const auto& path : places) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) continue;
    std::string text = base::read_file<base::ConfigError>(path, {.what = "Chart.js", .most = std::uint64_t{64} << 20U});
    if (text.empty()) continue;
    if (text.find("Chart.js v3") == std::string::npos || text.find("</script") != std::string::npos) {
      throw base::ConfigError(
          {"this file is not Chart.js 3", path.string(), "let YOUDEN_CHART_JS name the chart.min.js of version 3"});
    }
    return text;
  }
  throw base::ConfigError({"Chart.js, which draws the page's charts, is not installed", places.front().string(),
                           "apt-get install libjs-chart.js, or let YOUDEN_CHART_JS name a chart.min.js of version 3"});
}

}  // namespace youden::report
