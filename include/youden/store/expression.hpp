#pragma once
#include <sqlite3.h>

#include <cctype>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "youden/base/error.hpp"

namespace youden::store {

enum class NameKind { column, param, metric, tag, unknown };

/// A condition over the leaderboard, with the names that the query must add to it as columns.
struct Expression {
  std::string sql;
  std::set<std::string> params = {};
  std::set<std::string> metrics = {};
  std::set<std::string> tags = {};  ///< as written, `tag.site`
};

inline std::string quoted(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

/// Reads the SQL condition of `list --where`: config keys may be written [head.dropout], "head.dropout" or plainly
/// head.dropout, tags [tag.site]. Every quoted name must exist, since SQLite would read an unknown "name" as a text.
/// Throws ConfigError for what could end the condition early (`;`, comments, unbalanced brackets) and calls
/// `unknown(name)`, which throws.
class ExpressionReader {
 public:
  ExpressionReader(std::string_view text, std::function<NameKind(const std::string&)> kind_of,
                   std::function<void(const std::string&)> unknown)
      : text_(text), kind_of_(std::move(kind_of)), unknown_(std::move(unknown)) {}

  Expression read() {
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      if (c == '\'') {
        out_.sql += quote('\'', "text");
      } else if (c == '[' || c == '"' || c == '`') {
        const std::string raw = quote(c == '[' ? ']' : c, "name");
        add(raw.substr(1, raw.size() - 2), true);
      } else if (std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_') {
        word();
      } else if (std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.') {
        while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '.')) {
          out_.sql += text_[at_++];
        }
      } else {
        if (c == ';') refuse("';' does not belong into a condition");
        if ((c == '-' && next == '-') || (c == '/' && next == '*'))
          refuse("a comment does not belong into a condition");
        if (c == '?' || c == ':' || c == '@' || c == '$' || c == '#' || c == '\0') {
          refuse(std::string("'") + c + "' does not belong into a condition");
        }
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (depth < 0) refuse("there is a ')' without its '('");
        out_.sql += c;
        ++at_;
      }
    }
    if (depth > 0) refuse("there is a '(' without its ')'");
    return std::move(out_);
  }

 private:
  [[noreturn]] static void refuse(const std::string& what) {
    throw base::ConfigError({what, "--where",
                             "write an SQL condition, e.g. --where \"sensitivity > .95 and "
                             "[head.dropout] < .5\""});
  }

  /// From the opening mark to the closing one, both included; a doubled closing mark stands for itself.
  std::string quote(char close, const std::string& what) {
    const std::size_t from = at_++;
    while (at_ < text_.size()) {
      if (text_[at_] == close) {
        if (close == ']' || at_ + 1 >= text_.size() || text_[at_ + 1] != close) {
          ++at_;
          return std::string(text_.substr(from, at_ - from));
        }
        ++at_;
      }
      ++at_;
    }
    refuse("a quoted " + what + " is not closed: " + std::string(text_.substr(from)));
  }

  void word() {
    std::string name;
    const auto in_word = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
    };
    while (at_ < text_.size() && in_word(text_[at_])) name += text_[at_++];
    std::size_t after = at_;
    while (after < text_.size() && text_[after] == ' ') ++after;
    const bool call = after < text_.size() && text_[after] == '(';
    const bool keyword = sqlite3_keyword_check(name.c_str(), static_cast<int>(name.size())) != 0;
    if (call || keyword)
      out_.sql += name;
    else
      add(name, name.find('.') != std::string::npos);
  }

  /// A plain word that we do not know may still mean something to SQLite (`true`, an alias).
  void add(const std::string& name, bool must_exist) {
    switch (kind_of_(name)) {
      case NameKind::column: break;
      case NameKind::param: out_.params.insert(name); break;
      case NameKind::metric: out_.metrics.insert(name); break;
      case NameKind::tag: out_.tags.insert(name); break;
      case NameKind::unknown:
        if (must_exist) unknown_(name);
        out_.sql += name;
        return;
    }
    out_.sql += quoted(name);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::function<NameKind(const std::string&)> kind_of_;
  std::function<void(const std::string&)> unknown_;
  Expression out_;
};

}  // namespace youden::store
