#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "front_commands.hpp"
#include "youden/base/text.hpp"
#include "youden/config/catalog.hpp"

namespace youden::runner {
namespace {

std::string range_of(const config::Field& f) {
  if (!f.choices.empty()) return base::join(f.choices, " | ");
  std::string out;
  if (f.min && f.max)
    out = fmt::format("{}{} to {}", f.above_min ? "above " : "", *f.min, *f.max);
  else if (f.min)
    out = fmt::format("{} {}", f.above_min ? "above" : "at least", *f.min);
  else if (f.max)
    out = fmt::format("at most {}", *f.max);
  for (const std::string& word : f.words) out += (out.empty() ? "" : " | ") + word;
  if (f.nullable) out += out.empty() ? "or null" : " | null";
  return out;
}

void print_fields(const std::vector<config::Field>& fields) {
  std::size_t widest = 8;
  for (const auto& f : fields) widest = std::max(widest, f.name.size());
  for (const auto& f : fields) {
    const std::string value = f.required               ? "required"
                              : f.fallback.is_string() ? f.fallback.get<std::string>()
                                                       : f.fallback.dump();
    fmt::print("    {:<{}}  {}{}\n", f.name, widest, f.help, f.unit.empty() ? "" : " [" + f.unit + "]");
    const std::string range = range_of(f);
    fmt::print("    {:<{}}  default {}{}\n", "", widest, value, range.empty() ? "" : "; " + range);
  }
}

}  // namespace

int command_components(const Invocation& in) {
  Arguments args(in, "[KIND [NAME]]",
                 "Lists the components that YAML can name, and what can be set on each.\n\n"
                 "examples:\n"
                 "  youden components\n"
                 "  youden components backbone\n"
                 "  youden components head tutorial");
  if (!args.parse(2)) return 0;
  const config::Catalog catalog = load_catalog();
  const auto kinds = catalog.kinds();
  const auto unknown_kind = [&] {
    return base::ConfigError(
        {"no kind '" + args.words[0] + "'", "command line", base::suggestion(args.words[0], kinds)});
  };
  if (!args.words.empty() && catalog.names(args.words[0]).empty()) throw unknown_kind();
  if (args.words.size() == 2 && catalog.find(args.words[0], args.words[1]) == nullptr) {
    throw base::ConfigError({"no " + args.words[0] + " '" + args.words[1] + "'", "command line",
                             base::suggestion(args.words[1], catalog.names(args.words[0]))});
  }
  if (in.format == Format::json) {
    config::Json out = config::Json::array();
    const config::Json all = catalog.to_json();
    for (const auto& d : all.at("components")) {
      const bool kind = args.words.empty() || d.at("kind") == args.words[0];
      const bool name = args.words.size() < 2 || d.at("name") == args.words[1];
      if (!kind || !name) continue;
      config::Json one = d;
      one["common"] = all.at("kinds").at(d.at("kind").get<std::string>());
      out.push_back(std::move(one));
    }
    fmt::print("{}\n", config::Json{{"components", out}}.dump(2, ' ', false, config::kAnyBytes));
    return 0;
  }
  if (args.words.size() == 2) {
    const config::Description& d = *catalog.find(args.words[0], args.words[1]);
    fmt::print("{} {} — {}\n", d.kind, d.name, d.help);
    if (d.traits.contains("stages")) {
      fmt::print("\n  stages, for backbone.freeze: {}\n",
                 base::join(d.traits.at("stages").get<std::vector<std::string>>(), ", "));
    }
    if (d.traits.contains("maximised"))
      fmt::print("\n  {} is better\n", d.traits.at("maximised") == true ? "more" : "less");
    if (!d.fields.empty()) {
      fmt::print("\n  its options\n");
      print_fields(d.fields);
    }
    if (!catalog.common(d.kind).empty()) {
      fmt::print("\n  options of every {}\n", d.kind);
      print_fields(catalog.common(d.kind));
    }
    return 0;
  }
  for (const std::string& kind : args.words.empty() ? kinds : std::vector{args.words[0]}) {
    fmt::print("{}\n", kind);
    for (const std::string& name : catalog.names(kind))
      fmt::print("  {:<20} {}\n", name, catalog.find(kind, name)->help);
  }
  return 0;
}

}  // namespace youden::runner
