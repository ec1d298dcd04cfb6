#pragma once
#include "youden/base/csv.hpp"

namespace youden::data {

using base::Csv;

}  // namespace youden::data
