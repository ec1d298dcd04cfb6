// JSON that came with a database from elsewhere, and the condition of `list --where`.
#include "fuzz.hpp"
#include "youden/store/deidentify.hpp"
#include "youden/store/expression.hpp"
#include "youden/store/values.hpp"

namespace youden::fuzz {

void parse(std::string_view bytes) {
  const std::string text(bytes);
  const config::Json j = store::parse_json(text);
  static_cast<void>(j.dump(2, ' ', false, config::kAnyBytes));
  static_cast<void>(store::without_names(j).dump(-1, ' ', false, config::kAnyBytes));
  const auto kind = [](const std::string& name) {
    return name.size() % 2 == 0 ? store::NameKind::param : store::NameKind::unknown;
  };
  try {
    static_cast<void>(store::ExpressionReader(bytes, kind, [](const std::string&) {}).read());
  } catch (const base::ConfigError&) {
  }
  static_cast<void>(store::parse_object(text, "config", "fuzz.db"));
}

std::vector<std::string> seeds() {
  return {R"({"dataset":{"root":"/home/a","size":224},"sweep":{"space":{"dataset.file":{"choice":["a.csv"]}}}})",
          R"([1,-2.5e3,"\u00e9\n",null,true,{"a":[[[]]]}])",
          R"(sensitivity > .95 and [head.dropout] < .5 or "tag.x" = 'a''b')"};
}

}  // namespace youden::fuzz
