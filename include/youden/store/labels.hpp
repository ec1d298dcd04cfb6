#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/base/clock.hpp"
#include "youden/base/error.hpp"
#include "youden/base/text.hpp"
#include "youden/base/utf8.hpp"
#include "youden/store/database.hpp"
#include "youden/store/limits.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/run_writer.hpp"

namespace youden::store {

/// A person's own words about a run. `id` is local to the database.
struct Note {
  std::int64_t id = 0;
  std::string created;
  std::string body;
};

namespace detail {

inline void require_text(std::string_view text, const std::string& what) {
  if (base::first_bad_utf8(text)) throw base::ConfigError({what + " is no UTF-8 text", "command line"});
}

/// Names of tags stand in conditions as [tag.site], so they are spelled like config keys.
inline void require_tag_name(const std::string& name) {
  const bool fits = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  });
  if (!fits) {
    throw base::ConfigError({"'" + base::excerpt(name) + "' is no name for a tag", "command line",
                             "names consist of letters, digits, '_', '-' and '.', e.g. site=north"});
  }
}

}  // namespace detail

/// `name=value` as typed; an empty value takes the tag away. Throws ConfigError.
inline std::pair<std::string, std::string> parse_tag(const std::string& word) {
  const auto equals = word.find('=');
  if (equals == std::string::npos) {
    throw base::ConfigError(
        {"'" + base::excerpt(word) + "' is no tag", "command line", "write name=value; name= takes the tag away"});
  }
  std::pair tag(word.substr(0, equals), word.substr(equals + 1));
  detail::require_tag_name(tag.first);
  require_length(tag.first, kLongestTag, "the name of a tag");
  require_length(tag.second, kLongestTag, "tag '" + base::excerpt(tag.first) + "'");
  detail::require_text(tag.second, "the value of tag '" + tag.first + "'");
  return tag;
}

/// Sets tags, and takes away those whose value is empty; all or none. Throws ConfigError for one that is not there.
inline void change_tags(Database& database, std::int64_t run,
                        const std::vector<std::pair<std::string, std::string>>& tags) {
  detail::write(database, [&](SQLite::Database& db) {
    for (const auto& [name, value] : tags) {
      if (!value.empty()) {
        execute(db, "INSERT OR REPLACE INTO tag (run, name, value) VALUES (?, ?, ?)", run, name, value);
      } else if (execute(db, "DELETE FROM tag WHERE run = ? AND name = ?", run, name) == 0) {
        std::vector<std::string> known;
        const Json there = read_tags(database, run);
        for (const auto& [key, ignored] : there.items()) known.push_back(key);
        throw base::ConfigError({"run " + std::to_string(run) + " has no tag '" + name + "'", database.path().string(),
                                 base::suggestion(name, known)});
      }
    }
  });
}

/// In the order in which they were written.
inline std::vector<Note> read_notes(Database& database, std::int64_t run) {
  return detail::read_rows(
      database, "SELECT id, created, body FROM note WHERE run = ? ORDER BY created, id",
      [](SQLite::Statement& row) {
        return Note{row.getColumn(0).getInt64(), row.getColumn(1).getString(), row.getColumn(2).getString()};
      },
      run);
}

/// Throws ConfigError for text that is empty, too long or no UTF-8.
inline void add_note(Database& database, std::int64_t run, std::string_view text) {
  const std::string body(base::trim(text));
  if (body.empty()) throw base::ConfigError({"the note is empty", "command line", "write some words behind the run"});
  require_length(body, kLongestNote, "the note");
  detail::require_text(body, "the note");
  detail::write(database, [&](SQLite::Database& db) {
    execute(db, "INSERT INTO note (run, created, body) VALUES (?, ?, ?)", run, base::utc_now(), body);
  });
}

inline void remove_note(Database& database, std::int64_t run, std::int64_t note) {
  detail::write(database, [&](SQLite::Database& db) {
    if (execute(db, "DELETE FROM note WHERE run = ? AND id = ?", run, note) == 1) return;
    throw base::ConfigError({"run " + std::to_string(run) + " has no note " + std::to_string(note),
                             database.path().string(), "see `youden note " + std::to_string(run) + "`"});
  });
}

}  // namespace youden::store
