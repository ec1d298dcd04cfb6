#pragma once
#include <fmt/format.h>

#include <string>

#include "youden/config/json.hpp"
#include "youden/report/page/html.hpp"

namespace youden::report {

/// A chart: what Chart.js draws, and the same as words and as a table for those who do not see it.
struct Figure {
  std::string id;
  std::string title;
  std::string kind;                         ///< how points are worded: roc, pr, calibration, decision, history
  config::Json x = config::Json::object();  ///< axis: title, min, max
  config::Json y = config::Json::object();
  config::Json series = config::Json::array();  ///< {label, color, points: [[x, y, …]], …}; empty: no figure
  std::string words = {};                       ///< plain text
  std::string table = {};                       ///< HTML

  [[nodiscard]] std::string html() const {
    return fmt::format(
        "<figure><h3>{title}</h3><div class=\"canvas\"><canvas id=\"{id}\" tabindex=\"0\" role=\"img\" "
        "aria-label=\"{title}. {words} Arrow keys walk along it.\" aria-describedby=\"{id}-words\"></canvas></div>"
        "<div class=\"chart-word\" id=\"{id}-word\" aria-live=\"polite\"></div>"
        "<figcaption id=\"{id}-words\">{words}</figcaption>{table}</figure>\n",
        fmt::arg("title", escape(title)), fmt::arg("id", escape(id)), fmt::arg("words", escape(words)),
        fmt::arg("table", table.empty() ? "" : details("Values as a table", table, false)));
  }
  [[nodiscard]] config::Json json() const { return {{"kind", kind}, {"x", x}, {"y", y}, {"series", series}}; }
};

}  // namespace youden::report
