#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>  // jpeglib.h takes FILE for known
// After cstdio.
#include <jpeglib.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <string>

#include "youden/image/image_bytes.hpp"
#include "youden/image/image_jpeg.hpp"

namespace youden::image {

namespace detail {

/// One pass of libjpeg over a file, whose complaints are kept instead of printed. A warning is as bad as an error: what
/// follows is made up. All state lives here and not in local variables, which longjmp would leave undefined.
class JpegPass {
 public:
  /// What libjpeg says against the data up to EOI; "" = nothing. Decodes at an eighth, so that nearly all of the time
  /// goes into reading what has to be read.
  std::string complaint(Bytes bytes) {
    info_.err = jpeg_std_error(&errors_.base);
    errors_.base.error_exit = leave;
    errors_.base.emit_message = [](j_common_ptr info, int level) {
      if (level < 0) leave(info);
    };
    errors_.base.output_message = [](j_common_ptr) {};
    if (setjmp(errors_.away) == 0) read(bytes);  // NOLINT(cert-err52-cpp): libjpeg is C
    jpeg_destroy_decompress(&info_);
    return incomplete_ ? "its last scans are missing" : errors_.said.data();
  }

 private:
  struct Errors {
    jpeg_error_mgr base{};  ///< first, since libjpeg knows this part only
    std::jmp_buf away{};
    std::array<char, JMSG_LENGTH_MAX> said{};
  };
  [[noreturn]] static void leave(j_common_ptr info) {
    auto& own = *reinterpret_cast<Errors*>(info->err);
    own.base.format_message(info, own.said.data());
    std::longjmp(own.away, 1);
  }
  void read(Bytes bytes) {
    jpeg_create_decompress(&info_);
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    jpeg_read_header(&info_, TRUE);
    info_.scale_num = 1;
    info_.scale_denom = 8;
    info_.out_color_space = info_.jpeg_color_space;
    info_.do_fancy_upsampling = FALSE;
    info_.do_block_smoothing = FALSE;
    info_.dct_method = JDCT_IFAST;
    jpeg_start_decompress(&info_);
    // libjpeg's memory, which goes away with it.
    JSAMPARRAY line = info_.mem->alloc_sarray(reinterpret_cast<j_common_ptr>(&info_), JPOOL_IMAGE,
                                              info_.output_width * static_cast<JDIMENSION>(info_.output_components), 1);
    while (info_.output_scanline < info_.output_height) jpeg_read_scanlines(&info_, line, 1);
    for (int c = 0; info_.coef_bits != nullptr && c < info_.num_components; ++c) {
      for (int k = 0; k < DCTSIZE2; ++k) incomplete_ |= info_.coef_bits[c][k] != 0;
    }
    jpeg_finish_decompress(&info_);
  }

  jpeg_decompress_struct info_{};
  Errors errors_;
  bool incomplete_ = false;  ///< a progressive file whose bits were not all sent
};

/// What a sector that a disk lost leaves behind: zeros. In entropy-coded data a run of zero bits stands for the first
/// code of a Huffman table, again and again. Where that code says of every component that a block holds nothing, it may
/// be a black film, or the colours of a gray one (some progressive encoders repeat the code for each empty block
/// instead of counting them); else nobody drew such a film.
class JpegZeros {
 public:
  explicit JpegZeros(const Reader& in) : in_(in) {}

  /// Whether a scan holds such a run.
  bool found() {
    for (std::uint64_t at = 2; at + 4 <= in_.size();) {
      while (in_.or_zero(at, 1) == 0xFF && in_.or_zero(at + 1, 1) == 0xFF) ++at;  // fill bytes
      const auto code = in_.or_zero(at, 2) & 0xFFU;
      if (code == 0xD9 || in_.or_zero(at, 1) != 0xFF) return false;
      if (code == 0x01 || (code >= 0xD0 && code <= 0xD8)) {  // stand alone
        at += 2;
        continue;
      }
      const std::uint64_t body = at + 4;
      at += 2 + std::max<std::uint64_t>(in_.or_zero(at + 2, 2), 2);
      if (code == 0xC4) read_tables(body, at);
      if (code != 0xDA) continue;
      const std::uint64_t end = after_jpeg_scan(in_, at);
      if (!may_be_empty(body) && has_run(at, end)) return true;
      at = end;
    }
    return false;
  }

 private:
  static constexpr std::uint64_t kRun = 64;  ///< bytes

  /// Of each table the symbol of its first code, which is all zeros (T.81, C.2).
  void read_tables(std::uint64_t at, std::uint64_t end) {
    while (at + 17 < end) {
      const auto id = in_.or_zero(at, 1);
      std::uint64_t symbols = 0;
      for (unsigned i = 1; i <= 16; ++i) symbols += in_.or_zero(at + i, 1);
      first_[id >> 4U & 1U][id & 3U] = static_cast<int>(in_.or_zero(at + 17, 1));
      at += 17 + symbols;
    }
  }
  /// Whether zeros may stand for empty blocks of all of the scan's components.
  [[nodiscard]] bool may_be_empty(std::uint64_t scan) const {
    const auto components = in_.or_zero(scan, 1);
    const std::uint64_t spectral = scan + 1 + 2 * components;  // Ss, Se, Ah and Al
    const bool dc_alone = in_.or_zero(spectral + 1, 1) == 0;
    if (in_.or_zero(spectral + 2, 1) >> 4U != 0) return true;  // a refinement: single bits, most of them 0
    for (std::uint64_t c = 0; c < components; ++c) {
      const auto tables = in_.or_zero(scan + 2 + 2 * c, 1);
      const int dc = first_[0][tables >> 4U & 3U];
      const int ac = first_[1][tables & 3U];
      if (dc_alone ? dc > 0 : ac > 0) return false;  // AC 0: the end of the block
    }
    return true;
  }
  [[nodiscard]] bool has_run(std::uint64_t at, std::uint64_t end) const {
    std::uint64_t zeros = 0;
    for (; at < end && zeros < kRun; ++at) zeros = in_.bytes()[at] == std::byte{0} ? zeros + 1 : 0;
    return zeros == kRun;
  }

  const Reader& in_;
  std::array<std::array<int, 4>, 2> first_{{{-1, -1, -1, -1}, {-1, -1, -1, -1}}};  ///< [DC, AC][table]
};

}  // namespace detail

/// Why the pixels of a JPEG whose structure is whole are not what was stored; "" = they are, as far as the format and
/// libjpeg can tell.
inline std::string jpeg_damage(Bytes bytes) {
  const Reader in(bytes);
  if (detail::JpegZeros(in).found()) return "damaged in the scan: a part of it is nothing but zeros";
  const std::string complaint = detail::JpegPass().complaint(bytes);
  if (complaint.empty()) return {};
  const auto holds = [&](const char* text) { return complaint.find(text) != std::string::npos; };
  if (complaint.starts_with("its ")) return "damaged in the scan: " + complaint;
  if (holds("premature end")) return "damaged in the scan: its data end before its last pixel";
  if (holds("extraneous bytes")) return "damaged in the scan: data are left over after its last pixel";
  if (holds("Huffman code")) return "damaged in the scan: it holds codes that there are not";
  if (holds("restart") || holds("marker")) return "damaged in the scan: its markers are out of order";
  return "damaged: libjpeg finds its data inconsistent";
}

}  // namespace youden::image
