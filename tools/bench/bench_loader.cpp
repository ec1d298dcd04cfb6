// bench_loader [FILMS [FOLDER]]   films decoded, resized and rotated, against OpenCV's decoding alone
//
// Without a folder it writes 1024 × 1024 gray PNGs of drawn chests and opens FILMS of them. Prints one JSON line a kind
// of film and number of threads. Per core both sides are counted in CPU seconds, which a busy machine disturbs least;
// the speed-up is of wall-clock time. Each number is the median of several rounds that take turns.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "youden/augment/pipeline.hpp"
#include "youden/base/clock.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/threads.hpp"
#include "youden/config/json.hpp"
#include "youden/data/dataset.hpp"
#include "youden/data/sources/phantom.hpp"
#include "youden/image/decode.hpp"
#include "youden/image/image_files.hpp"
#include "youden/train/image_pipeline.hpp"

namespace {

using namespace youden;
namespace fs = std::filesystem;
constexpr int kSize = 224;
constexpr int kRounds = 5;

/// The same files again and again, as if they were `count` films.
class Files final : public data::Source {
 public:
  Files(std::vector<fs::path> files, std::size_t count) : files_(std::move(files)), count_(count) {}
  [[nodiscard]] sample::Manifest load() const override {
    sample::Manifest m;
    for (std::size_t i = 0; i < count_; ++i) {
      m.samples.push_back({std::to_string(i), files_[i % files_.size()].string(), {}, i % 2 == 0 ? "a" : "b"});
    }
    return m;
  }
  [[nodiscard]] cv::Mat image(const sample::Sample& sample) const override {
    return image::decode_film(sample.path, kSize);
  }

 private:
  std::vector<fs::path> files_;
  std::size_t count_;
};

std::vector<fs::path> draw_films(const fs::path& folder) {
  const data::Phantom phantom({.films = 24}, {.seed = 1, .size = 1024});
  const auto samples = phantom.load().samples;
  base::parallel_for(samples.size(), base::usable_threads(), [&](std::size_t i) {
    cv::Mat gray;
    cv::extractChannel(phantom.image(samples[i]), gray, 0);
    cv::imwrite((folder / (samples[i].id + ".png")).string(), gray, {cv::IMWRITE_PNG_COMPRESSION, 6});
  });
  return image::image_files(folder);
}

struct Seconds {
  double cpu = 0;
  double wall = 0;
};

template <class Work>
Seconds timed(const Work& work) {
  const auto cpu = [] {
    timespec t{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  };
  const double start = cpu();
  const base::Stopwatch watch;
  work();
  return {cpu() - start, watch.seconds()};
}

/// Every file's hash, checks, pixels; a rotated, normalised view of each.
void ours(const std::shared_ptr<const data::Source>& source, int threads) {
  base::Progress quiet(true);
  const auto dataset = data::Dataset::open(source, source->load(), {.threads = threads}, quiet);
  const train::ImagePipeline images(dataset, augment::Pipeline({{"rotate", {{"degrees", 15}}}}), 7,
                                    train::Normalization::named("imagenet"), kSize);
  base::parallel_for(dataset.size(), threads, [&](std::size_t i) {
    thread_local std::vector<float> out(std::size_t{kSize} * kSize * 3);
    images.write({i, 0}, out.data());
  });
}

/// As cv2.imread in a loop.
void opencv(const std::vector<sample::Sample>& samples, int threads) {
  base::parallel_for(samples.size(), threads, [&](std::size_t i) {
    if (cv::imread(samples[i].path).empty()) std::abort();
  });
}

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

void measure(const std::string& kind, const std::vector<fs::path>& files, std::size_t count) {
  const auto source = std::make_shared<Files>(files, count);
  const auto samples = source->load().samples;
  double alone = 0;
  for (const int threads : {1, 2}) {
    std::vector<double> ours_wall, ours_cpu, opencv_wall, opencv_cpu, ratio;
    for (int round = 0; round < kRounds; ++round) {
      cv::setNumThreads(1);
      const Seconds theirs = timed([&] { opencv(samples, threads); });
      const Seconds own = timed([&] { ours(source, threads); });
      ours_wall.push_back(own.wall);
      ours_cpu.push_back(own.cpu);
      opencv_wall.push_back(theirs.wall);
      opencv_cpu.push_back(theirs.cpu);
      ratio.push_back(own.cpu / theirs.cpu);
    }
    const auto n = static_cast<double>(count);
    if (threads == 1) alone = median(ours_wall);
    const config::Json line{{"bench", "loader"},
                            {"kind", kind},
                            {"films", count},
                            {"threads", threads},
                            {"films_per_s", n / median(ours_wall)},
                            {"opencv_films_per_s", n / median(opencv_wall)},
                            {"cpu_ms", 1e3 * median(ours_cpu) / n},
                            {"opencv_cpu_ms", 1e3 * median(opencv_cpu) / n},
                            {"ratio_per_core", median(ratio)},
                            {"speed_up", alone / median(ours_wall)}};
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::stoul(argv[1]) : 1'000;
  if (argc > 2) {
    measure(argv[2], image::image_files(argv[2]), count);
    return 0;
  }
  std::string folder = (fs::temp_directory_path() / "youden-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  measure("png-1024", draw_films(folder), count);
  fs::remove_all(folder);
  return 0;
}
