// .safetensors: weights, checkpoints, and the container of bundles. The header is fuzzed alone, too, since its length
// in the file's first bytes would have to change with each mutation.
#include "youden/weights/safetensors.hpp"

#include "fuzz.hpp"

namespace youden::fuzz {

void read(std::string_view bytes) {
  const MemoryFile file(bytes);
  const weights::SafetensorsReader reader(file.path());
  std::uint64_t all = 0;
  for (const weights::SafetensorsEntry& entry : reader.entries()) all += reader.read(entry).bytes.size();
  require(all <= bytes.size(), "tensors take no more than their file");
}

void parse(std::string_view bytes) {
  if (!bytes.empty() && bytes[0] == '{') {
    read(raw(static_cast<std::uint64_t>(bytes.size())) + std::string(bytes) + std::string(16, 'x'));
  } else {
    read(bytes);
  }
}

std::vector<std::string> seeds() {
  const std::string two = R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                          R"("__metadata__":{"a":"b"},"v":{"dtype":"F16","shape":[1,4,1],"data_offsets":[8,16]}})";
  const std::string empty = R"({"e":{"dtype":"I64","shape":[0,3],"data_offsets":[0,0]},)"
                            R"("s":{"data_offsets":[0,16],"dtype":"F64","shape":[2]}})";
  return {two, empty, raw(static_cast<std::uint64_t>(two.size())) + two + std::string(16, 'x'),
          raw(std::uint64_t{2}) + "{}"};
}

}  // namespace youden::fuzz
