#include "data_output.hpp"

#include <fmt/format.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <set>
#include <utility>

#include "youden/base/atomic_file.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/streams.hpp"
#include "youden/base/text.hpp"
#include "youden/base/threads.hpp"
#include "youden/data/film_facts.hpp"
#include "youden/data/film_sheet.hpp"
#include "youden/data/manifest_csv.hpp"
#include "youden/store/table.hpp"

namespace youden::runner {
namespace {

using config::Json;

/// One row a label: films, patients, sizes, kinds.
store::Table label_table(const std::vector<sample::Sample>& samples, const std::vector<data::FilmFacts>& facts) {
  store::Table table{.columns = {"label", "films", "patients", "size", "kinds"}};
  for (const auto& [label, known] : data::label_facts(samples, facts)) {
    std::vector<std::string> kinds;
    for (const auto& [kind, n] : known.kinds) kinds.push_back(fmt::format("{} {}", n, kind));
    if (known.broken > 0) kinds.push_back(fmt::format("{} not readable", known.broken));
    table.rows.push_back({label, known.films, known.patients.empty() ? Json() : Json(known.patients.size()),
                          known.sizes(), base::join(kinds, ", ")});
  }
  return table;
}

void print(const Invocation& in, const std::vector<sample::Sample>& samples, const std::vector<data::FilmFacts>& facts,
           Json answer, const std::vector<std::string>& lines) {
  if (in.format == Format::json) {
    answer["labels"] = Json::object();
    for (const auto& [label, known] : data::label_facts(samples, facts)) answer["labels"][label] = known.json();
    fmt::print("{}\n", answer.dump(2, ' ', false, config::kAnyBytes));
    return;
  }
  store::Table table = label_table(samples, facts);
  if (in.format == Format::csv) {
    fmt::print("{}", table.csv());
    return;
  }
  data::LabelFacts all;
  for (std::size_t i = 0; i < samples.size(); ++i) all.add(samples[i], facts[i]);
  table.rows.push_back({"all", all.films, all.patients.empty() ? Json() : Json(all.patients.size()), all.sizes(), ""});
  fmt::print("{}\n", table.text());
  for (const std::string& line : lines) fmt::print("{}\n", base::printable(line));
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

void name_left_out(const std::string& headline, const std::vector<std::string>& names, bool messages) {
  if (names.empty()) return;
  base::print_err("{}:\n", base::printable(headline));
  for (const std::string& name : names) base::print_err("  {}\n", base::printable(name, messages));
}

std::string full_path(const std::filesystem::path& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

std::optional<std::filesystem::path> write_sheet(const DataFiles& files, data::ContactSheet sheet,
                                                 std::vector<std::string>& broken) {
  if (!files.sheet()) return {};
  cv::Mat picture = sheet.draw(base::usable_threads());
  for (const std::string& message : sheet.broken()) {
    if (std::find(broken.begin(), broken.end(), message) == broken.end()) broken.push_back(message);
  }
  cv::cvtColor(picture, picture, cv::COLOR_RGB2BGR);
  std::vector<unsigned char> png;
  cv::imencode(".png", picture, png);
  base::write_atomically(*files.sheet(), {reinterpret_cast<const char*>(png.data()), png.size()});
  return files.sheet();
}

void write_manifest(const Invocation& in, const DataFiles& files, const sample::Manifest& manifest, Json answer,
                    const std::vector<std::string>& lines) {
  const auto& samples = manifest.samples;
  files.keep(samples);
  base::Progress progress;
  const auto facts = data::all_film_facts(samples, base::usable_threads(), progress);
  std::vector<std::string> broken;
  for (const data::FilmFacts& f : facts) {
    if (!f.broken.empty()) broken.push_back(f.broken);
  }
  base::write_atomically(files.csv(), data::ManifestCsv::text(samples, files.folder()));
  const std::string title = files.csv().filename().string();
  const auto sheet =
      write_sheet(files, data::film_sheet(title, samples, facts, data::groups_by_label(samples)), broken);
  name_left_out(data::counted(broken.size(), "film") +
                    " cannot be read; a run refuses them, or leaves them out with dataset.on_error=skip",
                broken, true);

  std::set<std::string> patients;
  for (const sample::Sample& s : samples) {
    if (!s.patient.empty()) patients.insert(s.patient);
  }
  if (!answer.contains("patients")) answer["patients"] = patients.size();
  answer["films"] = samples.size();
  answer["broken"] = broken;
  answer["manifest"] = full_path(files.csv());
  answer["sheet"] = sheet ? Json(full_path(*sheet)) : Json();
  auto said = lines;
  said.push_back("manifest  " + files.csv().string());
  if (sheet) said.push_back("sheet     " + sheet->string());
  print(in, samples, facts, std::move(answer), said);
}

}  // namespace youden::runner
