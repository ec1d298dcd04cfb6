#pragma once
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace youden::base {

/// Logs go to stderr as `warning: …`, so that stdout holds results only.
inline void log_to_stderr() {
  auto logger = std::make_shared<spdlog::logger>("youden", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%l: %v");
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace youden::base
