// `youden evaluate FILE.csv`: any table of labels and scores.
#include "youden/metric/score_file.hpp"
#include "fuzz.hpp"

namespace youden::fuzz {

void parse(std::string_view bytes) {
  if (bytes.size() > 4096) return;
  const MemoryFile file(bytes);
  const metric::ScoreFile read = metric::read_score_file({.file = file.path()});
  read.table.require_sense();
  static_cast<void>(read.table.groups());
}

std::vector<std::string> seeds() {
  return {"film,label,score,patient\na,1,.9,p\nb,0,.2,q\n", "label,model_a,model_b,reader\n1,.9,.5,1\n0,.2,.4,0\n",
          "image;score;befund\nA1;0,91;positiv\nA2;0,12;negativ\n", "label,a,b,c\na,.2,.3,.5\nb,.1,.8,.1\nc,0,0,1\n"};
}

}  // namespace youden::fuzz
