// What torch.save wrote: the bytes as a file of the old layout, and as the pickle of a zip archive.
#include "fuzz.hpp"
#include "youden/weights/torch_file.hpp"
#include "zip_bytes.hpp"

namespace youden::fuzz {

void read(std::string_view bytes) {
  weights::TorchFile file(as_bytes(bytes), "fuzz.pth");
  const std::size_t tensors = file.names().size();
  std::size_t all = 0;
  for (std::size_t i = 0; i < tensors; ++i) {
    try {
      all += file.read(i).bytes.size();
    } catch (const base::WeightsError&) {  // of this tensor; the others are read too
    }
  }
  require(all <= 4 * bytes.size() + (1U << 20U), "tensors take no more than four times their file and a megabyte");
}

void parse(std::string_view bytes) {
  if (weights::TorchFile::begins(as_bytes(bytes))) return read(bytes);
  read(zip_of({{"a/data.pkl", std::string(bytes)}, {"a/data/0", std::string(32, 'x')}, {"a/data/1", "12345678"}}));
}

std::vector<std::string> seeds() {
  using namespace std::string_literals;
  const auto tensor = [](const std::string& storage) {
    return "ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\n"s + storage + "tQK\0(K\2K\2t(K\2K\1t\x89}tR"s;
  };
  const std::string f = tensor(
      "FloatStorage\nX\1\0\0\0"
      "0X\3\0\0\0cpuK\x08"s);
  const std::string d = tensor(
      "DoubleStorage\nX\1\0\0\0"
      "1X\3\0\0\0cpuK\4"s);
  const std::string state = "\x80\2ccollections\nOrderedDict\nq\0)Rq\1(X\1\0\0\0w"s + f + "X\1\0\0\0v"s + d + "u."s;
  const std::string wrapped =
      "\x80\2}(X\x0a\0\0\0state_dict}(X\x08\0\0\0module.w"s + f + "uX\3\0\0\0ema}X\1\0\0\0w"s + f + "su."s;
  const std::string parameter = "\x80\2}X\1\0\0\0wctorch._utils\n_rebuild_parameter\n("s + f + "\x88}tRs."s;
  const std::string legacy = "\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."s + "\x80\2M\xe9\3."s +
                             "\x80\2}(X\x10\0\0\0protocol_versionM\xe9\3X\x0d\0\0\0little_endian\x88u."s +
                             "\x80\2}X\1\0\0\0w"s +
                             tensor(
                                 "FloatStorage\nX\1\0\0\0"
                                 "0X\3\0\0\0cpuK\4N"s) +
                             "s."s +
                             "\x80\2]X\1\0\0\0"
                             "0a."s +
                             raw(std::uint64_t{4}) + std::string(16, 'x');
  return {
      state, wrapped, parameter, legacy,
      "\x80\4\x95\1\0\0\0\0\0\0\0]\x94(G\x3f\xf0\0\0\0\0\0\0J\1\0\0\0\x8a\1\5\x88\x89N\x85\x86\x87\x65\x8c\1a\x93."s};
}

}  // namespace youden::fuzz
