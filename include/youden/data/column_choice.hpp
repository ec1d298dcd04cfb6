#pragma once
#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "youden/base/faults.hpp"
#include "youden/base/text.hpp"
#include "youden/config/json.hpp"
#include "youden/data/column_names.hpp"
#include "youden/data/csv.hpp"

namespace youden::data {

/// Which column of anyone's table is the path, label, group (patient) or source: as an option says, else by its usual
/// names where just one fits. Names are compared without case, spaces, hyphens and underscores.
class ColumnChoice {
 public:
  ColumnChoice(const Csv& csv, base::Faults& faults) : csv_(csv), faults_(faults) {}

  /// A fault where `given` is not there, or where none or several could be meant.
  std::optional<std::size_t> required(const std::string& ours, const std::optional<std::string>& given) {
    return choose(ours, given, true);
  }
  /// As `required`, but there may be none, and `none` says so.
  std::optional<std::size_t> optional(const std::string& ours, const std::optional<std::string>& given) {
    return choose(ours, given, false);
  }
  /// ours -> the table's name, or null.
  [[nodiscard]] const config::Json& chosen() const { return chosen_; }

 private:
  using Column = std::optional<std::size_t>;

  Column choose(const std::string& ours, const std::optional<std::string>& given, bool needed) {
    Column at;
    if (!given) {
      at = guess(ours, needed);
    } else if (needed || *given != "none") {
      at = csv_.column_or_number(*given);
      if (!at) faults_.add("no column '" + *given + "'", csv_.name() + ":1", base::suggestion(*given, csv_.names()));
    }
    chosen_[ours] = at ? config::Json(csv_.names()[*at]) : config::Json();
    if (at) taken_.insert(*at);
    return at;
  }

  Column guess(const std::string& ours, bool needed) {
    std::vector<std::size_t> fits;
    for (std::size_t c = 0; c < csv_.names().size(); ++c) {
      if (!taken_.contains(c) && is_usual_name(ours, csv_.names()[c])) fits.push_back(c);
    }
    if (fits.size() == 1) return fits.front();
    for (const std::size_t c : fits) {  // the very name is no guess
      if (bare_name(csv_.names()[c]) == ours) return c;
    }
    const std::string option = "--" + ours;
    if (fits.size() > 1) {
      std::vector<std::string> names;
      for (const std::size_t c : fits) names.push_back("'" + csv_.names()[c] + "'");
      faults_.add("the " + ours + " could be in column " + base::join(names, " or "), csv_.name() + ":1",
                  "say which: " + option + " " + names.front() + (needed ? "" : ", or " + option + " none"));
    } else if (needed) {
      if (const auto flags = flag_columns(); ours == "label" && flags.size() > 1) {
        faults_.add("no column is named like a label, but each of the columns " + base::join(flags, ", ") +
                        " holds 0 and 1 alone: one finding each",
                    csv_.name() + ":1",
                    "say which is asked for: --label '" + flags.front() + "'; its classes are 0 and 1");
        return {};
      }
      faults_.add("no column is named like a " + ours, csv_.name() + ":1",
                  "name it: " + option + " COL, one of: " + base::join(csv_.names(), ", "));
    }
    return {};
  }

  /// Columns of 0 and 1 (or -1: uncertain, or nothing), in the table's order.
  [[nodiscard]] std::vector<std::string> flag_columns() const {
    std::vector<std::string> out;
    for (std::size_t c = 0; c < csv_.names().size(); ++c) {
      const bool flags =
          !csv_.rows().empty() && std::all_of(csv_.rows().begin(), csv_.rows().end(), [&](const auto& row) {
            const auto cell = base::trim(row.cells[c]);
            return cell.empty() || cell == "0" || cell == "1" || cell == "-1" || cell == "0.0" || cell == "1.0";
          });
      if (flags && !taken_.contains(c)) out.push_back(csv_.names()[c]);
    }
    return out;
  }

  const Csv& csv_;
  base::Faults& faults_;
  config::Json chosen_ = config::Json::object();
  std::set<std::size_t> taken_;
};

}  // namespace youden::data
