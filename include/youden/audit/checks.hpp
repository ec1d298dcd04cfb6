#pragma once
#include <vector>

#include "youden/audit/covariate_balance.hpp"
#include "youden/audit/exact_duplicates.hpp"
#include "youden/audit/file_size.hpp"
#include "youden/audit/finding.hpp"
#include "youden/audit/header_shortcut.hpp"
#include "youden/audit/odd_ids.hpp"
#include "youden/audit/patient_overlap.hpp"
#include "youden/audit/sample_size.hpp"
#include "youden/audit/source_confounding.hpp"
#include "youden/audit/subject.hpp"

namespace youden::audit {

/// Every check that needs no pixel, in the order in which they are reported.
inline std::vector<Finding> fast_checks(const Subject& s) {
  return {patient_overlap(s), odd_ids(s),   exact_duplicates(s),  source_confounding(s),
          header_shortcut(s), file_size(s), covariate_balance(s), sample_size(s)};
}

}  // namespace youden::audit
