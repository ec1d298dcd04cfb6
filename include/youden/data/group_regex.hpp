#pragma once
#include <regex>
#include <string>
#include <utility>

#include "youden/base/error.hpp"

namespace youden::data {

/// Tells the patient from a file name: what the expression's first group matches, else the whole match. `name` is what
/// messages call the expression: the option it was written under.
class GroupRegex {
 public:
  GroupRegex(std::string written, std::string name) : written_(std::move(written)), name_(std::move(name)) {
    try {
      regex_ = std::regex(written_);
    } catch (const std::regex_error& e) {
      throw base::ConfigError({name_ + " is no regular expression: '" + written_ + "' (" + e.what() + ")", name_,
                               "for example '^([0-9]{8})_'"});
    }
  }

  /// Empty where it does not match.
  [[nodiscard]] std::string operator()(const std::string& file) const {
    std::smatch match;
    try {
      if (!std::regex_search(file, match, regex_)) return {};
    } catch (const std::regex_error& e) {  // a name that takes too long to match
      throw base::ConfigError(
          {text() + " cannot be matched with " + file + " (" + e.what() + ")", name_, "write a simpler expression"});
    }
    return match.size() > 1 ? match[1].str() : match[0].str();
  }
  /// The option and its value, for messages.
  [[nodiscard]] std::string text() const { return name_ + " '" + written_ + "'"; }

 private:
  std::string written_;
  std::string name_;
  std::regex regex_;
};

}  // namespace youden::data
