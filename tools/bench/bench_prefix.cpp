// torch
// bench_prefix [NETWORK[:PRECISION] …]   films pushed through the frozen prefix, against libtorch's forward alone
//
// Raw: the network's modules in that precision, channels last, batches of 8, one worker of one thread a processor (int8
// against the prefix without films). End to end: PNGs of 1024 × 1024 that are decoded, resized, rotated, normalised and
// pushed through the prefix by the feature source. The two take turns; each number is a median. Prints one JSON line a
// case: images a second, the ratio end to end / raw, and the same in seconds of processor time an image, which a busy
// machine disturbs least.
#include <sys/resource.h>
#include <torch/torch.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "youden/augment/pipeline.hpp"
#include "youden/base/clock.hpp"
#include "youden/base/error.hpp"
#include "youden/base/philox.hpp"
#include "youden/base/progress.hpp"
#include "youden/base/text.hpp"
#include "youden/base/threads.hpp"
#include "youden/config/json.hpp"
#include "youden/data/dataset.hpp"
#include "youden/data/load_source.hpp"
#include "youden/train/assemble.hpp"
#include "youden/train/calibration.hpp"
#include "youden/train/feature_source.hpp"
#include "youden/train/image_pipeline.hpp"

namespace {

using namespace youden;
namespace fs = std::filesystem;

constexpr int kSize = 224;
constexpr std::size_t kFilms = 32;
constexpr int kRounds = 5;

struct Cost {
  double wall = 0;
  double cpu = 0;
};

double cpu_seconds() {
  rusage u{};
  ::getrusage(RUSAGE_SELF, &u);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(u.ru_utime) + seconds(u.ru_stime);
}
template <class Work>
Cost cost(const Work& work) {
  const double before = cpu_seconds();
  const base::Stopwatch watch;
  work();
  return {watch.seconds(), cpu_seconds() - before};
}
Cost median(std::vector<Cost> costs) {
  const auto middle = [&](double Cost::*member) {
    std::nth_element(costs.begin(), costs.begin() + kRounds / 2, costs.end(),
                     [&](const Cost& a, const Cost& b) { return a.*member < b.*member; });
    return costs[kRounds / 2].*member;
  };
  return {middle(&Cost::wall), middle(&Cost::cpu)};
}

/// Smooth noise, as hard to decode as a film.
void write_films(const fs::path& folder) {
  fs::create_directories(folder / "noise");
  for (std::size_t i = 0; i < kFilms; ++i) {
    cv::Mat film(1024, 1024, CV_8UC1);
    base::Stream stream({.seed = i, .purpose = "film"});
    for (int y = 0; y < film.rows; ++y) {
      for (int x = 0; x < film.cols; ++x) film.ptr<unsigned char>(y)[x] = static_cast<unsigned char>(stream.below(256));
    }
    cv::GaussianBlur(film, film, {}, 3);
    cv::imwrite((folder / "noise" / (std::to_string(i) + ".png")).string(), film);
  }
}

/// The modules themselves, converted to the type.
torch::Tensor raw_forward(const backbone::Backbone& net, const torch::Tensor& x) {
  return backbone::run_stages(net, x, 0, net.stages().size()).to(torch::kFloat32);
}

void measure(const data::Dataset& dataset, const std::string& network, const std::string& precision) {
  const int threads = base::usable_threads();
  train::Assembler assembler(
      {.backbone = {network, {{"precision", precision}}}, .head = {"global_average"}, .size = kSize});
  const auto model = assembler.make(0);
  const train::ImagePipeline images(dataset, augment::Pipeline({{"rotate", {{"degrees", 15}}}}), 1,
                                    train::Normalization::named("imagenet"), kSize);
  if (model->needs_calibration()) train::calibrate(*model, images, {0, 1, 2, 3}, threads);
  train::FeatureSource source(images, *model, {.threads = threads});

  const auto type = precision == "bfloat16" ? torch::kBFloat16 : torch::kFloat32;
  const auto net = registry::make<backbone::Backbone>({network});
  backbone::initialise(*net, 0, 0);
  net->eval();
  net->to(type);
  for (auto& p : net->parameters()) {
    if (p.dim() == 4) p.set_data(p.contiguous(torch::MemoryFormat::ChannelsLast));
  }
  const torch::Tensor batch =
      torch::rand({train::FeatureSource::kBatch, 3, kSize, kSize}).contiguous(torch::MemoryFormat::ChannelsLast);
  const auto forwards = [&](const auto& forward) {
    return cost([&] {
      base::parallel_for(
          kFilms / train::FeatureSource::kBatch, threads,
          [&](std::size_t) {
            const torch::NoGradGuard no_grad;
            forward();
          },
          [] { torch::set_num_threads(1); });
    });
  };
  std::vector<Cost> raw;
  std::vector<Cost> prefix;
  std::vector<Cost> whole;
  for (int round = -1; round < kRounds; ++round) {  // the first one warms up
    std::vector<train::View> views;
    for (std::size_t i = 0; i < kFilms; ++i) views.push_back({i, round + 1});
    const Cost a = precision == "int8" ? Cost{} : forwards([&] { raw_forward(*net, batch.to(type)); });
    const Cost b = forwards([&] { model->prefix(batch); });
    const Cost c = cost([&] { source.get(views); });
    if (round < 0) continue;
    raw.push_back(precision == "int8" ? b : a);
    prefix.push_back(b);
    whole.push_back(c);
  }
  const Cost r = median(raw);
  const Cost p = median(prefix);
  const Cost w = median(whole);
  const double n = kFilms;
  std::puts(config::Json{{"network", network},
                         {"precision", precision},
                         {"raw_images_per_s", n / r.wall},
                         {"prefix_images_per_s", n / p.wall},
                         {"images_per_s", n / w.wall},
                         {"ratio", r.wall / w.wall},
                         {"raw_cpu_s", r.cpu / n},
                         {"prefix_cpu_s", p.cpu / n},
                         {"cpu_s", w.cpu / n},
                         {"cpu_ratio", r.cpu / w.cpu}}
                .dump()
                .c_str());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> cases(argv + 1, argv + argc);
  if (cases.empty()) {
    cases = {"vgg16:float32",         "vgg16:bfloat16",      "mobilenet_v2:float32",
             "mobilenet_v2:bfloat16", "densenet169:float32", "densenet169:bfloat16"};
  }
  const fs::path folder = fs::temp_directory_path() / ("youden-bench-" + base::make_uid());
  int exit = 0;
  try {
    write_films(folder);
    base::Progress quiet(true);
    auto [source, manifest, common] =
        data::load_source({"image_folder", {{"root", folder.string()}, {"size", kSize}}}, 0);
    const auto dataset = data::Dataset::open(source, std::move(manifest), {.threads = base::usable_threads()}, quiet);
    for (const std::string& word : cases) {
      const auto parts = base::split(word, ':');
      measure(dataset, parts[0], parts.size() > 1 ? parts[1] : "float32");
    }
  } catch (const base::Error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    exit = e.exit_code();
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  return exit;
}
