#pragma once
#include <string>

#include "youden/config/json.hpp"

namespace youden::report {

/// One part of the page. A page is a list of sections; an empty `html` leaves the section out.
struct Section {
  std::string id;     ///< unique within the page; its address is #id
  std::string title;  ///< plain text
  std::string html;
  config::Json charts = config::Json::object();  ///< canvas id → what page/chart_script.hpp draws into it
  config::Json data = config::Json::object();    ///< name → what scripts read (predictions)
};

}  // namespace youden::report
