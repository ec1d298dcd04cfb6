#pragma once
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "youden/config/json.hpp"
#include "youden/data/film_sheet.hpp"
#include "youden/data/manifest.hpp"

namespace youden::runner {

int data_covid19(const Invocation& in);
int data_csv(const Invocation& in);
int data_scan(const Invocation& in);
int data_split(const Invocation& in);

/// What all of `data` share: where the file and its contact sheet go, and what is said at the end.
class DataOutput {
 public:
  /// Declares -o, --sheet, --no-sheet and --force.
  static void declare(Arguments& args, const char* what);
  /// `-o FOLDER` means `file_name` in it. Throws ConfigError where a file is in the way.
  DataOutput(const Arguments& args, const char* file_name);

  /// Refuses to write over `input`, `--force` or not.
  void keep(const std::filesystem::path& input) const;
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }
  [[nodiscard]] std::filesystem::path folder() const;
  /// Whether a folder was given instead of a file.
  [[nodiscard]] bool into_folder() const { return into_folder_; }
  /// Throws ConfigError where `path` is there and must not be written over.
  void require_free(const std::filesystem::path& path) const;
  [[nodiscard]] std::vector<data::FilmFacts> facts(const std::vector<data::Sample>& samples) const;

  /// Draws the sheet unless it is not wanted. Returns its path. Adds films that broke to `broken`.
  std::optional<std::filesystem::path> write_sheet(data::ContactSheet sheet, std::vector<std::string>& broken) const;
  /// Manifest and sheet; then the summary on stdout (`lines` below the table, `answer` as JSON), and on stderr which
  /// films cannot be read.
  void write_manifest(const Invocation& in, const data::Manifest& manifest, config::Json answer,
                      const std::vector<std::string>& lines) const;
  /// Table of labels: films, patients, sizes, kinds.
  static void print(const Invocation& in, const std::vector<data::Sample>& samples,
                    const std::vector<data::FilmFacts>& facts, config::Json answer,
                    const std::vector<std::string>& lines);

 private:
  std::filesystem::path file_;
  std::optional<std::filesystem::path> sheet_;
  bool into_folder_ = false;
  bool force_ = false;
  int threads_ = 1;
};

/// Words of an option that may be repeated or hold commas.
std::vector<std::string> words_of(const Arguments& args, const std::string& option);
/// Names on stderr, all of them: what is left out of a data set is never left unsaid.
void name_left_out(const std::string& headline, const std::vector<std::string>& names);
/// An option's value, where it was given.
std::optional<std::string> given(const Arguments& args, const std::string& option);

}  // namespace youden::runner
