#pragma once
#include <fmt/format.h>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <opencv2/imgproc.hpp>
#include <span>
#include <string>
#include <vector>

#include "youden/audit/checks.hpp"
#include "youden/audit/file_header.hpp"
#include "youden/audit/film_look.hpp"
#include "youden/audit/finding.hpp"
#include "youden/audit/near_duplicates.hpp"
#include "youden/audit/subject.hpp"
#include "youden/base/error.hpp"
#include "youden/base/interrupt.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/threads.hpp"
#include "youden/data/sha256.hpp"
#include "youden/image/decode.hpp"
#include "youden/run/materials.hpp"

namespace youden::run {

/// What an experiment's materials are audited by; files are opened for their headers only.
inline audit::Subject audit_subject(const Materials& m) {
  return {.manifest = m.dataset.manifest(),
          .classes = m.classes,
          .labels = m.labels,
          .positive = m.positive,
          .folds = m.folds(),
          .headers = audit::file_headers(m.dataset.manifest().samples, m.threads)};
}

/// The checks that run before every training: nothing is decoded.
inline std::vector<audit::Finding> fast_audit(const Materials& m) { return audit::fast_checks(audit_subject(m)); }

namespace detail {

/// SHA-256 of what a film shows: its size, depth and values; gray counts the same with one channel or three.
inline std::string sha256_of_pixels(const cv::Mat& film) {
  cv::Mat lean = film;
  if (film.channels() == 3) {
    std::vector<cv::Mat> planes;
    cv::split(film, planes);
    const bool gray =
        cv::norm(planes[0], planes[1], cv::NORM_INF) == 0 && cv::norm(planes[0], planes[2], cv::NORM_INF) == 0;
    if (gray) lean = planes[0];
  }
  if (!lean.isContinuous()) lean = lean.clone();
  const auto bytes = std::as_bytes(std::span(lean.data, lean.total() * lean.elemSize()));
  return fmt::format("{} × {}, {}: {}", lean.cols, lean.rows, lean.type(), data::sha256_of(bytes));
}

}  // namespace detail

/// Every check: each film is decoded whole, once. Minutes for ten thousand of them.
inline std::vector<audit::Finding> full_audit(const Materials& m, base::Progress& progress) {
  audit::Subject subject = audit_subject(m);
  const std::size_t n = subject.samples().size();
  subject.pixels.resize(n);
  std::vector<audit::FilmLook> looks(n);
  std::atomic<std::size_t> done{0};
  std::mutex drawing;  // of the bar
  base::parallel_for(n, m.threads, [&](std::size_t i) {
    if (base::interrupted()) throw base::Interrupted({"interrupted; nothing was written"});
    const std::string& path = subject.samples()[i].path;
    const cv::Mat film =
        subject.headers[i].width > 0 ? image::decode_bytes(image::read_bytes(path), path) : m.dataset.image(i);
    subject.pixels[i] = detail::sha256_of_pixels(film);
    if (subject.headers[i].width > 0) looks[i] = audit::look_at(film);  // nobody copies a film that is drawn
    ++done;
    if (const std::unique_lock turn(drawing, std::try_to_lock); turn) progress.update("films", done, n);
  });
  const auto copies = audit::find_copies(looks, m.threads, [&](std::size_t compared, std::size_t of) {
    if (const std::unique_lock turn(drawing, std::try_to_lock); turn) progress.update("alike", compared, of);
  });
  std::vector<audit::Finding> out = audit::fast_checks(subject);
  out.insert(out.begin() + 2, audit::near_duplicates(subject, copies));  // behind the exact ones
  return out;
}

}  // namespace youden::run
