#pragma once
#include <string>

#include "youden/config/json.hpp"
#include "youden/report/page/html.hpp"

namespace youden::report {

/// One part of the page. A page is a list of sections; an empty `html` leaves the section out.
struct Section {
  std::string id;     ///< unique within the page; its address is #id
  std::string title;  ///< plain text
  std::string html;
  config::Json charts = config::Json::object();  ///< canvas id → what page/chart_script.hpp draws into it
  config::Json data = config::Json::object();    ///< name → what scripts read (predictions)

  /// Puts another section below this one, to be opened on demand; the first one stands open.
  void add(const Section& s) {
    if (s.html.empty()) return;
    const bool first = html.find("<details") == std::string::npos;
    html += "<details class=\"part\" id=\"" + escape(s.id) + "\"" + (first ? " open" : "") + "><summary><h3>" +
            escape(s.title) + "</h3></summary>\n" + s.html + "</details>\n";
    charts.update(s.charts);
    data.update(s.data);
  }
};

}  // namespace youden::report
