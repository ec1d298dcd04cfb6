// What torch.save wrote, in both layouts. A checksum would stop nearly all mutations, so that the zip's member is given
// to the pickle reader directly as well.
#include "fuzz.hpp"
#include "youden/weights/pickle_reader.hpp"
#include "youden/weights/pickled_state.hpp"
#include "youden/weights/torch_file.hpp"

namespace youden::fuzz {

void parse(std::string_view bytes) {
  try {
    weights::TorchFile file(as_bytes(bytes), "fuzz.pth");
    const std::size_t tensors = file.names().size();
    for (std::size_t i = 0; i < tensors; ++i) static_cast<void>(file.read(i));
  } catch (const base::WeightsError&) {
  }
  const weights::Pickle pickle = weights::PickleReader(as_bytes(bytes), "fuzz.pkl").read();
  static_cast<void>(weights::PickledState::tensors(*pickle.value, bytes.size(), "fuzz.pkl"));
}

std::vector<std::string> seeds() {
  using namespace std::string_literals;
  const std::string tensor =
      "ctorch._utils\n_rebuild_tensor_v2\n((Vstorage\nctorch\nFloatStorage\nV0\nVcpu\nI2\ntQI0\n(I2\nt(I1\ntI00\n(dtR";
  return {"\x80\x02}q\0(X\x01\0\0\0wK\x01u."s, "\x80\x02("s + "Vw\n" + tensor + "d.",
          "(dp0\nVstate_dict\n(dVw\n" + tensor + "ss.",
          "\x80\x02]q\0(G\x3f\xf0\0\0\0\0\0\0J\x01\0\0\0\x8a\x01\x05\x88\x89N\x85\x86\x87\x65."s};
}

}  // namespace youden::fuzz
