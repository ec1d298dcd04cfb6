#include <cstdio>

#include "youden/stat/rates.hpp"

int main() {
  const auto e = youden::stat::sensitivity({.tp = 4, .fn = 1, .fp = 0, .tn = 5});
  std::printf("sensitivity %.2f [%.6f, %.6f]\n", *e.value, *e.low, *e.high);
}
