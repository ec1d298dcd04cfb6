#pragma once
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <SQLiteCpp/SQLiteCpp.h>
#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/sha256.hpp"
#include "youden/base/text.hpp"
#include "youden/config/json.hpp"
#include "youden/share/transfer.hpp"
#include "youden/store/values.hpp"
#include "youden/store/views.hpp"

namespace youden::share {

/// Names in the place of names. The same name gives the same pseudonym from one object, and another one from the next:
/// SHA-256 behind 32 random bytes that nobody keeps, so that hashing the names one knows finds nothing.
class Pseudonyms {
 public:
  Pseudonyms() {
    const int fd = ::open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    const bool filled = fd >= 0 && ::read(fd, key_.data(), key_.size()) == static_cast<ssize_t>(key_.size());
    if (fd >= 0) ::close(fd);
    if (!filled) throw base::StoreError({"cannot read random bytes for pseudonyms", "/dev/urandom"});
  }

  /// 64 hexadecimal digits. Names of different kinds have nothing in common.
  [[nodiscard]] std::string of(std::string_view kind, std::string_view name) const {
    return base::Sha256()
        .add(std::string_view(key_.data(), key_.size()))
        .add(kind)
        .add(std::string_view("\0", 1))
        .add(name)
        .hex();
  }

  /// The SQL function `pseudonym(kind, name, digits)`; NULL and empty names stay what they are.
  void offer(SQLite::Database& db) { db.createFunction("pseudonym", 3, true, this, &call); }

 private:
  static void call(sqlite3_context* context, int, sqlite3_value** values) {
    const auto text = [&](int i) {
      const auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(values[i]));
      return std::string_view(bytes == nullptr ? "" : bytes, static_cast<std::size_t>(sqlite3_value_bytes(values[i])));
    };
    if (text(1).empty()) {
      sqlite3_result_value(context, values[1]);
      return;
    }
    const auto& self = *static_cast<const Pseudonyms*>(sqlite3_user_data(context));
    const std::string out = self.of(text(0), text(1)).substr(0, static_cast<std::size_t>(sqlite3_value_int(values[2])));
    sqlite3_result_text(context, out.data(), static_cast<int>(out.size()), SQLITE_TRANSIENT);
  }

  std::array<char, 32> key_{};
};

namespace detail {

/// Whether one of the parts of a dotted name is `part`, as `dataset` is in `sweep.space.dataset.file.choice`.
inline bool names_part(std::string_view key, std::string_view part) {
  for (std::size_t from = 0; from <= key.size();) {
    const std::size_t to = std::min(key.find('.', from), key.size());
    if (key.substr(from, to - from) == part) return true;
    from = to + 1;
  }
  return false;
}

/// Whether a text is a place: a path, or a file's name.
inline bool is_place(const std::string& text) {
  static constexpr std::array<std::string_view, 26> kFiles{
      ".csv", ".tsv", ".txt", ".xlsx", ".json", ".yaml",        ".yml",  ".parquet", ".npy",
      ".npz", ".png", ".jpg", ".jpeg", ".tif",  ".tiff",        ".webp", ".bmp",     ".dcm",
      ".db",  ".zip", ".gz",  ".pt",   ".pth",  ".safetensors", ".h5",   ".idx"};
  if (text.find_first_of("/\\~") != std::string::npos) return true;
  const std::string ending = base::lower(std::filesystem::path(text).extension().string());
  return std::find(kFiles.begin(), kFiles.end(), ending) != kFiles.end();
}

}  // namespace detail

/// A configuration without places and people, by what a value is about and not by where it stands: no tags, cache and
/// launcher; of the dataset types and numbers only, also where a sweep chooses among datasets; of weights and presets
/// the file's last name; no other path or file. `key` is the dotted name of `value`.
inline config::Json without_names(const config::Json& value, const std::string& key = {}) {
  if (value.is_object()) {
    config::Json out = config::Json::object();
    for (const auto& [name, child] : value.items()) {
      const std::string path = key.empty() ? name : key + "." + name;
      const bool personal =
          detail::names_part(name, "tags") || detail::names_part(name, "cache") || detail::names_part(name, "launcher");
      if (!personal) out[name] = without_names(child, path);
    }
    return out;
  }
  if (value.is_array()) {
    config::Json out = config::Json::array();
    for (const auto& child : value) out.push_back(without_names(child, key));
    return out;
  }
  if (!value.is_string()) return value;
  const auto text = value.get<std::string>();
  if (detail::names_part(key, "dataset") && !key.ends_with(".type")) return nullptr;
  const bool published = detail::names_part(key, "weights") || detail::names_part(key, "use");
  if (!published && detail::is_place(text)) return nullptr;
  return published ? text.substr(text.find_last_of("/\\") + 1) : text;
}

