#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "data_files.hpp"
#include "youden/config/json.hpp"
#include "youden/data/contact_sheet.hpp"
#include "youden/sample/manifest.hpp"

namespace youden::runner {

int data_covid19(const Invocation& in);
int data_csv(const Invocation& in);
int data_scan(const Invocation& in);
int data_split(const Invocation& in);

/// Draws the sheet where one is wanted and returns its path. Adds films that broke to `broken`.
std::optional<std::filesystem::path> write_sheet(const DataFiles& files, data::ContactSheet sheet,
                                                 std::vector<std::string>& broken);
/// Manifest and sheet; then the summary on stdout (a table of labels with `lines` below it, or `answer` as JSON), and
/// on stderr which films cannot be read.
void write_manifest(const Invocation& in, const DataFiles& files, const sample::Manifest& manifest, config::Json answer,
                    const std::vector<std::string>& lines);

/// Names on stderr, all of them: what is left out of a data set is never left unsaid. `messages`: they are whole ones,
/// whose line breaks stay.
void name_left_out(const std::string& headline, const std::vector<std::string>& names, bool messages = false);
/// As JSON gives it.
std::string full_path(const std::filesystem::path& path);
/// Words of an option that may be repeated or hold commas.
std::vector<std::string> words_of(const Arguments& args, const std::string& option);
/// An option's value, where it was given.
std::optional<std::string> given(const Arguments& args, const std::string& option);

}  // namespace youden::runner
