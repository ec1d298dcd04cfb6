// Experiments and presets: YAML text, and values typed on the command line. What was read is printed as
// `youden config show` prints it and has to come back as it was.
#include "fuzz.hpp"
#include "youden/base/faults.hpp"
#include "youden/config/interpolate.hpp"
#include "youden/config/print.hpp"
#include "youden/config/scalar.hpp"
#include "youden/config/yaml_reader.hpp"

namespace youden::fuzz {

config::Json tree(const config::Node& n) {
  config::Json out;
  if (n.is_map()) out = config::Json::object();
  if (n.is_list()) out = config::Json::array();
  for (const auto& [key, child] : n.entries) {
    if (key.size() > 500) throw base::ConfigError({"YAML has no longer keys without a question mark"});
    out[key] = tree(child);
  }
  for (const config::Node& child : n.items) out.push_back(tree(child));
  return n.is_map() || n.is_list() ? out : config::untyped(n);
}

void parse(std::string_view bytes) {
  base::Faults faults;
  const std::string text(bytes);
  if (text.size() < 200) config::YamlReader::read_value(text, faults);
  config::Node node = config::YamlReader("fuzz.yaml", faults).read(text);
  config::interpolate(node, faults);
  faults.raise<base::ConfigError>("faults:");
  const config::Json meant = tree(node);
  const config::Node again = config::YamlReader("again.yaml", faults).read(config::detail::yaml_flow(meant));
  require(faults.empty(), "what is printed is valid YAML");
  require(tree(again) == meant, "what is printed is read as it was");
}

std::vector<std::string> seeds() {
  return {"use: [dataset/phantom, head/linear]\nname: small\nseed: 5\ntrain: { epochs: 8, lr: 1.0e-3 }\n",
          "a: &x {b: [1, 'two', \"th\\u0072ee\"], c: !!str 4}\nd: *x\n<<: *x\n",
          "text: |\n  one\n  two\nfolded: >-\n  three\n? key\n: value\n",
          "- [a, {b: c}]\n- ~\n- 0x1f\n# comment\n",
          "root: ${env:HOME}/${env:NOBODY,films}\n%TAG: x\n",
          "--- a\n--- b\n...\n",
          "steps:\n  - type: rotate\n    degrees: -5\n  - {type: invert, probability: .25}\n"};
}

}  // namespace youden::fuzz
