#pragma once
#include <string>
#include <utility>

#include "youden/sample/manifest.hpp"
#include "youden/store/rows.hpp"

namespace youden::run {

/// A manifest as the database holds it. `hash`: manifest_hash() of it.
inline store::DatasetRow dataset_row(const sample::Manifest& manifest, std::string hash, std::string name) {
  store::DatasetRow out{.hash = std::move(hash), .name = std::move(name), .samples = {}};
  for (const sample::Sample& s : manifest.samples) {
    out.samples.push_back({s.id, s.path, s.sha256, s.label, s.patient, s.source, s.covariates});
  }
  for (const sample::Skipped& s : manifest.skipped) out.skipped.push_back({s.id, s.path, s.reason});
  out.excluded = manifest.excluded;
  return out;
}

}  // namespace youden::run
