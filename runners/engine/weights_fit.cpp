#include "weights_fit.hpp"

#include "youden/backbone/backbone.hpp"
#include "youden/registry/registry.hpp"
#include "youden/weights/load.hpp"

namespace youden::runner {

void check_fit(const std::string& network, const std::filesystem::path& file) {
  const auto backbone = registry::make<backbone::Backbone>({network});
  const auto ignored = backbone->ignored_tensors();
  weights::load_state(*backbone, weights::read_weights(file, ignored, weights::state_names(*backbone)), ignored,
                      file.string());
}

}  // namespace youden::runner
