#pragma once
#include <fmt/format.h>
#include <boost/program_options.hpp>

#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command.hpp"
#include "youden/base/error.hpp"
#include "youden/base/text.hpp"

namespace youden::runner {

/// A command's own options and positional words, by Boost.Program_options. `--help` prints usage and examples.
class Arguments {
 public:
  Arguments(const Invocation& in, std::string synopsis, std::string help)
      : in_(in), synopsis_(std::move(synopsis)), help_(std::move(help)) {
    options.add_options()("help,h", "this page");
  }

  /// The arguments of a command that described itself: options with any values.
  Arguments(const Invocation& in, const CommandDescription& d) : in_(in), synopsis_(d.synopsis), help_(d.help) {
    namespace po = boost::program_options;
    options_text_ = d.options_text;
    for (const CommandDescription::Option& o : d.options) {
      if (o.takes_value) {
        options.add_options()(o.name.c_str(), po::value<std::vector<std::string>>()->composing());
      } else {
        options.add_options()(o.name.c_str(), "");
      }
    }
  }

  /// False when help was asked for and printed, or the command was only to describe itself.
  bool parse(int most_words) {
    namespace po = boost::program_options;
    if (in_.describe != nullptr) {
      *in_.describe = described();
      return false;
    }
    po::options_description all = options;
    all.add_options()("words", po::value<std::vector<std::string>>());
    po::positional_options_description positional;
    positional.add("words", -1);
    try {
      // No abbreviations: a later option must not change what an earlier script meant.
      const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
      po::store(po::command_line_parser(in_.args).options(all).positional(positional).style(style).run(), values);
      po::notify(values);
    } catch (const po::unknown_option& e) {
      std::vector<std::string> names;
      for (const auto& option : options.options()) names.push_back("--" + option->long_name());
      names.insert(names.end(), kSharedOptions.begin(), kSharedOptions.end());
      throw base::ConfigError({e.what(), "command line",
                               base::suggestion(e.get_option_name(), names) + "; see " +
                                   fmt::format("{} {} --help", in_.program, in_.command)});
    } catch (const po::error& e) {
      throw base::ConfigError({e.what(), "command line", fmt::format("see {} {} --help", in_.program, in_.command)});
    }
    if (values.contains("help")) {
      fmt::print("usage: {} {} {}\n\n{}\n\n{}", in_.program, in_.command, synopsis_, help_, options_text());
      return false;
    }
    if (values.contains("words")) words = values["words"].as<std::vector<std::string>>();
    if (most_words >= 0 && words.size() > static_cast<std::size_t>(most_words)) {
      throw base::ConfigError({"unexpected '" + words[static_cast<std::size_t>(most_words)] + "'", "command line",
                               fmt::format("usage: {} {} {}", in_.program, in_.command, synopsis_)});
    }
    return true;
  }
  [[nodiscard]] bool has(const std::string& name) const { return values.contains(name); }
  /// The first positional word, or a fault that shows the usage.
  [[nodiscard]] const std::string& first(std::string_view what) const {
    if (words.empty()) {
      throw base::ConfigError({fmt::format("{} is missing", what), "command line",
                               fmt::format("usage: {} {} {}", in_.program, in_.command, synopsis_)});
    }
    return words.front();
  }

  boost::program_options::options_description options{"options"};
  boost::program_options::variables_map values;
  std::vector<std::string> words;

 private:
  [[nodiscard]] std::string options_text() const {
    if (!options_text_.empty()) return options_text_;
    std::ostringstream text;
    text << options;
    return text.str();
  }
  [[nodiscard]] CommandDescription described() const {
    namespace po = boost::program_options;
    CommandDescription out{.synopsis = synopsis_, .help = help_, .options_text = options_text()};
    for (const auto& option : options.options()) {
      const std::string brief = option->canonical_display_name(po::command_line_style::allow_dash_for_short);
      out.options.push_back(
          {.name = option->long_name() + (brief.size() == 2 && brief[0] == '-' ? "," + brief.substr(1) : ""),
           .takes_value = option->semantic()->max_tokens() > 0});
    }
    return out;
  }

  const Invocation& in_;
  std::string synopsis_;
  std::string help_;
  std::string options_text_ = {};
};

}  // namespace youden::runner
