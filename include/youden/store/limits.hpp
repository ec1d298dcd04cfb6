#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"

namespace youden::store {

/// How long a person's words may be, in bytes. What lists and pages print beside every number is a name, no document.
inline constexpr std::size_t kLongestName = 1000;
inline constexpr std::size_t kLongestTag = 10'000;
inline constexpr std::size_t kLongestNote = 1'000'000;

/// Throws ConfigError for words that are longer than that; `what` names them.
inline void require_length(std::string_view words, std::size_t most, const std::string& what) {
  if (words.size() <= most) return;
  throw base::ConfigError({what + " has " + std::to_string(words.size()) + " bytes: '" + base::excerpt(words) + "'",
                           {},
                           "at most " + std::to_string(most) + " are kept"});
}

}  // namespace youden::store
