#pragma once
#include <cstdint>
#include <string>

#include "youden/base/error.hpp"
#include "youden/base/faults.hpp"
#include "youden/config/check.hpp"
#include "youden/config/fields.hpp"
#include "youden/config/node.hpp"
#include "youden/registry/registry.hpp"

namespace youden::bundle {

/// What a bundle's configuration says of the network. A bundle comes from anywhere, so these options pass the same
/// schema as a document does before a component sees them.
struct Parts {
  config::Component backbone;
  config::Component head;
  std::int64_t seed = 0;  ///< draws a random prefix again

  static const config::Fields<Parts>& fields() {
    static const auto f =
        config::Fields<Parts>()
            .add(&Parts::backbone, "backbone", "the convolutional network", {.required = true, .kind = "backbone"})
            .add(&Parts::head, "head", "what turns its features into classes", {.required = true, .kind = "head"})
            .add(&Parts::seed, "seed", "of every random decision", {.required = true, .min = 0});
    return f;
  }

  /// Throws WeightsError with every fault.
  static Parts from(const config::Json& config, const std::string& where) {
    config::Json mine = config::Json::object();
    for (const config::Field& f : fields().describe()) {
      if (config.is_object() && config.contains(f.name)) mine[f.name] = config.at(f.name);
    }
    config::Catalog catalog = registry::catalog();
    catalog.experiment = fields().describe();
    base::Faults faults;
    const config::Resolved resolved = config::Checker(catalog, {}, faults).check(config::node_from_json(mine, where));
    faults.raise<base::WeightsError>("faults in the bundle's configuration:");
    return fields().parse(resolved.config);
  }
};

}  // namespace youden::bundle
