#pragma once
#include <algorithm>
#include <cstddef>
#include <functional>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <string>
#include <vector>

#include "youden/base/error.hpp"
#include "youden/base/threads.hpp"
#include "youden/data/sheet_text.hpp"
#include "youden/image/thumbnail.hpp"

namespace youden::data {

/// One film of a contact sheet.
struct SheetFilm {
  std::function<cv::Mat(int side)> look;  ///< RGB, 8 bit, `side` at most; throws DataError where it is broken
  std::string above;                      ///< first caption, e.g. the patient
  std::string below;                      ///< second, e.g. the file's name
};

/// A class, or a class within a part; as many lines as its films take.
struct SheetRow {
  std::string title;
  std::string note;  ///< counts
  std::vector<SheetFilm> films;
};

/// Films in rows under their titles, letterboxed, with captions: what a person looks at before training on a data set.
class ContactSheet {
 public:
  static constexpr int kSide = 196;          ///< pixels of a film's square
  static constexpr std::size_t kAcross = 8;  ///< films in a line

  ContactSheet(std::string title, std::string note, std::vector<SheetRow> rows)
      : title_(std::move(title)), note_(std::move(note)), rows_(std::move(rows)) {}

  /// RGB, CV_8UC3. Broken films get a marked square, and are in `broken()` from then on.
  [[nodiscard]] cv::Mat draw(int threads) {
    std::vector<const SheetFilm*> films;
    for (const SheetRow& row : rows_) {
      for (const SheetFilm& film : row.films) films.push_back(&film);
    }
    std::vector<cv::Mat> looks(films.size());
    std::vector<std::string> broken(films.size());
    base::parallel_for(films.size(), threads, [&](std::size_t i) {
      try {
        looks[i] = films[i]->look(kSide);
      } catch (const base::DataError& e) {
        broken[i] = e.what();
      }
    });
    std::size_t across = 4;  // so that a sheet of few films has room for its title
    int height = kMargin + kHead;
    for (const SheetRow& row : rows_) {
      across = std::max(across, std::min(row.films.size(), kAcross));
      height += kRowHead + lines(row) * kLine + kBetween;
    }
    const int width = 2 * kMargin + static_cast<int>(across) * (kSide + kGap) - kGap;
    cv::Mat sheet(height, width, CV_8UC3, kPaper);
    const int right = width - kMargin;
    kTitle.draw(sheet, kTitle.fit(title_, right - kMargin), {kMargin, kMargin + kTitle.cap});
    kNote.draw(sheet, kNote.fit(note_, right - kMargin), {kMargin, kMargin + kTitle.cap + 12 + kNote.cap});

    std::size_t next = 0;
    int y = kMargin + kHead;
    for (const SheetRow& row : rows_) {
      draw_heading(sheet, row, y, right);
      for (std::size_t i = 0; i < row.films.size(); ++i, ++next) {
        const cv::Point at(kMargin + static_cast<int>(i % kAcross) * (kSide + kGap),
                           y + kRowHead + static_cast<int>(i / kAcross) * kLine);
        draw_film(sheet, {at, cv::Size(kSide, kSide)}, looks[next]);
        const int first = kSide + 9 + kPatient.cap;
        kPatient.draw(sheet, kPatient.fit(row.films[i].above, kSide), at + cv::Point(0, first));
        kFile.draw(sheet, kFile.fit(row.films[i].below, kSide), at + cv::Point(0, first + 9 + kFile.cap));
        if (!broken[next].empty()) broken_.push_back(broken[next]);
      }
      y += kRowHead + lines(row) * kLine + kBetween;
    }
    return sheet;
  }

  /// What was wrong with films that could not be drawn, as whole messages.
  [[nodiscard]] const std::vector<std::string>& broken() const { return broken_; }

 private:
  static constexpr int kMargin = 36;
  static constexpr int kGap = 14;
  static constexpr int kHead = 62;          ///< the sheet's title and note
  static constexpr int kRowHead = 40;       ///< a row's title and the line below it
  static constexpr int kLine = kSide + 54;  ///< films, and their captions
  static constexpr int kBetween = 20;
  inline static const cv::Scalar kPaper{22, 24, 28};
  inline static const cv::Scalar kCell{33, 36, 41};
  inline static const cv::Scalar kRule{62, 67, 75};
  inline static const SheetText kTitle{.cap = 17, .color = {244, 245, 247}, .weight = 0.135};
  inline static const SheetText kNote{.cap = 10, .color = {154, 160, 170}};
  inline static const SheetText kClass{.cap = 14, .color = {132, 189, 255}, .weight = 0.14};
  inline static const SheetText kCount{.cap = 10, .color = {176, 182, 192}};
  inline static const SheetText kPatient{.cap = 9, .color = {214, 218, 224}, .weight = 0.12};
  inline static const SheetText kFile{.cap = 8, .color = {138, 144, 154}, .weight = 0.12};
  inline static const SheetText kBroken{.cap = 11, .color = {255, 150, 140}, .weight = 0.13};

  static int lines(const SheetRow& row) { return static_cast<int>((row.films.size() + kAcross - 1) / kAcross); }
  static void draw_heading(cv::Mat& sheet, const SheetRow& row, int y, int right) {
    const int base = y + kClass.cap + 4;
    const std::string title = kClass.fit(row.title, (right - kMargin) / 2);
    kClass.draw(sheet, title, {kMargin, base});
    const int x = kMargin + kClass.width(title) + 16;
    kCount.draw(sheet, kCount.fit(row.note, right - x), {x, base});
    cv::line(sheet, {kMargin, y + kRowHead - 10}, {right - 1, y + kRowHead - 10}, kRule, 1);
  }
  static void draw_film(cv::Mat& sheet, const cv::Rect& cell, const cv::Mat& look) {
    sheet(cell).setTo(kCell);
    if (look.empty()) {
      const cv::Scalar red{190, 70, 62};
      cv::Mat inside = sheet(cell);
      inside.setTo(cv::Scalar(52, 30, 30));
      cv::rectangle(inside, {0, 0, cell.width, cell.height}, red, 2);
      const cv::Point middle{cell.width / 2, cell.height / 2 - 14};
      const int arm = 26;
      cv::line(inside, middle - cv::Point(arm, arm), middle + cv::Point(arm, arm), red, 5, cv::LINE_AA);
      cv::line(inside, middle + cv::Point(-arm, arm), middle + cv::Point(arm, -arm), red, 5, cv::LINE_AA);
      const std::string word = "not readable";
      kBroken.draw(sheet, word, {cell.x + (cell.width - kBroken.width(word)) / 2, cell.y + cell.height / 2 + 46});
      return;
    }
    const cv::Mat film = std::max(look.cols, look.rows) < kSide ? enlarge(look) : look;
    const cv::Point at{cell.x + (cell.width - film.cols) / 2, cell.y + (cell.height - film.rows) / 2};
    film.copyTo(sheet(cv::Rect(at, film.size())));
  }
  /// Pixels as they are, for films smaller than their square.
  static cv::Mat enlarge(const cv::Mat& film) {
    cv::Mat out;
    const double scale = static_cast<double>(kSide) / std::max(film.cols, film.rows);
    cv::resize(film, out, {std::max(1, cvFloor(film.cols * scale)), std::max(1, cvFloor(film.rows * scale))}, 0, 0,
               scale >= 3 ? cv::INTER_NEAREST : cv::INTER_CUBIC);
    return out;
  }

  std::string title_;
  std::string note_;
  std::vector<SheetRow> rows_;
  std::vector<std::string> broken_;
};

}  // namespace youden::data
