#pragma once
#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/version.hpp"
#include "youden/report/page/chart_script.hpp"
#include "youden/report/page/html.hpp"
#include "youden/report/page/section.hpp"
#include "youden/report/page/style.hpp"
#include "youden/report/page/table_script.hpp"
#include "youden/report/thumbnails.hpp"

namespace youden::report {

/// What stands above the sections, and below.
struct PageFrame {
  std::string title;         ///< plain text
  std::string lead;          ///< HTML below the heading
  std::string chart_script;  ///< Chart.js
};

namespace detail {

/// The hash by which the page's own policy lets this script run, and no other.
inline std::string policy_hash(std::string_view script) {
  std::array<unsigned char, 32> digest{};
  unsigned length = 0;
  ::EVP_Digest(script.data(), script.size(), digest.data(), &length, EVP_sha256(), nullptr);
  return "'sha256-" + base64(digest.data(), digest.size()) + "'";
}

}  // namespace detail

/// The whole document: nothing is fetched, and scripts other than ours cannot run, whatever a name or note holds.
inline std::string page_html(const PageFrame& frame, const std::vector<Section>& sections) {
  config::Json charts = config::Json::object();
  config::Json data = config::Json::object();
  std::string body;
  std::string links;
  for (const Section& s : sections) {
    if (s.html.empty()) continue;
    charts.update(s.charts);
    data.update(s.data);
    if (!s.title.empty()) links += fmt::format("<a href=\"#{}\">{}</a>", escape(s.id), escape(s.title));
    body += fmt::format(
        "<section id=\"{0}\"{1}>\n{2}{3}</section>\n", escape(s.id),
        s.title.empty() ? "" : fmt::format(" aria-labelledby=\"{}-title\"", escape(s.id)),
        s.title.empty() ? "" : fmt::format("<h2 id=\"{}-title\">{}</h2>\n", escape(s.id), escape(s.title)), s.html);
  }
  const std::string own = std::string(kTableScript) + kChartScript;
  const std::string policy = fmt::format(
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {} {}; base-uri 'none'; form-action "
      "'none'",
      detail::policy_hash(frame.chart_script), detail::policy_hash(own));
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"generator\" content=\"youden "
      "{version}\">\n<title>{title}</title>\n<style>{style}</style>\n</head>\n"
      "<body>\n<a class=\"skip\" href=\"#content\">Skip to the report</a>\n"
      "<div class=\"bar\"><div><nav aria-label=\"Sections\">{links}</nav>"
      "<button type=\"button\" id=\"theme\" aria-label=\"Dark colours\" "
      "aria-pressed=\"false\">Dark</button></div></div>\n"
      "<main id=\"content\">\n<h1>{title}</h1>\n{lead}{body}</main>\n"
      "<footer><p>Made by youden {version} from its results database. For research; not a medical device: nothing here "
      "has been validated for diagnosis.</p></footer>\n"
      "<noscript><p class=\"note\">Charts and the table of predictions need JavaScript; everything else is here.</p>"
      "</noscript>\n"
      "<script type=\"application/json\" id=\"report-data\">{data}</script>\n"
      "<script>{library}</script>\n<script>{own}</script>\n</body>\n</html>\n",
      fmt::arg("policy", policy), fmt::arg("version", base::kVersion), fmt::arg("title", escape(frame.title)),
      fmt::arg("style", kStyle), fmt::arg("links", links), fmt::arg("lead", frame.lead), fmt::arg("body", body),
      fmt::arg("data", script_json({{"charts", charts}, {"data", data}})), fmt::arg("library", frame.chart_script),
      fmt::arg("own", own));
}

}  // namespace youden::report
