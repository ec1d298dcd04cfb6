// A trained model in one file: the container's checks are safetensors', here it is what the metadata say.
#include "youden/bundle/bundle.hpp"
#include "fuzz.hpp"

namespace youden::fuzz {

/// The bytes are the metadata, or a whole file.
void parse(std::string_view bytes) {
  const std::string header =
      config::Json{{"__metadata__", {{"youden", std::string(bytes)}}}}.dump(-1, ' ', false, config::kAnyBytes);
  const MemoryFile about(raw(static_cast<std::uint64_t>(header.size())) + header);
  try {
    static_cast<void>(bundle::Bundle::read(about.path()));
  } catch (const base::Error&) {
  }
  const MemoryFile whole(bytes);
  static_cast<void>(bundle::Bundle::read(whole.path()));
}

std::vector<std::string> seeds() {
  return {
      R"({"version":2,"classes":["a","b"],"positive":"a","threshold":0.5,"temperature":1.5,"preprocessing":{"size":32,)"
      R"("range":"auto","channels":"RGB","mean":[0,0,0],"std":[1,1,1]},"prefix_hash":"","self_contained":true,)"
      R"("config":{"backbone":{"type":"small_cnn"},"head":{"type":"linear"}}})"};
}

}  // namespace youden::fuzz
