#pragma once
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>

namespace youden::data {

namespace detail {

inline std::size_t digits_at(std::string_view text, std::size_t from) {
  std::size_t n = 0;
  while (from + n < text.size() && std::isdigit(static_cast<unsigned char>(text[from + n])) != 0) ++n;
  return n;
}

}  // namespace detail

/// NIH ChestX-ray14: the eight digits of `00001280_004.png`; empty for another form.
inline std::string nih_patient(std::string_view file) {
  const bool fits = detail::digits_at(file, 0) == 8 && file.substr(8, 1) == "_" && detail::digits_at(file, 9) == 3 &&
                    file.substr(12, 1) == ".";
  return fits ? std::string(file.substr(0, 8)) : std::string();
}

/// Kaggle's pneumonia set: `person12` of `person12_bacteria_34.jpeg`, `IM-0115` of `NORMAL2-IM-0115-0001.jpeg`; empty
/// for another form.
inline std::string kaggle_patient(std::string_view file) {
  if (file.starts_with("person")) {
    const std::size_t n = detail::digits_at(file, 6);
    return n > 0 && file.substr(6 + n, 1) == "_" ? std::string(file.substr(0, 6 + n)) : std::string();
  }
  const std::string_view rest = file.starts_with("NORMAL2-") ? file.substr(8) : file;
  if (!rest.starts_with("IM-")) return {};
  const std::size_t n = detail::digits_at(rest, 3);
  // The two series of normals count from one each.
  return n > 0 ? std::string(file.substr(0, file.size() - rest.size() + 3 + n)) : std::string();
}

}  // namespace youden::data
