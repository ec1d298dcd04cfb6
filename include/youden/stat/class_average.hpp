#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace youden::stat {

/// How one number is made of the one-against-rest numbers of K classes. micro: all K · n decisions together; macro: the
/// mean over classes; weighted: the mean weighted by the classes' samples.
enum class ClassAverage { micro, macro, weighted };
inline constexpr std::array kClassAverages{ClassAverage::micro, ClassAverage::macro, ClassAverage::weighted};

/// What stands in the place of a class's name. Where a class has that very name, the average gives way: "macro
/// average".
inline std::string name_of(ClassAverage average, const std::vector<std::string>& classes) {
  constexpr std::array<const char*, 3> kNames{"micro", "macro", "weighted"};
  std::string name = kNames[static_cast<std::size_t>(average)];
  while (std::find(classes.begin(), classes.end(), name) != classes.end()) name += " average";
  return name;
}

}  // namespace youden::stat
