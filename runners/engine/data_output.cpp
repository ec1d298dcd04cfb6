#include "data_output.hpp"

#include <fmt/format.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <string_view>
#include <utility>

#include "youden/base/atomic_file.hpp"
#include "youden/base/text.hpp"
#include "youden/base/threads.hpp"
#include "youden/data/csv.hpp"
#include "youden/data/manifest_csv.hpp"
#include "youden/store/table.hpp"

namespace youden::runner {
namespace {

namespace fs = std::filesystem;
using config::Json;

std::string full_path(const fs::path& path) { return fs::absolute(path).lexically_normal().string(); }

/// Whether `path` is a table with the columns that every output of `data` has.
bool is_manifest(const fs::path& path) {
  try {
    const auto csv = data::Csv::read(path);
    return csv.column("path") && csv.column("label");
  } catch (const base::DataError&) {
    return false;
  }
}

bool is_png(const fs::path& path) {
  std::array<char, 4> start{};
  std::ifstream(path, std::ios::binary).read(start.data(), start.size());
  return std::string_view(start.data(), start.size()) == "\x89PNG";
}

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

std::vector<std::string> words_of(const Arguments& args, const std::string& option) {
  std::vector<std::string> out;
  if (!args.has(option)) return out;
  for (const std::string& value : args.values[option].as<std::vector<std::string>>()) {
    for (const std::string& word : base::split(value, ',')) {
      if (const auto bare = base::trim(word); !bare.empty()) out.emplace_back(bare);
    }
  }
  return out;
}

std::optional<std::string> given(const Arguments& args, const std::string& option) {
  if (!args.has(option)) return {};
  return args.values[option].as<std::string>();
}

void name_left_out(const std::string& headline, const std::vector<std::string>& names) {
  if (names.empty()) return;
  fmt::print(stderr, "{}:\n", headline);
  for (const std::string& name : names) fmt::print(stderr, "  {}\n", name);
}

void DataOutput::declare(Arguments& args, const char* what) {
  namespace po = boost::program_options;
  args.options.add_options()("output,o", po::value<std::string>()->value_name("FILE"), what)(
      "sheet", po::value<std::string>()->value_name("PNG"), "contact sheet; beside the file unless given")(
      "no-sheet", "draw no contact sheet")("force", "write over files that this command wrote before");
}

DataOutput::DataOutput(const Arguments& args, const char* file_name)
    : force_(args.has("force")), threads_(base::usable_threads()) {
  if (!args.has("output")) {
    throw base::ConfigError(
        {"where to write is missing", "command line", fmt::format("add -o FILE, for example -o {}", file_name)});
  }
  file_ = args.values["output"].as<std::string>();
  std::error_code error;
  into_folder_ = !file_.has_filename() || fs::is_directory(file_, error);
  if (into_folder_) file_ /= file_name;
  require_free(file_);
  if (args.has("no-sheet")) {
    if (args.has("sheet")) throw base::ConfigError({"--sheet and --no-sheet contradict each other", "command line"});
    return;
  }
  sheet_ =
      args.has("sheet") ? fs::path(args.values["sheet"].as<std::string>()) : fs::path(file_).replace_extension("png");
  if (base::lower(sheet_->extension().string()) != ".png" || full_path(*sheet_) == full_path(file_)) {
    throw base::ConfigError({"the contact sheet is a PNG", sheet_->string(), "name it with --sheet NAME.png"});
  }
  require_own(*sheet_, force_, is_png, "name another sheet with --sheet, or leave it out with --no-sheet");
}

void DataOutput::require_free(const fs::path& path) const {
  require_own(path, force_, is_manifest, "give another name with -o");
}

void DataOutput::keep(const fs::path& input) const {
  for (const fs::path& out : {file_, sheet_.value_or(file_)}) {
    std::error_code error;
    if (fs::exists(out, error) && fs::equivalent(out, input, error)) {
      throw base::ConfigError({"would be written over by its own result", out.string(), "give another name with -o"});
    }
  }
}

fs::path DataOutput::folder() const { return fs::absolute(file_).parent_path(); }

std::vector<data::FilmFacts> DataOutput::facts(const std::vector<data::Sample>& samples) const {
  return data::all_film_facts(samples, threads_);
}

std::optional<fs::path> DataOutput::write_sheet(data::ContactSheet sheet, std::vector<std::string>& broken) const {
  if (!sheet_) return {};
  cv::Mat picture = sheet.draw(threads_);
  for (const std::string& message : sheet.broken()) {
    if (std::find(broken.begin(), broken.end(), message) == broken.end()) broken.push_back(message);
  }
  cv::cvtColor(picture, picture, cv::COLOR_RGB2BGR);
  std::vector<unsigned char> png;
  cv::imencode(".png", picture, png);
  base::write_atomically(*sheet_, {reinterpret_cast<const char*>(png.data()), png.size()});
  return sheet_;
}

void DataOutput::write_manifest(const Invocation& in, const data::Manifest& manifest, Json answer,
                                const std::vector<std::string>& lines) const {
  const auto& samples = manifest.samples;
  for (const data::Sample& s : samples) keep(s.path);
  const auto known = facts(samples);
  std::vector<std::string> broken;
  for (const auto& f : known) {
    if (!f.broken.empty()) broken.push_back(f.broken);
  }
  base::write_atomically(file_, data::ManifestCsv::text(samples, folder()));
  const auto sheet =
      write_sheet(data::film_sheet(file_.filename().string(), samples, known, data::groups_by_label(samples)), broken);
  name_left_out(data::counted(broken.size(), "film") +
                    " cannot be read; a run refuses them, or leaves them out with "
                    "dataset.on_error=skip",
                broken);
  answer["films"] = samples.size();
  answer["broken"] = broken;
  answer["manifest"] = full_path(file_);
  answer["sheet"] = sheet ? Json(full_path(*sheet)) : Json();
  auto said = lines;
  said.push_back("manifest  " + file_.string());
  if (sheet) said.push_back("sheet     " + sheet->string());
  print(in, samples, known, std::move(answer), said);
}

void DataOutput::print(const Invocation& in, const std::vector<data::Sample>& samples,
                       const std::vector<data::FilmFacts>& facts, Json answer, const std::vector<std::string>& lines) {
  const auto by_label = data::label_facts(samples, facts);
  if (in.format == Format::json) {
    answer["labels"] = Json::object();
    for (const auto& [label, known] : by_label) answer["labels"][label] = known.json();
    fmt::print("{}\n", answer.dump(2));
    return;
  }
  store::Table table{.columns = {"label", "films", "patients", "size", "kinds"}};
  const auto add = [&](const std::string& label, const data::LabelFacts& known) {
    std::vector<std::string> kinds;
    for (const auto& [kind, n] : known.kinds) kinds.push_back(fmt::format("{} {}", n, kind));
    if (known.broken > 0) kinds.push_back(fmt::format("{} not readable", known.broken));
    table.rows.push_back({label, known.films, known.patients.empty() ? Json() : Json(known.patients.size()),
                          known.sizes(), base::join(kinds, ", ")});
  };
  data::LabelFacts whole;
  for (std::size_t i = 0; i < samples.size(); ++i) whole.add(samples[i], facts[i]);
  for (const auto& [label, known] : by_label) add(label, known);
  if (in.format == Format::csv) {
    fmt::print("{}", table.csv());
    return;
  }
  whole.kinds.clear();
  add("all", whole);
  fmt::print("{}\n", table.text());
  for (const std::string& line : lines) fmt::print("{}\n", line);
}

}  // namespace youden::runner
