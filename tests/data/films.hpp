#pragma once
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <string>

#include "shared.hpp"
#include "youden/base/error.hpp"

namespace youden::test {

inline void write_text(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

/// A 12 × 10 gray film, all of it `level`.
inline void write_film(const std::filesystem::path& path, int level = 100) {
  std::filesystem::create_directories(path.parent_path());
  cv::imwrite(path.string(), cv::Mat(10, 12, CV_8UC1, cv::Scalar(level)));
}

/// What the DataError or ConfigError that `work` must throw says; "" when it throws nothing.
template <class Work>
std::string refusal(const Work& work) {
  try {
    work();
  } catch (const base::Error& e) {
    BOOST_TEST_MESSAGE(e.what() << "\n");
    return e.what();
  }
  return {};
}

/// `text` holds `part`; both are shown when it does not.
inline boost::test_tools::assertion_result holds(const std::string& text, const std::string& part) {
  boost::test_tools::assertion_result result(text.find(part) != std::string::npos);
  if (!result) result.message() << "'" << part << "' is not in:\n" << text;
  return result;
}

}  // namespace youden::test
