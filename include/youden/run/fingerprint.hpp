#pragma once
#include <torch/version.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "youden/backbone/backbone.hpp"
#include "youden/base/hash.hpp"
#include "youden/base/read_file.hpp"
#include "youden/config/catalog.hpp"
#include "youden/registry/registry.hpp"
#include "youden/run/experiment.hpp"
#include "youden/run/materials.hpp"
#include "youden/run/versions.hpp"
#include "youden/weights/checksum.hpp"
#include "youden/weights/resolve.hpp"

namespace youden::run {

namespace detail {

/// Takes every path out of a configuration: where a file lies does not change a number, its content does.
inline void strip_paths(config::Json& j, const std::vector<config::Field>& fields) {
  for (const config::Field& f : fields) {
    const auto it = j.find(f.name);
    if (it == j.end()) continue;
    if (f.path != config::PathRule::none) {
      *it = nullptr;
    } else if (f.type == config::FieldType::section && it->is_object()) {
      strip_paths(*it, f.fields);
    } else if (f.type == config::FieldType::sections) {
      for (config::Json& item : *it) strip_paths(item, f.fields);
    } else if (f.type == config::FieldType::component && it->is_object()) {
      strip_paths(*it, registry::catalog().fields(f.kind, it->value("type", std::string())));
    } else if (f.type == config::FieldType::components) {
      for (config::Json& item : *it) {
        if (item.is_object()) strip_paths(item, registry::catalog().fields(f.kind, item.value("type", std::string())));
      }
    }
  }
}

inline std::string file_hash(const std::filesystem::path& path) {
  std::string pending;  // the hash is of blocks of 4 MiB, as it was when features and runs were named by it
  base::Hasher hasher;
  constexpr std::size_t kBlock = std::size_t{1} << 22U;
  base::read_blocks<base::WeightsError>(path, {.what = "the weight file", .most = weights::kMostWeightBytes},
                                        [&](std::string_view block) {
                                          pending += block;
                                          if (pending.size() < kBlock) return;
                                          hasher.add(std::string_view(pending).substr(0, kBlock));
                                          pending.erase(0, kBlock);
                                        });
  if (!pending.empty()) hasher.add(pending);
  return hasher.hex();
}

}  // namespace detail

/// Identity of the samples: what they are, never where they lie.
inline std::string manifest_hash(const sample::Manifest& manifest) {
  base::Hasher hasher;
  for (const sample::Sample& s : manifest.samples) {
    hasher.add(s.id).add(s.sha256).add(s.label).add(s.patient).add(s.source).add(s.part).add(s.covariates.dump());
  }
  for (const sample::Skipped& s : manifest.skipped) hasher.add("skipped").add(s.id);
  return hasher.hex();
}

/// What of an experiment determines its numbers: without names, places, and the machinery around it. Neither does the
/// audit change any; controls do not either, but what they find belongs to the run, so that one with them is another.
inline config::Json identity(const Experiment& e) {
  config::Json j = Experiment::fields().print(e);
  for (const char* key : {"name", "tags", "launcher", "threads", "cache", "sweep", "device", "audit"}) j.erase(key);
  detail::strip_paths(j, Experiment::fields().describe());
  return j;
}

/// Hash of all that determines a run's numbers, and of nothing else. `libtorch`: its version, since another one's
/// kernels give other bits.
inline std::string fingerprint(const Experiment& e, const Materials& m, bool trains_convolutions,
                               std::string_view libtorch = TORCH_VERSION) {
  base::Hasher hasher;
  hasher.add(identity(e).dump()).add(manifest_hash(m.dataset.manifest())).add(library_hash()).add(libtorch);
  if (trains_convolutions) hasher.add(static_cast<std::uint64_t>(m.threads));
  if (const auto weights = registry::common<backbone::Backbone>(e.backbone).weights) {
    hasher.add(detail::file_hash(weights::find_weights(*weights)));
  }
  return hasher.hex();
}

}  // namespace youden::run
