#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "youden/store/run_reader.hpp"

namespace youden::run {

/// The thread count that a run was made with: to repeat or go on with it exactly, take as many.
inline std::optional<int> stored_threads(store::Database& db, std::int64_t run) {
  const auto environment = store::read_environment(db, run);
  if (!environment.contains("threads")) return {};
  return std::stoi(environment["threads"].get<std::string>());
}

}  // namespace youden::run
