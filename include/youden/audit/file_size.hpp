#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "youden/audit/finding.hpp"
#include "youden/audit/predictability.hpp"
#include "youden/audit/subject.hpp"

namespace youden::audit {

/// Whether bytes a pixel tell the label. In a lossless file they measure the image's noise, which is content: said, and
/// never failed.
inline Finding file_size(const Subject& s) {
  Finding f{.rule = "file-size", .text = {}};
  std::vector<std::size_t> chosen;
  std::vector<double> density(s.headers.size(), 0);
  for (std::size_t i = 0; i < s.headers.size(); ++i) {
    const auto& h = s.headers[i];
    if (h.width <= 0 || h.height <= 0) continue;
    chosen.push_back(i);
    density[i] = std::log(std::max(static_cast<double>(h.bytes), 1.0) /
                          (static_cast<double>(h.width) * static_cast<double>(h.height)));
  }
  if (chosen.empty()) {
    f.text = "the films are drawn: there are no files whose size could betray them";
    return f;
  }
  Traits traits;
  traits.add("bytes a pixel", std::move(density));
  const Predictability p = predictability(s, traits, chosen);
  f.value = p.auc.value;
  f.evidence["auc"] = p.json();
  if (!p.auc.value) {
    f.text = "unverifiable: a class has films of too few patients to try it out";
    return f;
  }
  f.severity = p.severity() == Severity::fail ? Severity::warn : p.severity();
  f.text = fmt::format("bytes a pixel alone tell '{}': {}{}", p.of, auc_text(p.auc),
                       f.severity == Severity::pass ? ""
                                                    : "; of lossless files that is image noise, of lossy ones "
                                                      "also how they were compressed");
  return f;
}

}  // namespace youden::audit
