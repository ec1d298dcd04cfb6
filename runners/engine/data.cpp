#include <string>

#include "arguments.hpp"
#include "data_output.hpp"
#include "engine_commands.hpp"
#include "invocation.hpp"

namespace youden::runner {

int command_data(const Invocation& in) {
  if (in.args.empty() || in.args.front().starts_with('-')) {
    Arguments args(in, "covid19 | csv | scan | split … -o FILE",
                   "covid19  the public covid-chestxray-dataset, and films without finding beside it\n"
                   "csv      anyone's table with one row a film\n"
                   "scan     a folder with one sub-folder of films a class\n"
                   "split    an experiment's division into parts, as a file for other tools\n\n"
                   "Each writes a CSV with one row a film, and a contact sheet beside it.\n\n"
                   "examples:\n"
                   "  youden data covid19 --metadata metadata.csv --images images --finding COVID-19 --view PA \\\n"
                   "      --normals nih/no_finding -o manifest.csv\n"
                   "  youden data csv films.csv --path filename --label finding --group patientid -o manifest.csv\n"
                   "  youden data scan films/ --group-regex '^(P[0-9]+)_' -o manifest.csv\n"
                   "  youden data split experiments/covid19-sound.yaml -o split.csv\n"
                   "  youden data covid19 --help");
    if (args.parse(0)) static_cast<void>(args.first("covid19, csv, scan or split"));
    return 0;
  }
  const std::string& what = in.args.front();
  require_subcommand("data", what);
  Invocation own = in;
  own.command += " " + what;
  own.args.erase(own.args.begin());
  if (what == "covid19") return data_covid19(own);
  if (what == "csv") return data_csv(own);
  if (what == "scan") return data_scan(own);
  return data_split(own);
}

}  // namespace youden::runner
