// Experiments and presets: YAML text, and values typed on the command line.
#include "fuzz.hpp"
#include "youden/base/faults.hpp"
#include "youden/config/yaml_reader.hpp"

namespace youden::fuzz {

void parse(std::string_view bytes) {
  base::Faults faults;
  const std::string text(bytes);
  config::YamlReader("fuzz.yaml", faults).read(text);
  if (text.size() < 200) config::YamlReader::read_value(text, faults);
}

std::vector<std::string> seeds() {
  return {"use: [dataset/phantom, head/linear]\nname: small\nseed: 5\ntrain: { epochs: 8, lr: 1.0e-3 }\n",
          "a: &x {b: [1, 'two', \"th\\u0072ee\"], c: !!str 4}\nd: *x\n<<: *x\n",
          "text: |\n  one\n  two\nfolded: >-\n  three\n? key\n: value\n", "- [a, {b: c}]\n- ~\n- 0x1f\n# comment\n"};
}

}  // namespace youden::fuzz
