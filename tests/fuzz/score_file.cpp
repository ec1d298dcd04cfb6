// `youden evaluate FILE.csv`: any table of labels and scores, as a person hands it in and with rows to be averaged.
#include "youden/evaluate/score_file.hpp"

#include "fuzz.hpp"

namespace youden::fuzz {

void read(const evaluate::ScoreFileOptions& options) {
  const evaluate::ScoreFile file = evaluate::read_score_file(options);
  file.table.require_sense();
  require(file.places.size() == file.table.rows(), "each row has its place");
  require(file.id.empty() || file.id.size() == file.table.rows(), "each row has its id");
  static_cast<void>(file.table.groups());
  for (std::size_t i = 0; i < file.table.rows(); ++i) static_cast<void>(file.table.decided(i));
}

void parse(std::string_view bytes) {
  const MemoryFile file(bytes);
  try {
    read({.file = file.path()});
  } catch (const base::DataError&) {
  }
  read({.file = file.path(), .positive = "1", .mean_by = "2"});
}

std::vector<std::string> seeds() {
  return {"film,label,score,patient\na,1,.9,p\nb,0,.2,q\n", "label,model_a,model_b,reader\n1,.9,.5,1\n0,.2,.4,0\n",
          "image;score;befund\nA1;0,91;positiv\nA2;0,12;negativ\n", "label,a,b,c\na,.2,.3,.5\nb,.1,.8,.1\nc,0,0,1\n",
          "id,2,label,score\nx,s,1,1e-3\ny,s,1,+.5\nx,t,0,0\n"};
}

}  // namespace youden::fuzz
