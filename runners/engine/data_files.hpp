#pragma once
#include <filesystem>
#include <optional>
#include <vector>

#include "arguments.hpp"
#include "youden/sample/manifest.hpp"

namespace youden::runner {

/// Where a `data` command writes its CSV and its contact sheet, and what it may write over: nothing without `--force`,
/// with it only what looks like its own, and never what it reads.
class DataFiles {
 public:
  /// Declares -o, --sheet, --no-sheet and --force.
  static void declare(Arguments& args, const char* what);
  /// `-o FOLDER` means `file_name` in it. Throws ConfigError where a file is in the way.
  DataFiles(const Arguments& args, const char* file_name);

  [[nodiscard]] const std::filesystem::path& csv() const { return csv_; }
  /// Nothing where no sheet is wanted.
  [[nodiscard]] const std::optional<std::filesystem::path>& sheet() const { return sheet_; }
  [[nodiscard]] std::filesystem::path folder() const { return std::filesystem::absolute(csv_).parent_path(); }
  /// Whether a folder was given instead of a file.
  [[nodiscard]] bool into_folder() const { return into_folder_; }

  /// Throws ConfigError where `table` is there and must not be written over.
  void require_free(const std::filesystem::path& table) const;
  /// Throws ConfigError where `input` would be written over.
  void keep(const std::filesystem::path& input) const;
  void keep(const std::vector<sample::Sample>& films) const;

 private:
  std::filesystem::path csv_;
  std::optional<std::filesystem::path> sheet_;
  bool into_folder_ = false;
  bool force_ = false;
};

}  // namespace youden::runner
