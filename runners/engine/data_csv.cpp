#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "data_output.hpp"
#include "youden/base/streams.hpp"
#include "youden/data/film_sheet.hpp"
#include "youden/data/table_manifest.hpp"

namespace youden::runner {

int data_csv(const Invocation& in) {
  namespace po = boost::program_options;
  Arguments args(in, "FILE [--path COL] [--label COL] [--group COL] [--source COL] [--root DIR] -o FILE",
                 "Anyone's CSV with one row a film, as a checked manifest. Columns that no option names are found by\n"
                 "their usual names where just one fits; the others become covariates. Films that are not there are\n"
                 "named and left out.\n\n"
                 "examples:\n"
                 "  youden data csv films.csv --path filename --label finding --group patientid -o manifest.csv\n"
                 "  youden data csv Data_Entry_2017.csv --root nih/images -o nih.csv");
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  args.options.add_options()("path", text("COL"), "column of file names")("label", text("COL"), "column of classes")(
      "group", text("COL"), "column of patients; none = there is none")("source", text("COL"),
                                                                        "column of collections or hospitals")(
      "root", text("DIR"), "where relative paths start (the table's folder), and which then none may leave");
  DataFiles::declare(args, "the manifest to write");
  if (!args.parse(1)) return 0;
  data::TableOptions options{.table = args.first("the table"),
                             .path = given(args, "path"),
                             .label = given(args, "label"),
                             .group = given(args, "group"),
                             .source = given(args, "source")};
  if (const auto root = given(args, "root")) options.root = *root;
  const DataFiles files(args, "manifest.csv");
  files.keep(options.table);
  const auto built = data::TableManifest::build(options);
  name_left_out(fmt::format("{} of {} films are not there", built.missing.size(), built.rows), built.missing);
  for (const std::string& note : built.manifest.notes) base::print_err("warning: {}\n", base::printable(note));
  const auto& columns = built.columns;
  std::vector<std::string> meant;
  for (const auto& [ours, theirs] : columns.items()) {
    if (!theirs.is_null()) meant.push_back(ours + " = " + theirs.get<std::string>());
  }
  config::Json answer{
      {"rows", built.rows}, {"found", built.manifest.samples.size()}, {"missing", built.missing}, {"columns", columns}};
  write_manifest(in, files, built.manifest, std::move(answer),
                 {fmt::format("{} rows, {} found, {} missing; columns: {}", built.rows,
                              data::counted(built.manifest.samples.size(), "film"), built.missing.size(),
                              base::join(meant, ", "))});
  return 0;
}

}  // namespace youden::runner
