#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/data/load_source.hpp"
#include "youden/data/source.hpp"
#include "youden/registry/registry.hpp"

namespace youden::data {

struct ConcatOptions {
  std::vector<config::Component> sources = {};

  static const config::Fields<ConcatOptions>& fields() {
    static const auto f = config::Fields<ConcatOptions>().add(&ConcatOptions::sources, "sources",
                                                              "the collections, each with its own options and labels",
                                                              {.required = true, .kind = "source"});
    return f;
  }
};

/// Several collections as one. Each keeps its name in `source`: its own `source` option, else what it says of its
/// samples, else its type. Ids and patients carry the name of their collection, so that one's patient 3 is not
/// another's. `size` and `on_error` are those of the whole; `labels` of a part come first, then those of the whole.
class Concat final : public Source {
 public:
  using Options = ConcatOptions;
  Concat(const Options& options, const SourceContext& context) {
    base::Faults faults;
    if (options.sources.empty()) {
      throw base::ConfigError({"dataset.sources is empty", "dataset.sources", "list at least one source"});
    }
    std::map<std::string, int> names;
    for (const config::Component& part : options.sources) {
      const auto common = registry::common<Source>(part);
      const std::string name = common.source.value_or(part.type);
      if (++names[name] == 2) {
        faults.add("two sources are named '" + name + "'", "dataset.sources",
                   "tell them apart: {type: …, source: NAME}");
      }
      if (const int* size = config::value_of(common.size); size != nullptr && *size != context.size) {
        faults.add("the source '" + name + "' asks for another size than the whole", "dataset.sources",
                   "set dataset.size only");
      }
    }
    faults.raise<base::ConfigError>("faults in the sources:");
    for (const config::Component& part : options.sources) add(part, context);
    std::sort(manifest_.samples.begin(), manifest_.samples.end(),
              [](const sample::Sample& a, const sample::Sample& b) { return a.id < b.id; });
  }

  [[nodiscard]] sample::Manifest load() const override { return manifest_; }

  [[nodiscard]] cv::Mat image(const sample::Sample& sample) const override {
    const auto it = origin_.find(sample.id);
    if (it == origin_.end()) throw base::DataError({"no source has a film '" + sample.id + "'", sample.path});
    sample::Sample own = sample;
    own.id = sample.id.substr(it->second.prefix);
    return it->second.source->image(own);
  }

 private:
  struct Origin {
    std::shared_ptr<const Source> source;
    std::size_t prefix = 0;  ///< length of what stands before the collection's own id
  };

  void add(const config::Component& part, const SourceContext& context) {
    LoadedSource loaded = load_source(part, context.seed, context.decoding());
    const std::string name = loaded.common.source.value_or(part.type);
    const std::string prefix = name + "/";
    for (sample::Sample& s : loaded.manifest.samples) {
      s.id = prefix + s.id;
      if (!s.patient.empty()) s.patient = prefix + s.patient;
      if (s.source.empty()) s.source = name;
      origin_[s.id] = {loaded.source, prefix.size()};
      manifest_.samples.push_back(std::move(s));
    }
    for (const auto& [reason, count] : loaded.manifest.excluded) manifest_.excluded[name + ": " + reason] += count;
    for (const std::string& note : loaded.manifest.notes) manifest_.notes.push_back(name + ": " + note);
    auto& skipped = loaded.manifest.skipped;
    manifest_.skipped.insert(manifest_.skipped.end(), skipped.begin(), skipped.end());
  }

  sample::Manifest manifest_;
  std::map<std::string, Origin> origin_;
};

inline const registry::Register<Source, Concat> kConcat{"concat", "several sources as one, each under its own name"};

}  // namespace youden::data
