#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/interrupt.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/text.hpp"
#include "youden/base/threads.hpp"
#include "youden/config/json.hpp"
#include "youden/image/decode.hpp"
#include "youden/sample/manifest.hpp"

namespace youden::data {

/// What a file says of its film, and why a run would refuse it. The film is decoded, since a run decodes it.
struct FilmFacts {
  image::ImageHeader header;
  int bits = 8;             ///< that its values use
  std::string broken = {};  ///< a whole message; empty = sound
};

inline FilmFacts film_facts(const std::string& path) {
  FilmFacts facts;
  try {
    const auto bytes = image::read_bytes(path);
    facts.header = image::read_header(bytes, path);
    // An eighth of a JPEG is as good as all of it: its data are read whole either way.
    const bool large = std::min(facts.header.width, facts.header.height) >= 16;
    facts.bits = image::used_bits(
        image::detail::decode_stored(bytes, path, facts.header, facts.header.format == "jpeg" && large ? 8 : 1));
  } catch (const base::DataError& e) {
    facts.broken = base::split(e.what(), '\n')[0];
  }
  return facts;
}

/// In the samples' order. Films that are drawn instead of read have an empty header and are sound.
inline std::vector<FilmFacts> all_film_facts(const std::vector<sample::Sample>& samples, int threads,
                                             base::Progress& progress) {
  std::vector<FilmFacts> out(samples.size());
  std::atomic<std::size_t> done{0};
  std::mutex drawing;  // of the bar
  base::parallel_for(samples.size(), threads, [&](std::size_t i) {
    if (base::interrupted()) throw base::Interrupted({"interrupted; nothing was written"});
    if (!samples[i].path.empty()) out[i] = film_facts(samples[i].path);
    ++done;
    if (const std::unique_lock turn(drawing, std::try_to_lock); turn) progress.update("films", done, samples.size());
  });
  return out;
}

/// What the films of one label have in common.
struct LabelFacts {
  std::size_t films = 0;
  std::size_t broken = 0;
  std::size_t nameless = 0;  ///< films without a patient
  std::set<std::string> patients = {};
  std::set<std::string> sources = {};
  std::pair<std::int64_t, std::int64_t> width{0, 0};   ///< least and most pixels, of sound films; 0 = none was read
  std::pair<std::int64_t, std::int64_t> height{0, 0};  ///< as stored
  std::map<std::string, std::size_t> kinds = {};       ///< e.g. `png 8-bit gray` -> films

  void add(const sample::Sample& sample, const FilmFacts& facts) {
    ++films;
    if (sample.patient.empty()) {
      ++nameless;
    } else {
      patients.insert(sample.patient);
    }
    if (!sample.source.empty()) sources.insert(sample.source);
    if (!facts.broken.empty()) {
      ++broken;
      return;
    }
    const image::ImageHeader& h = facts.header;
    if (h.width <= 0) return;
    const auto widen = [](auto& range, std::int64_t value) {
      range.first = range.first == 0 ? value : std::min(range.first, value);
      range.second = std::max(range.second, value);
    };
    widen(width, h.width);
    widen(height, h.height);
    ++kinds[kind_of(h) + (h.bit_depth == 16 && facts.bits < 16 ? " using " + std::to_string(facts.bits) : "")];
  }

  [[nodiscard]] config::Json json() const {
    config::Json by_kind = config::Json::object();
    for (const auto& [kind, n] : kinds) by_kind[kind] = n;
    return {{"films", films},
            {"patients", patients.size()},
            {"without_patient", nameless},
            {"sources", sources},
            {"width", {width.first, width.second}},
            {"height", {height.first, height.second}},
            {"kinds", by_kind},
            {"broken", broken}};
  }
  /// `640–4280 × 502–3520`, or `1024 × 1024` where all are alike.
  [[nodiscard]] std::string sizes() const {
    const auto range = [](const auto& r) {
      return r.first == r.second ? std::to_string(r.first) : std::to_string(r.first) + "–" + std::to_string(r.second);
    };
    return width.second == 0 ? std::string() : range(width) + " × " + range(height);
  }

 private:
  static std::string kind_of(const image::ImageHeader& h) {
    static const std::map<int, std::string> kModes{{1, "gray"}, {2, "gray + alpha"}, {3, "RGB"}, {4, "RGB + alpha"}};
    const auto mode = kModes.find(h.channels);
    return h.format + " " + std::to_string(h.bit_depth) + "-bit " +
           (mode == kModes.end() ? std::to_string(h.channels) + " channels" : mode->second);
  }
};

/// By label.
inline std::map<std::string, LabelFacts> label_facts(const std::vector<sample::Sample>& samples,
                                                     const std::vector<FilmFacts>& facts) {
  std::map<std::string, LabelFacts> out;
  for (std::size_t i = 0; i < samples.size(); ++i) out[samples[i].label].add(samples[i], facts[i]);
  return out;
}

}  // namespace youden::data