namespace detail {

inline std::string text_of(sqlite3_value* value) {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return bytes == nullptr ? "" : std::string(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}
/// SQL: config_without_names(json).
inline void sql_config(sqlite3_context* context, int, sqlite3_value** values) {
  const config::Json parsed = store::parse_json(text_of(values[0]));
  const std::string out = parsed.is_object() ? without_names(parsed).dump() : "{}";  // what is none may say anything
  sqlite3_result_text(context, out.data(), static_cast<int>(out.size()), SQLITE_TRANSIENT);
}
/// SQL: param_without_names(name, value). A list is stored as JSON text.
inline void sql_param(sqlite3_context* context, int, sqlite3_value** values) {
  if (sqlite3_value_type(values[1]) != SQLITE_TEXT) return sqlite3_result_value(context, values[1]);
  const std::string text = text_of(values[1]);
  const bool list = text.starts_with('[') || text.starts_with('{');
  const config::Json parsed = list ? store::parse_json(text) : config::Json(text);
  if (list && parsed.is_string()) return sqlite3_result_null(context);
  const config::Json clean = without_names(parsed, text_of(values[0]));
  if (clean.is_null()) return sqlite3_result_null(context);
  const std::string out = clean.is_string() ? clean.get<std::string>() : clean.dump();
  sqlite3_result_text(context, out.data(), static_cast<int>(out.size()), SQLITE_TRANSIENT);
}

}  // namespace detail

/// What an export with --deidentify lets through: columns that are named here, as they are or rewritten. All others are
/// emptied and all other tables stay behind, so that a column of tomorrow leaks nothing.
class Deidentification {
 public:
  /// The functions that the rewrites call live as long as the object.
  [[nodiscard]] Rewrites rewrites(SQLite::Database& db) {
    pseudonyms_.offer(db);
    db.createFunction("config_without_names", 1, true, nullptr, &detail::sql_config);
    db.createFunction("param_without_names", 2, true, nullptr, &detail::sql_param);
    Rewrites out;
    SQLite::Statement column(db,
                             "SELECT m.name, c.name, c.\"notnull\" FROM main.sqlite_schema m "
                             "JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'");
    while (column.executeStep()) {
      const std::string table = column.getColumn(0).getString();
      const std::string name = column.getColumn(1).getString();
      const auto known = columns().find(table);
      if (known == columns().end()) {
        out.rows[table] = "0";
        continue;
      }
      const auto how = known->second.find(name);
      if (how == known->second.end())
        out.columns[table + "." + name] = column.getColumn(2).getInt() != 0 ? "''" : "NULL";
      else if (!how->second.empty())
        out.columns[table + "." + name] = how->second;
    }
    out.rows["result"] = "o.slice = ''";  // a subgroup may be one person
    out.rows["param"] = "o.name NOT LIKE 'tags.%' AND o.name NOT LIKE 'cache.%' AND o.name NOT LIKE 'launcher%'";
    out.rows["environment"] =
        "o.name IN ('youden', 'library_hash', 'libtorch', 'opencv', 'sqlite', 'compiler', 'cpu', 'threads', 'device', "
        "'precision', 'git_revision', 'prefix_hash')";
    out.rows["artifact"] = "o.path LIKE 'runs/' || (SELECT uid FROM other.run WHERE id = o.run) || '/%'";
    return out;
  }

