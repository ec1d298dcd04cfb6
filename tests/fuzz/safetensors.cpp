// .safetensors: weights, checkpoints, and the container of bundles.
#include "youden/weights/safetensors.hpp"
#include "fuzz.hpp"

namespace youden::fuzz {

void parse(std::string_view bytes) {
  const MemoryFile file(bytes);
  const weights::SafetensorsReader reader(file.path());
  for (const weights::SafetensorsEntry& entry : reader.entries()) static_cast<void>(reader.read(entry));
}

std::vector<std::string> seeds() {
  const auto whole = [](const std::string& header, const std::string& data) {
    return raw(static_cast<std::uint64_t>(header.size())) + header + data;
  };
  return {whole(R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", std::string(8, 'x')),
          whole(R"({"__metadata__":{"a":"b"},"w":{"dtype":"U8","shape":[],"data_offsets":[0,1]},)"
                R"("v":{"dtype":"F16","shape":[1,2],"data_offsets":[1,5]}})",
                "12345")};
}

}  // namespace youden::fuzz
