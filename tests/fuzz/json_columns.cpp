// JSON text that came with a results database from elsewhere, as show, compare and export take it.
#include "fuzz.hpp"
#include "youden/config/node.hpp"
#include "youden/config/print.hpp"
#include "youden/share/deidentify.hpp"
#include "youden/store/sweeps.hpp"

namespace youden::fuzz {

template <class Read>
void attempt(const Read& read) {
  try {
    read();
  } catch (const base::StoreError&) {
  }
}

void parse(std::string_view bytes) {
  const std::string text(bytes);
  const config::Json any = store::parse_json(text);
  const std::string shown = any.dump(2, ' ', false, config::kAnyBytes);
  require(config::Json::accept(shown), "what is shown is JSON");
  const config::Json clean = share::without_names(any);
  require(clean.dump(-1, ' ', false, config::kAnyBytes).size() <= 8 * shown.size() + 8, "what is cleaned is no longer");
  attempt([&] { static_cast<void>(store::parse_names(text, "classes", "fuzz.db")); });
  attempt([&] { static_cast<void>(store::detail::texts(text)); });
  attempt([&] {
    const config::Json config = store::parse_object(text, "config", "fuzz.db");
    static_cast<void>(config::flatten(config).dump());
    const config::Node node = config::node_from_json(config, "run 1");
    require(node.entries.size() == config.size(), "a configuration keeps its keys");
    static_cast<void>(config::to_yaml({.config = config}));
    static_cast<void>(share::without_names(config).dump());
  });
}

std::vector<std::string> seeds() {
  return {R"({"dataset":{"root":"/home/a","size":224},"sweep":{"space":{"dataset.file":{"choice":["a.csv"]}}}})",
          R"([1,-2.5e3,"\u00e9\n",null,true,{"a":[[[]]]}])", R"(["sick","well"])",
          R"({"head":{"type":"linear","dropout":0.5},"tags":{"site":"x"},"steps":[{"type":"rotate"},{"a":[1,{}]}]})"};
}

}  // namespace youden::fuzz
