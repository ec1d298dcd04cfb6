#pragma once
#include <filesystem>
#include <string>

namespace youden::runner {

// Compiled in weights_fit.cpp, which alone of these needs torch.

/// Throws WeightsError with every tensor of the file that does not fit the backbone, ConfigError when there is none of
/// that name.
void check_fit(const std::string& network, const std::filesystem::path& file);

}  // namespace youden::runner