 private:
  using Columns = std::map<std::string, std::string>;  ///< column → SQL; empty: as it is
  static const std::map<std::string, Columns>& columns() {
    static const std::string kSample = "'s-' || pseudonym('sample', o.sample, 16)";
    static const std::string kId = "'s-' || pseudonym('sample', o.id, 16)";
    static const std::string kPart =
        "CASE WHEN o.part LIKE 'external:%' THEN 'external:' || pseudonym('part', o.part, 8) ELSE o.part END";
    static const std::string kTestSet = "pseudonym('test_hash', o.test_hash, 32)";
    static const std::string kFingerprint = "pseudonym('fingerprint', o.fingerprint, 32)";
    static const std::map<std::string, Columns> kColumns{
        {"dataset", {{"hash", "pseudonym('dataset', o.hash, 32)"}, {"name", "'de-identified'"}, {"n", ""}}},
        {"sample",
         {{"dataset", ""},
          {"id", kId},
          {"path", "''"},
          {"sha256", "pseudonym('sha256', o.sha256, 64)"},
          {"label", ""},
          {"patient", "'p-' || nullif(pseudonym('patient', o.patient, 16), '')"},
          {"source", "'source-' || nullif(pseudonym('source', o.source, 8), '')"},
          {"covariates", "'{}'"}}},
        {"skipped", {{"dataset", ""}, {"id", kId}, {"path", "''"}, {"reason", "''"}}},
        {"run",
         {{"uid", ""},
          {"name", ""},
          {"status", "iif(o.status = 'running', 'interrupted', o.status)"},
          {"seed", ""},
          {"fingerprint", kFingerprint},
          {"created", ""},
          {"started", ""},
          {"finished", ""},
          {"elapsed_s", ""},
          {"dataset", ""},
          {"found", ""},
          {"folds", ""},
          {"replicates", ""},
          {"positive", ""},
          {"classes", ""},
          {"unit", ""},
          {"test_hash", kTestSet},
          {"config", "config_without_names(o.config)"}}},
        {"param", {{"run", ""}, {"name", ""}, {"value", "param_without_names(o.name, o.value)"}}},
        {"environment", {{"run", ""}, {"name", ""}, {"value", ""}}},
        {"artifact", {{"run", ""}, {"kind", ""}, {"path", ""}, {"sha256", ""}, {"bytes", ""}}},
        {"finished_fold", {{"run", ""}, {"replicate", ""}, {"fold", ""}}},
        {"assignment",
         {{"run", ""}, {"replicate", ""}, {"fold", ""}, {"sample", kSample}, {"part", kPart}, {"dataset", ""}}},
        {"history",
         {{"run", ""}, {"replicate", ""}, {"fold", ""}, {"epoch", ""}, {"part", kPart}, {"metric", ""}, {"value", ""}}},
        {"prediction",
         {{"run", ""},
          {"replicate", ""},
          {"fold", ""},
          {"part", kPart},
          {"sample", kSample},
          {"class", ""},
          {"probability", ""},
          {"dataset", ""}}},
        {"result",
         {{"run", ""},
          {"replicate", ""},
          {"fold", ""},
          {"part", kPart},
          {"metric", ""},
          {"unit", ""},
          {"slice", ""},
          {"class", ""},
          {"value", ""},
          {"threshold", ""},
          {"low", ""},
          {"high", ""},
          {"level", ""},
          {"method", ""},
          {"n", ""},
          {"n_patients", ""}}},
        {"headline", headline_names()},
        {"metric", {{"name", ""}, {"direction", ""}, {"description", ""}}},
        {"finding", {{"run", ""}, {"rule", ""}, {"severity", ""}, {"value", ""}}},
        {"scoring", {{"test_hash", kTestSet}, {"uid", ""}}},
        {"sweep",
         {{"uid", ""},
          {"name", ""},
          {"fingerprint", kFingerprint},
          {"state", ""},
          {"objective", ""},
          {"direction", ""},
          {"created", ""},
          {"finished", ""},
          {"elapsed_s", ""},
          {"config", "config_without_names(o.config)"}}},
        {"trial",
         {{"sweep", ""},
          {"number", ""},
          {"params", "config_without_names(o.params)"},
          {"state", ""},
          {"run", ""},
          {"value", ""},
          {"objectives", ""},
          {"part", kPart},
          {"epochs", ""},
          {"attempts", ""},
          {"reused", ""},
          {"prefix_images", ""}}}};
    return kColumns;
  }
  static Columns headline_names() {
    Columns out{{"run", ""}, {"part", ""}, {"n_positive", ""}, {"n_negative", ""}};
    for (const std::string_view metric : store::kHeadlineMetrics) {
      for (const char* bound : {"", "_low", "_high"}) out[std::string(metric) + bound] = "";
    }
    return out;
  }

  Pseudonyms pseudonyms_;
};

}  // namespace youden::share
