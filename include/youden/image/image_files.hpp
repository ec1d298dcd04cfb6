#pragma once
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/base/descriptor.hpp"
#include "youden/base/error.hpp"
#include "youden/base/utf8.hpp"
#include "youden/image/decode.hpp"
#include "youden/image/image_name.hpp"

namespace youden::image {

/// Entries of a folder by name, hidden ones left out. Throws DataError where it cannot be listed.
inline std::vector<std::filesystem::path> children(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> out;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with('.')) continue;
    if (base::first_bad_utf8(name)) {
      throw base::DataError({"a file name is not UTF-8 text", it->path().string(), "rename it"});
    }
    out.push_back(it->path());
  }
  if (error) throw base::DataError({"the folder cannot be listed: " + error.message(), folder.string()});
  std::sort(out.begin(), out.end());
  return out;
}

/// Looks at the first bytes before it reads a whole file that may be anything.
inline bool begins_like_image(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return false;
  std::string start(132, '\0');
  const base::Descriptor file(path, O_RDONLY | O_NONBLOCK);
  const auto whole = std::as_writable_bytes(std::span(start.data(), start.size()));
  if (!file.is_open() || !file.read(0, whole.first(std::min<std::size_t>(whole.size(), file.size())))) return false;
  if (start.substr(128) == "DICM") return true;
  static constexpr std::array<std::string_view, 8> kStarts{"\x89PNG", "\xFF\xD8\xFF", "II", "MM",
                                                           "GIF8",    "RIFF",         "BM", "P"};
  const auto begins = [&](std::string_view with) { return start.starts_with(with); };
  if (std::none_of(kStarts.begin(), kStarts.end(), begins)) return false;
  try {
    return read_header(path).width > 0;
  } catch (const base::DataError&) {
    return false;
  }
}

namespace detail {

/// `above`: the real folders that this one lies in, so that a link back to one of them ends there.
inline void collect_images(const std::filesystem::path& folder, std::vector<std::filesystem::path> above,
                           std::vector<std::filesystem::path>& into) {
  std::error_code error;
  const auto real = std::filesystem::weakly_canonical(folder, error);
  if (std::find(above.begin(), above.end(), real) != above.end()) return;
  above.push_back(real);
  for (const auto& path : children(folder)) {
    const bool named = has_image_name(path);
    if (!named && std::filesystem::is_directory(path, error)) {
      collect_images(path, above, into);
    } else if (named || begins_like_image(path)) {
      into.push_back(path);
    }
  }
}

}  // namespace detail

/// Every file in a folder and below that is named like an image or begins like one, in the order of names.
inline std::vector<std::filesystem::path> image_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> out;
  detail::collect_images(folder, {}, out);
  return out;
}

/// As `image_files`, where the folder must be there and hold some.
inline std::vector<std::filesystem::path> require_image_files(const std::filesystem::path& folder,
                                                              const std::string& remedy) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    throw base::DataError({std::filesystem::exists(folder, error) ? "is a file, not a folder" : "no such folder",
                           folder.string(), remedy});
  }
  auto out = image_files(folder);
  if (out.empty()) throw base::DataError({"there is no image in the folder or below", folder.string(), remedy});
  return out;
}

}  // namespace youden::image
