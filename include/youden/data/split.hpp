#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "youden/config/fields.hpp"
#include "youden/sample/manifest.hpp"
#include "youden/sample/part.hpp"

namespace youden::data {

using sample::name_of;
using sample::Part;

struct SplitCommon {
  std::optional<std::string> stratify = "label";
  std::optional<std::string> group = "auto";

  static const config::Fields<SplitCommon>& fields() {
    static const auto f =
        config::Fields<SplitCommon>()
            .add(&SplitCommon::stratify, "stratify", "keep the share of each label in every part; null = do not",
                 {.choices = {"label"}})
            .add(&SplitCommon::group, "group",
                 "never cut through a patient: auto = wherever patients are known, patient = refuse when they are not, "
                 "null = split by image",
                 {.choices = {"auto", "patient"}});
    return f;
  }
};

struct SplitContext {
  std::uint64_t seed = 0;
  std::uint64_t repeat = 0;  ///< which drawing of the division
  SplitCommon common = {};
  std::vector<std::string> classes = {};  ///< the labels in use, in the experiment's order
};

/// One part a sample, in the manifest's order.
using Fold = std::vector<Part>;

/// Divides a manifest into parts, or into folds of parts.
class Split {
 public:
  static constexpr const char* kKind = "split";
  using Common = SplitCommon;
  using Context = SplitContext;

  virtual ~Split() = default;
  /// Throws DataError with the counts when a label (or its patients) has too few samples for its parts.
  [[nodiscard]] virtual std::vector<Fold> folds(const sample::Manifest& manifest) const = 0;
  /// How often the whole division is drawn, each time anew.
  [[nodiscard]] virtual int repeats() const { return 1; }
};

}  // namespace youden::data
