#pragma once
#include <iostream>
#include <streambuf>

namespace youden::image {

/// While it lives, what this thread writes to std::cerr vanishes; other threads keep theirs. cv::imdecode prints the
/// exceptions it catches there, and the same reason reaches the person as a DataError.
class QuietCerr {
 public:
  QuietCerr() {
    // Never removed: another thread may be writing through it when the last QuietCerr ends, or the program does.
    [[maybe_unused]] static auto* const kFilter = new Filter(std::cerr.rdbuf());
    ++quiet_;
  }
  QuietCerr(const QuietCerr&) = delete;
  QuietCerr& operator=(const QuietCerr&) = delete;
  ~QuietCerr() { --quiet_; }

 private:
  class Filter : public std::streambuf {
   public:
    explicit Filter(std::streambuf* to) : to_(to) { std::cerr.rdbuf(this); }

   protected:
    int overflow(int c) override {
      return quiet_ > 0 || c == traits_type::eof() ? traits_type::not_eof(c) : to_->sputc(static_cast<char>(c));
    }
    std::streamsize xsputn(const char* text, std::streamsize n) override {
      return quiet_ > 0 ? n : to_->sputn(text, n);
    }
    int sync() override { return quiet_ > 0 ? 0 : to_->pubsync(); }

   private:
    std::streambuf* to_;
  };
  inline static thread_local int quiet_ = 0;
};

}  // namespace youden::image
