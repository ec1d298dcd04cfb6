#pragma once
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "test_paths.hpp"

namespace youden::test {

/// `$variable`, else ../shared/<name> beside the source tree; need not exist.
inline std::filesystem::path shared_folder(const char* variable, const char* name) {
  if (const char* set = std::getenv(variable)) return set;
  return (std::filesystem::path(kSourceDir) / ".." / "shared" / name).lexically_normal();
}
inline std::filesystem::path shared_data() { return shared_folder("YOUDEN_DATA", "data"); }
inline std::filesystem::path shared_weights() { return shared_folder("YOUDEN_WEIGHTS", "weights"); }

/// `* boost::unit_test::precondition(has_shared_data)`: the case is skipped, by name, where the films are absent.
inline boost::test_tools::assertion_result has(const std::filesystem::path& folder) {
  boost::test_tools::assertion_result result(std::filesystem::exists(folder));
  if (!result) result.message() << folder << " is absent";
  return result;
}
inline boost::test_tools::assertion_result has_shared_data(boost::unit_test::test_unit_id) { return has(shared_data()); }
inline boost::test_tools::assertion_result has_shared_weights(boost::unit_test::test_unit_id) {
  return has(shared_weights());
}

/// A fresh folder that goes away with the object.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "youden-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace youden::test
