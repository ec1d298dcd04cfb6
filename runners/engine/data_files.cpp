#include "data_files.hpp"

#include <fmt/format.h>

#include <string>

#include "replaceable.hpp"
#include "youden/base/text.hpp"
#include "youden/data/csv.hpp"

namespace youden::runner {
namespace {

namespace fs = std::filesystem;

/// Whether `path` is a table with the columns that every output of `data` has.
bool is_manifest(const fs::path& path) {
  try {
    const auto csv = data::Csv::read(path);
    return csv.column("path") && csv.column("label");
  } catch (const base::DataError&) {
    return false;
  }
}

bool is_png(const fs::path& path) { return file_head(path).starts_with("\x89PNG"); }

/// `own`: whether what is there looks like what would be written.
void require_own(const fs::path& path, bool force, bool (*own)(const fs::path&), const std::string& instead) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(path, error))) return;
  if (fs::is_directory(path, error)) throw base::ConfigError({"is a folder", path.string(), instead});
  if (!force) {
    throw base::ConfigError({"the file is there already", path.string(), "write over it with --force, or " + instead});
  }
  if (!own(path) && fs::file_size(path, error) > 0) {
    throw base::ConfigError({"the file is not one that this command writes, so that --force does not write over it",
                             path.string(), instead});
  }
}

}  // namespace

void DataFiles::declare(Arguments& args, const char* what) {
  namespace po = boost::program_options;
  args.options.add_options()("output,o", po::value<std::string>()->value_name("FILE"), what)(
      "sheet", po::value<std::string>()->value_name("PNG"), "contact sheet; beside the file unless given")(
      "no-sheet", "draw no contact sheet")("force", "write over files that this command wrote before");
}

DataFiles::DataFiles(const Arguments& args, const char* file_name) : force_(args.has("force")) {
  if (!args.has("output")) {
    throw base::ConfigError(
        {"where to write is missing", "command line", fmt::format("add -o FILE, for example -o {}", file_name)});
  }
  csv_ = args.values["output"].as<std::string>();
  std::error_code error;
  into_folder_ = !csv_.has_filename() || fs::is_directory(csv_, error);
  if (into_folder_) csv_ /= file_name;
  require_free(csv_);
  if (args.has("no-sheet")) {
    if (args.has("sheet")) throw base::ConfigError({"--sheet and --no-sheet contradict each other", "command line"});
    return;
  }
  sheet_ =
      args.has("sheet") ? fs::path(args.values["sheet"].as<std::string>()) : fs::path(csv_).replace_extension("png");
  if (base::lower(sheet_->extension().string()) != ".png" ||
      fs::absolute(*sheet_).lexically_normal() == fs::absolute(csv_).lexically_normal()) {
    throw base::ConfigError({"the contact sheet is a PNG", sheet_->string(), "name it with --sheet NAME.png"});
  }
  require_own(*sheet_, force_, is_png, "name another sheet with --sheet, or leave it out with --no-sheet");
}

void DataFiles::require_free(const fs::path& table) const {
  require_own(table, force_, is_manifest, "give another name with -o");
}

void DataFiles::keep(const fs::path& input) const {
  for (const fs::path& out : {csv_, sheet_.value_or(csv_)}) {
    std::error_code error;
    if (fs::exists(out, error) && fs::equivalent(out, input, error)) {
      throw base::ConfigError({"would be written over by its own result", out.string(), "give another name with -o"});
    }
  }
}

void DataFiles::keep(const std::vector<sample::Sample>& films) const {
  for (const sample::Sample& s : films) keep(s.path);
}

}  // namespace youden::runner
