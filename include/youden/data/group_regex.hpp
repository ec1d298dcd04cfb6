#pragma once
#include <re2/re2.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"

namespace youden::data {

/// Tells the patient from a file name: what the expression's first group matches, else the whole match. `name` is what
/// messages call the expression: the option it was written under. RE2 matches in linear time and bounded memory,
/// whatever the expression.
class GroupRegex {
 public:
  GroupRegex(std::string written, std::string name) : written_(std::move(written)), name_(std::move(name)) {
    constexpr std::size_t kMost = 1000;
    if (written_.size() > kMost) {
      throw base::ConfigError({.what = name_ + " is longer than " + std::to_string(kMost) + " characters: " + text(),
                               .remedy = "for example '^([0-9]{8})_'"});
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    regex_ = std::make_shared<const re2::RE2>(written_, options);
    if (regex_->ok()) return;
    throw base::ConfigError(
        {.what = name_ + " is no regular expression that can be matched: '" + base::excerpt(written_) + "' (" +
                 base::excerpt(regex_->error()) + ")",
         .remedy = "for example '^([0-9]{8})_'; the syntax is RE2's, without look-around and references back"});
  }

  /// Empty where it does not match.
  [[nodiscard]] std::string operator()(const std::string& file) const {
    re2::StringPiece match[2];
    const int groups = regex_->NumberOfCapturingGroups() > 0 ? 2 : 1;
    if (!regex_->Match(file, 0, file.size(), re2::RE2::UNANCHORED, match, groups)) return {};
    return std::string(match[groups - 1]);
  }
  /// The option and its value, for messages.
  [[nodiscard]] std::string text() const { return name_ + " '" + base::excerpt(written_) + "'"; }

 private:
  std::string written_;
  std::string name_;
  std::shared_ptr<const re2::RE2> regex_;
};

}  // namespace youden::data
