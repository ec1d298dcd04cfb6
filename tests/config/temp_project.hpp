#pragma once
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "shared.hpp"
#include "small_catalog.hpp"
#include "youden/config/compose.hpp"

namespace youden::test {

/// A project folder with configs/, made for one case.
class TempProject {
 public:
  TempProject() { std::filesystem::create_directory(root() / "configs"); }

  [[nodiscard]] std::filesystem::path root() const { return std::filesystem::canonical(folder_.path()); }
  std::filesystem::path write(const std::string& name, const std::string& text) const {
    const auto path = root() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  /// configs/<name>.yaml
  void preset(const std::string& name, const std::string& text) const { write("configs/" + name + ".yaml", text); }

  config::Resolved resolve(const std::string& text, const std::vector<std::string>& overrides = {}) const {
    return config::Composer(small_catalog()).compose_file(write("exp.yaml", text), overrides);
  }
  config::Json config(const std::string& text, const std::vector<std::string>& overrides = {}) const {
    return resolve(text, overrides).config;
  }
  /// The message of the ConfigError that this must be, without the project's folder; "" when there is none.
  std::string faults(const std::string& text, const std::vector<std::string>& overrides = {}) const {
    return faults_of(write("exp.yaml", text), overrides);
  }
  std::string faults_of(const std::filesystem::path& file, const std::vector<std::string>& overrides = {}) const {
    try {
      config::Composer(small_catalog()).compose_file(file, overrides);
    } catch (const base::ConfigError& e) {
      std::string message = e.what();
      // Shown from the working directory where that lies above, in full elsewhere.
      for (const std::string& prefix : {root().string() + "/", config::display_path(root()) + "/"}) {
        for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix)) {
          message.erase(at, prefix.size());
        }
      }
      BOOST_TEST_MESSAGE(message << "\n");
      return message;
    }
    return {};
  }

 private:
  TempFolder folder_;
};

/// An environment variable for the length of a case.
class WithEnv {
 public:
  WithEnv(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
  WithEnv(const WithEnv&) = delete;
  WithEnv& operator=(const WithEnv&) = delete;
  ~WithEnv() { ::unsetenv(name_); }

 private:
  const char* name_;
};

/// A working directory for the length of a case.
class WithFolder {
 public:
  explicit WithFolder(const std::filesystem::path& folder) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder);
  }
  WithFolder(const WithFolder&) = delete;
  WithFolder& operator=(const WithFolder&) = delete;
  ~WithFolder() { std::filesystem::current_path(before_); }

 private:
  std::filesystem::path before_;
};

/// `text` holds `part`; both are shown when it does not.
inline boost::test_tools::assertion_result holds(const std::string& text, const std::string& part) {
  boost::test_tools::assertion_result result(text.find(part) != std::string::npos);
  if (!result) result.message() << "'" << part << "' is not in:\n" << text;
  return result;
}

}  // namespace youden::test
