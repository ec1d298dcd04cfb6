// A trained model in one file: its container is the target `safetensors`, here it is what its metadata say.
#include "youden/bundle/bundle.hpp"

#include "fuzz.hpp"

namespace youden::fuzz {

void parse(std::string_view bytes) {
  std::string header = config::Json{{"__metadata__", {{"youden", bytes}}},
                                    {"w", {{"dtype", "F32"}, {"shape", {2}}, {"data_offsets", {0, 8}}}}}
                           .dump(-1, ' ', false, config::kAnyBytes);
  const MemoryFile file(raw(static_cast<std::uint64_t>(header.size())) + header + std::string(8, '\0'));
  const auto bundle = bundle::Bundle::read(file.path());
  require(bundle.classes.size() >= 2 && bundle.size >= 8 && bundle.size <= 2048, "a bundle that is read makes sense");
  static_cast<void>(bundle::Parts::from(bundle.config, "fuzz"));
}

std::vector<std::string> seeds() {
  return {
      R"({"version":2,"classes":["a","b"],"positive":"a","threshold":0.5,"temperature":1.5,"preprocessing":{"size":32,)"
      R"("range":"auto","channels":"RGB","mean":[0,0,0],"std":[1,1,1]},"prefix_hash":"","self_contained":true,)"
      R"("config":{"backbone":{"type":"small_cnn"},"head":{"type":"linear"}}})",
      R"({"version":1,"classes":["a","b","c"],"positive":"","threshold":1e-1,"preprocessing":{"size":224,"channels":)"
      R"("BGR","scale":"0-1","mean":[103.9,116.7,123.6],"std":[1,1,1]},"prefix_hash":"00ff","self_contained":false,)"
      R"("config":{"seed":5,"backbone":{"type":"vgg16","freeze":"all","weights":null},"head":{"type":"mlp","hidden":[8]}}})"};
}

}  // namespace youden::fuzz
