#pragma once
// For clang-tidy and the fuzz target `bundle`. libtorch 1.13 has members of type std::vector<IValue> while IValue is
// incomplete. In C++20 libstdc++ 12 makes vector's functions constexpr, and clang 14 then instantiates them where g++
// still waits. Without constexpr clang waits too; the one function declared earlier with constexpr, in <memory>, is
// kept out of the way.
#include <memory>
#include <string>

#pragma push_macro("_GLIBCXX20_CONSTEXPR")
#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR
#define __fill_a1 fill_a1_of_vector
#include <vector>
#undef __fill_a1
#pragma pop_macro("_GLIBCXX20_CONSTEXPR")
