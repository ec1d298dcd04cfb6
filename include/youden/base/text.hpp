#pragma once
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "youden/base/utf8.hpp"

namespace youden::base {

inline std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at == text.size() || text[at] == separator) {
      parts.emplace_back(text.substr(from, at - from));
      from = at + 1;
    }
  }
  return parts;
}

template <class Range>
std::string join(const Range& parts, std::string_view separator) {
  std::string out;
  bool first = true;
  for (const auto& part : parts) {
    if (!std::exchange(first, false)) out += separator;
    out += part;
  }
  return out;
}

inline std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

inline std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

/// Whether `word` is one of the list, whatever case and padding.
template <class Range>
bool any_same(const Range& list, std::string_view word) {
  const std::string wanted = lower(trim(word));
  return std::any_of(list.begin(), list.end(), [&](std::string_view item) { return lower(trim(item)) == wanted; });
}

/// Optimal string alignment distance: Levenshtein's, and adjacent transpositions count 1.
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

/// The candidate a person most likely meant, or "" when none is close.
template <class Range>
std::string nearest(std::string_view word, const Range& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, std::min<std::size_t>(3, (word.size() + 1) / 3)) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t apart = std::max(word.size(), candidate.size()) - std::min(word.size(), candidate.size());
    if (apart >= best_distance) continue;  // also keeps a megabyte typed as a key from costing minutes
    const std::size_t distance = edit_distance(lower(word), lower(candidate));
    if (distance < best_distance && distance < std::max<std::size_t>(word.size(), 1)) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

/// `did you mean 'x'?`, or, when nothing is close, the list of what there is ("" when there is nothing).
template <class Range>
std::string suggestion(std::string_view word, const Range& candidates) {
  if (const std::string close = nearest(word, candidates); !close.empty()) return "did you mean '" + close + "'?";
  const std::string all = join(candidates, ", ");
  return all.empty() ? "" : "known: " + all;
}

/// Text from elsewhere (a name, a path, a note) as a terminal may get it: what would move the cursor, colour or hide
/// text, or turn the direction of writing stands as its code (`\x1b`, `\u202e`), and so do bytes that are no UTF-8.
/// `lines`: line breaks stay, as in a message of several lines.
inline std::string printable(std::string_view text, bool lines = false) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto byte = [&](unsigned char c) { return std::string{'\\', 'x', kHex[c >> 4U], kHex[c & 15U]}; };
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      const bool plain = (lead >= 0x20 && lead != 0x7F) || (lines && lead == '\n');
      out += plain ? std::string(1, text[i]) : lead == '\n' ? "\\n" : lead == '\t' ? "\\t" : byte(lead);
      ++i;
      continue;
    }
    const std::size_t length = lead >> 5U == 6 ? 2 : lead >> 4U == 14 ? 3 : lead >> 3U == 30 ? 4 : 1;
    if (length == 1 || first_bad_utf8(text.substr(i, length))) {
      out += byte(lead);
      ++i;
      continue;
    }
    std::uint32_t code = lead & (0x7FU >> length);
    for (std::size_t k = 1; k < length; ++k) code = code << 6U | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
    const bool control = code < 0xA0;
    const bool turns = code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
                       (code >= 0x2066 && code <= 0x2069) || code == 0x2028 || code == 0x2029;
    if (control || turns) {
      out += "\\u";
      for (int shift = 12; shift >= 0; shift -= 4) out += kHex[code >> static_cast<unsigned>(shift) & 15U];
    } else {
      out += text.substr(i, length);
    }
    i += length;
  }
  return out;
}

/// Text from a file as it may stand in a message: printable, on one line, and not endless.
inline std::string excerpt(std::string_view text, std::size_t most = 80) {
  std::string out;
  for (const char c : text.substr(0, most)) out += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
  if (text.size() <= most) return printable(out);
  while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0U) == 0x80U) out.pop_back();
  if (!out.empty() && (static_cast<unsigned char>(out.back()) & 0x80U) != 0) out.pop_back();
  return printable(out) + "…";
}

}  // namespace youden::base
