#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "youden/base/philox.hpp"
#include "youden/data/patient_names.hpp"
#include "youden/image/image_files.hpp"
#include "youden/sample/manifest.hpp"

namespace youden::data {

/// `count` of the films (all, where there are fewer), by name. Each is drawn by the seed and its own file name: neither
/// the order of a listing nor where the folder stands matters, and a smaller sample is part of a larger one.
inline std::vector<std::filesystem::path> draw_films(const std::vector<std::filesystem::path>& films, std::size_t count,
                                                     std::uint64_t seed) {
  std::vector<std::tuple<std::uint64_t, std::string, std::filesystem::path>> tickets;
  for (const auto& film : films) {
    const std::string name = film.filename().string();
    tickets.emplace_back(base::Stream({.seed = seed, .purpose = "normals", .item = name}).next_u64(), name, film);
  }
  std::sort(tickets.begin(), tickets.end());
  std::vector<std::filesystem::path> out;
  for (std::size_t i = 0; i < std::min(count, tickets.size()); ++i) out.push_back(std::get<2>(tickets[i]));
  std::sort(out.begin(), out.end());
  return out;
}

/// A film whose collection and patient only its file name can tell: NIH ChestX-ray14's or Kaggle's pneumonia set's
/// form, else neither is known. id = its path below `root`; Kaggle's numbers start afresh in each folder, which is
/// therefore part of the patient.
inline sample::Sample film_by_name(const std::filesystem::path& root, const std::filesystem::path& film,
                                   std::string label) {
  const std::filesystem::path inside = film.lexically_relative(root);
  const std::string name = film.filename().string();
  sample::Sample s{.id = inside.generic_string(),
                   .path = std::filesystem::absolute(film).lexically_normal().string(),
                   .sha256 = {},
                   .label = std::move(label)};
  if (auto nih = nih_patient(name); !nih.empty()) {
    s.patient = std::move(nih);
    s.source = "nih";
  } else if (const auto kaggle = kaggle_patient(name); !kaggle.empty()) {
    s.patient = (inside.parent_path() / kaggle).generic_string();
    s.source = "kaggle-pneumonia";
  }
  return s;
}

}  // namespace youden::data
