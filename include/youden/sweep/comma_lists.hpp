#pragma once
#include <string>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/config/json.hpp"

namespace youden::sweep {

/// Command-line words of `youden sweep`, told apart: settings for every trial, and keys to vary.
struct CommaLists {
  std::vector<std::string> settings = {};
  config::Json space = config::Json::object();  ///< key -> {choice: [texts]}
};

namespace detail {

/// The pieces between commas that stand in no bracket and no quotes.
inline std::vector<std::string> pieces(const std::string& text) {
  std::vector<std::string> out{""};
  int depth = 0;
  char quote = 0;
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && depth == 0) {
      out.emplace_back();
      continue;
    }
    out.back() += c;
  }
  return out;
}

/// As YAML would type it, so that a table of trials sorts by number.
inline config::Json typed(const std::string& text) {
  config::Json value = config::Json::parse(text, nullptr, false);
  const bool plain = value.is_number() || value.is_boolean() || value.is_null() || value.is_structured();
  return plain && !value.is_discarded() ? value : config::Json(text);
}

}  // namespace detail

/// A setting of the command line that gives `key` this value. Text that YAML would read otherwise is quoted (JSON's
/// quotes are YAML's); what begins like a list or a map was typed as one.
inline std::string setting(const std::string& key, const config::Json& value) {
  if (!value.is_string()) return key + "=" + value.dump();
  const auto text = value.get<std::string>();
  const bool structure = text.starts_with('{') || text.starts_with('[');
  const bool plain = !text.empty() && text.find_first_of(" #:,&*!|>'\"%@`$\n~") == std::string::npos;
  return key + "=" + (structure || (plain && detail::typed(text).is_string()) ? text : value.dump());
}

/// `head.dropout=0.3,0.5` varies; `train.epochs=5` and `classes=[a, b]` do not. Values are read like any
/// other setting when their trial is composed.
inline CommaLists comma_lists(const std::vector<std::string>& words) {
  CommaLists out;
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    const auto values = detail::pieces(equals == std::string::npos ? "" : word.substr(equals + 1));
    if (values.size() < 2 || word.starts_with("sweep.")) {
      out.settings.push_back(word);
      continue;
    }
    const std::string key = word.substr(0, equals);
    config::Json choice = config::Json::array();
    for (const std::string& value : values) {
      if (base::trim(value).empty()) {
        throw base::ConfigError({"'" + base::excerpt(word) + "' has an empty value between its commas", "command line",
                                 "write " + key + "=null for no value"});
      }
      choice.push_back(detail::typed(std::string(base::trim(value))));
    }
    out.space[key] = {{"choice", choice}};
  }
  return out;
}

}  // namespace youden::sweep
