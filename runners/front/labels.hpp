#pragma once
#include <cstdint>

#include "youden/store/labels.hpp"

namespace youden::runner {

/// What `note` and `show` print.
inline store::Json notes_json(store::Database& database, std::int64_t run) {
  store::Json out = store::Json::array();
  for (const store::Note& n : store::read_notes(database, run)) {
    out.push_back({{"note", n.id}, {"created", n.created}, {"text", n.body}});
  }
  return out;
}

}  // namespace youden::runner
