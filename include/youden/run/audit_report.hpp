#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "youden/audit/finding.hpp"
#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/store/rows.hpp"

namespace youden::run {

inline store::FindingRow finding_row(const audit::Finding& f) {
  return {f.rule, audit::name_of(f.severity), f.value, f.told()};
}

/// A line for each finding that is not a pass; what cannot be verified at all shares one.
inline std::vector<std::string> audit_lines(const std::vector<audit::Finding>& findings) {
  std::vector<std::string> out;
  std::vector<std::string> unverifiable;
  for (const audit::Finding& f : findings) {
    if (f.severity == audit::Severity::pass) continue;
    if (f.evidence.contains("unverifiable")) {
      unverifiable.push_back(f.rule);
    } else {
      out.push_back("audit " + std::string(audit::name_of(f.severity)) + ": " + f.rule + ": " + f.text);
    }
  }
  if (!unverifiable.empty()) {
    out.push_back("audit warn: unverifiable, for the dataset does not say enough: " + base::join(unverifiable, ", "));
  }
  return out;
}

/// `audit: strict`: throws where a check failed.
inline void require_sound(const std::vector<audit::Finding>& findings) {
  std::string failed;
  std::size_t n = 0;
  for (const audit::Finding& f : findings) {
    if (f.severity != audit::Severity::fail) continue;
    ++n;
    failed += "\n  " + f.rule + ": " + f.text;
  }
  if (n == 0) return;
  throw base::RunError({"the audit failed " + std::to_string(n) + (n == 1 ? " check" : " checks") +
                            ", and audit: strict trains on sound data only:" + failed,
                        "audit", "see all of it with: youden audit EXP; train nevertheless with audit=warn"},
                       base::Exit::check_said_no);
}

}  // namespace youden::run
