#include <torch/torch.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <memory>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <vector>

#include "lab.hpp"
#include "youden/train/calibration.hpp"
#include "youden/train/normalization.hpp"

using namespace youden;
using namespace youden::train;
using namespace youden::test;
using boost::test_tools::per_element;

BOOST_AUTO_TEST_SUITE(normalization)

namespace {
std::vector<float> normalised(const Normalization& n) {
  cv::Mat image(1, 2, CV_32FC3);
  image.at<cv::Vec3f>(0, 0) = {0.0F, 0.5F, 1.0F};  // R, G, B
  image.at<cv::Vec3f>(0, 1) = {1.0F, 0.25F, 0.0F};
  std::vector<float> out(6);
  n.apply(image, out.data());
  return out;
}
void close(const std::vector<float>& a, const std::vector<double>& b, double tolerance) {
  BOOST_REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) BOOST_TEST(std::abs(static_cast<double>(a[i]) - b[i]) < tolerance, i);
}
}  // namespace

BOOST_AUTO_TEST_CASE(none_changes_nothing) {
  BOOST_TEST(normalised(Normalization::named("none")) == (std::vector<float>{0, 0.5F, 1, 1, 0.25F, 0}), per_element());
}
BOOST_AUTO_TEST_CASE(imagenet_by_hand) {
  close(normalised(Normalization::named("imagenet")),
        {-0.485 / 0.229, (0.5 - 0.456) / 0.224, (1 - 0.406) / 0.225,  //
         (1 - 0.485) / 0.229, (0.25 - 0.456) / 0.224, -0.406 / 0.225},
        1e-6);
}
BOOST_AUTO_TEST_CASE(caffe_is_bgr_in_0_to_255_less_the_mean) {
  close(normalised(Normalization::named("caffe")),
        {255 - 103.939, 127.5 - 116.779, 0 - 123.68,  //
         0 - 103.939, 63.75 - 116.779, 255 - 123.68},
        1e-4);
}
BOOST_AUTO_TEST_CASE(efficientnet_lite_is_127_less_over_128) {
  close(normalised(Normalization::named("efficientnet_lite")),
        {-127.0 / 128, 0.5 / 128, 1,  //
         1, -63.25 / 128, -127.0 / 128},
        1e-6);
}
BOOST_AUTO_TEST_CASE(mean_and_std_are_those_of_the_document) {
  close(normalised(Normalization::from({.mean = {0.5, 0, 1}, .std = {0.5, 2, 0.25}})), {-1, 0.25, 0, 1, 0.125, -4},
        1e-6);
  BOOST_CHECK_THROW(Normalization::from({.mean = {0.5, 0}, .std = {1, 1, 1}}), base::ConfigError);
  BOOST_CHECK_THROW(Normalization::named("imagnet"), base::ConfigError);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {
boost::test_tools::assertion_result has_int8(boost::unit_test::test_unit_id /*id*/) {
  const config::Component vgg{"vgg11", {{"precision", "int8"}}};
  boost::test_tools::assertion_result here(!backbone::unsupported(vgg, base::Cpu::here(), ""));
  here.message() << "this machine has no int8";
  return here;
}
boost::test_tools::assertion_result has_bfloat16(boost::unit_test::test_unit_id /*id*/) {
  boost::test_tools::assertion_result here(
      !backbone::unsupported(backbone::Precision::bfloat16, base::Cpu::here(), ""));
  here.message() << "this processor has no bfloat16";
  return here;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(feature_source)

namespace {
/// Each sample on its own, one worker, nothing remembered: what every other way must equal bit for bit.
torch::Tensor one_by_one(const Lab& lab, const Model& model, std::int64_t view) {
  FeatureSource source = lab.features(model);
  std::vector<torch::Tensor> rows;
  for (std::size_t i = 0; i < lab.dataset.size(); ++i) {
    const std::vector<View> one{{i, view}};
    rows.push_back(source.get(one)[0]);
  }
  return torch::stack(rows);
}

/// Workers, batch-mates, order, memory and torch's generator: all forgotten by the bits.
void check_bits(const config::Component& backbone, int films, int size = 64) {
  scramble(5);
  const Lab lab({.films = films, .size = size, .backbone = backbone, .head = {"global_average"}});
  const auto model = lab.assembler.make(0);
  const torch::Tensor expected = one_by_one(lab, *model, 0);
  BOOST_TEST(!torch::equal(expected[0], expected[1]));
  const std::size_t n = lab.dataset.size();
  for (const int threads : {1, 2, 3}) {
    scramble(static_cast<std::uint64_t>(threads));
    FeatureSource fresh = lab.features(*model, threads);
    FeatureSource kept = lab.features(*model, threads, 1);
    BOOST_TEST(torch::equal(fresh.get(all_views(n, 0)), expected), backbone.type << " " << threads << " workers");
    std::vector<View> some;
    for (std::size_t i = 2; i < n; i += 3) some.push_back({i, 0});
    kept.get(some);  // remembered from other batches than the rest
    BOOST_TEST(torch::equal(kept.get(all_views(n, 0)), expected), backbone.type << " partly remembered");
    std::vector<View> backwards = all_views(n, 0);
    std::reverse(backwards.begin(), backwards.end());
    BOOST_TEST(torch::equal(fresh.get(backwards).flip(0), expected), backbone.type << " backwards");
    BOOST_TEST(torch::equal(kept.get(backwards).flip(0), expected), backbone.type << " remembered, backwards");
  }
  scramble(77);
  const Lab twin({.films = films, .size = size, .backbone = backbone, .head = {"global_average"}});
  const auto other = twin.assembler.make(0);
  BOOST_TEST(torch::equal(twin.features(*other).get(all_views(n, 0)), expected), backbone.type << " built again");
}
}  // namespace

BOOST_AUTO_TEST_CASE(bits_of_mobilenet) { check_bits({"mobilenet_v2", {{"freeze", "all"}}}, 11); }
BOOST_AUTO_TEST_CASE(bits_of_densenet) { check_bits({"densenet121", {{"freeze", "all"}}}, 9); }
BOOST_AUTO_TEST_CASE(bits_of_efficientnet) { check_bits({"efficientnet_lite0", {{"freeze", "all"}}}, 11); }
BOOST_AUTO_TEST_CASE(bits_of_squeezenet) { check_bits({"squeezenet1_1", {{"freeze", "all"}}}, 11); }
BOOST_AUTO_TEST_CASE(bits_of_vgg) { check_bits({"vgg11", {{"freeze", "all"}}}, 11); }
BOOST_AUTO_TEST_CASE(bits_of_a_small_network) { check_bits({"small_cnn", {{"freeze", "all"}}}, 19); }
BOOST_AUTO_TEST_CASE(bits_of_stages_that_run_image_by_image) {
  check_bits({"vgg11", {{"freeze", "conv2"}}}, 9, 136);
  check_bits({"mobilenet_v2", {{"freeze", "block3"}}}, 9, 136);
}
BOOST_AUTO_TEST_CASE(bits_in_bfloat16, *boost::unit_test::precondition(has_bfloat16)) {
  for (const char* name : {"mobilenet_v2", "densenet121", "efficientnet_lite0", "squeezenet1_1", "vgg11", "small_cnn"})
    check_bits({name, {{"precision", "bfloat16"}}}, 9, 72);
}
BOOST_AUTO_TEST_CASE(bits_in_int8, *boost::unit_test::precondition(has_int8)) {
  const Lab lab({.films = 11, .size = 72, .backbone = {"vgg11", {{"precision", "int8"}}}});
  const auto model = lab.assembler.make(0);
  calibrate(*model, lab.images, {0, 2, 5}, 2);
  const torch::Tensor expected = one_by_one(lab, *model, 0);
  for (const int threads : {1, 2, 3}) {
    FeatureSource fresh = lab.features(*model, threads);
    BOOST_TEST(torch::equal(fresh.get(all_views(11, 0)), expected), threads);
    std::vector<View> backwards = all_views(11, 0);
    std::reverse(backwards.begin(), backwards.end());
    BOOST_TEST(torch::equal(fresh.get(backwards).flip(0), expected), threads);
  }
}
BOOST_AUTO_TEST_CASE(bits_of_a_map_at_a_stage) { check_bits({"small_cnn", {{"freeze", "block2"}}}, 13); }

BOOST_AUTO_TEST_CASE(fresh_views_differ_by_epoch_and_the_film_itself_is_not_augmented) {
  const Lab lab;
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model);
  const auto n = lab.dataset.size();
  const torch::Tensor epoch0 = source.get(all_views(n, 0));
  const torch::Tensor epoch1 = source.get(all_views(n, 1));
  for (std::size_t i = 0; i < n; ++i) {
    const auto row = static_cast<std::int64_t>(i);
    BOOST_TEST(!torch::equal(epoch0[row], epoch1[row]), i);
  }
  const Lab plain({.steps = {}});
  const auto same = plain.assembler.make(0);
  BOOST_TEST(torch::equal(source.get(all_views(n, -1)), plain.features(*same).get(all_views(n, 5))));
  BOOST_TEST(source.prefix_images() == static_cast<std::int64_t>(3 * n));
}

BOOST_AUTO_TEST_CASE(k_views_come_round_and_are_computed_once) {
  const Lab lab;
  const auto model = lab.assembler.make(0);
  FeatureSource fresh = lab.features(*model);
  FeatureSource three = lab.features(*model, 2, 3);
  const auto n = lab.dataset.size();
  for (std::int64_t epoch = 0; epoch < 7; ++epoch) {
    BOOST_TEST(torch::equal(three.get(all_views(n, epoch)), fresh.get(all_views(n, epoch % 3))), "epoch " << epoch);
  }
  BOOST_TEST(three.prefix_images() == static_cast<std::int64_t>(3 * n));
  three.get(all_views(n, -1));
  three.get(all_views(n, -1));
  BOOST_TEST(three.prefix_images() == static_cast<std::int64_t>(4 * n));
}

BOOST_AUTO_TEST_CASE(what_was_foreseen_has_the_same_bits_and_is_computed_once) {
  const Lab lab;
  const auto model = lab.assembler.make(0);
  const auto n = lab.dataset.size();
  const torch::Tensor expected = one_by_one(lab, *model, 3);
  const std::vector<View> all = all_views(n, 3);
  const std::span<const View> views(all);
  for (const int threads : {1, 3}) {
    FeatureSource source = lab.features(*model, threads);
    const torch::Tensor first = source.get(views.first(10), views.subspan(10));
    BOOST_TEST(torch::equal(first, expected.slice(0, 0, 10)));
    BOOST_TEST(torch::equal(source.get(all_views(n, 4)), one_by_one(lab, *model, 4)), "something else in between");
    BOOST_TEST(torch::equal(source.get(views.subspan(10)), expected.slice(0, 10)));
    BOOST_TEST(source.prefix_images() == static_cast<std::int64_t>(2 * n));
    source.get(views.first(10), views.subspan(8));  // two of them are being computed
    BOOST_TEST(torch::equal(source.get(views.subspan(8)), expected.slice(0, 8)));
  }
}

BOOST_AUTO_TEST_CASE(an_epoch_looks_ahead_into_the_next_and_the_last_into_none) {
  const Lab lab;
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model, 2);
  Task task = lab.task(18);
  task.curve.clear();
  Trainer trainer(*model, source, {.epochs = 3, .batch = 4, .drop_last = true}, task);
  while (!trainer.finished()) trainer.run_epoch([](auto&&...) {});
  BOOST_TEST(source.prefix_images() == 3 * 16);
}

BOOST_AUTO_TEST_CASE(what_a_worker_throws_arrives) {
  struct Broken final : data::Source {
    [[nodiscard]] sample::Manifest load() const override {
      return {{{"x", {}, "sha-x", "a"}, {"y", {}, "sha-y", "b"}}};
    }
    [[nodiscard]] cv::Mat image(const sample::Sample& s) const override {
      if (s.id == "y") throw base::DataError({"film y is gone"});
      return {24, 24, CV_8UC3, cv::Scalar(1, 2, 3)};
    }
  };
  const Lab lab;
  const auto model = lab.assembler.make(0);
  const auto untrained = Lab({.backbone = {"small_cnn", {{"depth", 2}, {"freeze", "none"}}}}).assembler.make(0);
  base::Progress quiet(true);
  const auto broken = std::make_shared<Broken>();
  const auto dataset = data::Dataset::open(broken, broken->load(), {}, quiet);
  const ImagePipeline images(dataset, augment::Pipeline({}), 0, {}, 24);
  for (const Model* m : {model.get(), untrained.get()}) {
    FeatureSource source(images, *m, {.threads = 2});
    BOOST_CHECK_THROW(source.get(all_views(2, -1)), base::DataError);
    source.get(all_views(1, -1), all_views(2, 0));  // nobody asks for the second
    BOOST_TEST(source.get(all_views(1, -1)).size(0) == 1);
  }
}

BOOST_AUTO_TEST_CASE(a_small_memory_changes_time_only) {
  const Lab lab;
  const auto model = lab.assembler.make(0);
  const auto n = lab.dataset.size();
  const torch::Tensor expected = lab.features(*model).get(all_views(n, 0));
  FeatureSource tight = lab.features(*model, 1, 1, 4 * expected[0].nbytes());
  BOOST_TEST(torch::equal(tight.get(all_views(n, 0)), expected));
  BOOST_TEST(torch::equal(tight.get(all_views(n, 0)), expected));
  BOOST_TEST(tight.prefix_images() == static_cast<std::int64_t>(2 * n - 4));
}

BOOST_AUTO_TEST_CASE(without_a_prefix_it_hands_on_normalised_images) {
  const Lab lab({.backbone = {"small_cnn", {{"depth", 2}, {"freeze", "none"}}}, .steps = {}});
  const auto model = lab.assembler.make(0);
  FeatureSource source = lab.features(*model, 2);
  const torch::Tensor x = source.get(all_views(lab.dataset.size(), 4));
  BOOST_TEST((x.sizes() == torch::IntArrayRef{21, 3, 24, 24}));
  BOOST_TEST(x.is_contiguous(torch::MemoryFormat::ChannelsLast));
  BOOST_TEST(source.prefix_images() == 0);
  const cv::Mat film = lab.dataset.image(17);  // imagenet's blue, row 2, column 20
  const double blue = (film.at<cv::Vec3b>(2, 20)[2] / 255.0 - 0.406) / 0.225;
  BOOST_TEST(std::abs(x[17][2][2][20].item<double>() - blue) < 1e-6);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(model)

namespace {
config::Component small(const std::string& freeze) {
  return {"small_cnn", {{"width", 4}, {"depth", 2}, {"freeze", freeze}}};
}
}  // namespace

BOOST_AUTO_TEST_CASE(names_say_what_trains_and_what_is_frozen) {
  const Lab lab({.backbone = small("block1")});
  const auto model = lab.assembler.make(0);
  const std::vector<std::string> trained{"backbone.block2.conv.weight",
                                         "backbone.block2.norm.weight",
                                         "backbone.block2.norm.bias",
                                         "head.hidden.weight",
                                         "head.hidden.bias",
                                         "head.output.weight",
                                         "head.output.bias"};
  BOOST_TEST(names_of(model->trained_parameters()) == trained, per_element());
  std::vector<std::string> state = trained;
  for (const char* buffer : {"running_mean", "running_var", "num_batches_tracked"})
    state.push_back(std::string("backbone.block2.norm.") + buffer);
  BOOST_TEST(names_of(model->trained_state()) == state, per_element());
  const std::vector<std::string> frozen{"backbone.block1.conv.weight",      "backbone.block1.norm.weight",
                                        "backbone.block1.norm.bias",        "backbone.block1.norm.running_mean",
                                        "backbone.block1.norm.running_var", "backbone.block1.norm.num_batches_tracked"};
  BOOST_TEST(names_of(model->prefix_state()) == frozen, per_element());

  BOOST_TEST(Lab({.backbone = small("none")}).assembler.make(0)->prefix_state().empty());
  const auto all = Lab({.backbone = small("all")}).assembler.make(0);
  BOOST_TEST(all->trained_state().size() == 4U);
  BOOST_TEST(all->prefix_state().size() == 12U);
}

BOOST_AUTO_TEST_CASE(the_prefix_gets_no_gradient_and_no_new_bit) {
  for (const char* freeze : {"all", "block1"}) {
    const Lab lab({.backbone = small(freeze)});
    const auto model = lab.assembler.make(0);
    FeatureSource source = lab.features(*model);
    const Named prefix = copy_of(model->prefix_state());
    const Named trained = copy_of(model->trained_parameters());
    Trainer trainer(*model, source, {.epochs = 2, .batch = 4, .lr = 0.01}, lab.task(15));
    trainer.run_epoch([](auto&&...) {});
    trainer.run_epoch([](auto&&...) {});
    BOOST_TEST(changed(prefix, model->prefix_state()).empty(), freeze);
    BOOST_TEST(changed(trained, model->trained_parameters()).size() == trained.size(), freeze);
    for (const auto& [name, tensor] : model->prefix_state()) {
      BOOST_TEST(!tensor.requires_grad(), name);
      BOOST_TEST(!tensor.grad().defined(), name);
    }
  }
}

BOOST_AUTO_TEST_CASE(running_statistics_obey_batch_norm) {
  for (const std::string word : {"frozen", "update", "auto"}) {
    const Lab lab({.backbone = small("block1")});
    const Assembler assembler({.backbone = lab.options.backbone,
                               .head = lab.options.head,
                               .batch_norm = word,
                               .size = lab.options.size,
                               .seed = 3});
    const auto model = assembler.make(0);
    FeatureSource source = lab.features(*model);
    const Named before = copy_of(model->trained_state());
    Trainer(*model, source, {.epochs = 1, .batch = 5}, lab.task(15)).run_epoch([](auto&&...) {});
    const auto moved = changed(before, model->trained_state());
    const bool statistics = std::find(moved.begin(), moved.end(), "backbone.block2.norm.running_mean") != moved.end();
    BOOST_TEST(statistics == (word != "frozen"), word);  // auto: nothing was loaded
  }
}

BOOST_AUTO_TEST_CASE(its_hash_is_that_of_the_prefix_alone) {
  const Lab lab({.backbone = small("block1")});
  const auto model = lab.assembler.make(0);
  const std::string hash = model->prefix_hash();
  const torch::NoGradGuard no_grad;
  for (auto [name, tensor] : model->trained_state()) tensor.add_(1);
  BOOST_TEST(model->prefix_hash() == hash);
  for (auto [name, tensor] : model->prefix_state()) {
    torch::Tensor cell = tensor.dim() == 0 ? tensor : tensor.select(0, tensor.size(0) - 1);
    cell.add_(1);
    BOOST_TEST(model->prefix_hash() != hash, name);
    cell.sub_(1);
  }
  BOOST_TEST(Lab({.backbone = small("none")}).assembler.make(0)->prefix_hash() == "");
  BOOST_TEST(Lab({.backbone = small("block1")}).assembler.make(4)->prefix_hash() == hash);
  BOOST_TEST(Lab({.backbone = small("block1"), .seed = 4}).assembler.make(0)->prefix_hash() != hash);
}

BOOST_AUTO_TEST_CASE(replicates_share_the_prefix_and_start_everything_else_anew) {
  const Lab lab({.backbone = small("block1")});
  const auto zero = lab.assembler.make(0);
  const auto one = lab.assembler.make(1);
  BOOST_TEST(changed(zero->prefix_state(), one->prefix_state()).empty());
  const auto differs = changed(zero->trained_parameters(), one->trained_parameters());
  const std::vector<std::string> weights{"backbone.block2.conv.weight", "head.hidden.weight", "head.output.weight"};
  BOOST_TEST(differs == weights, per_element());  // biases and scales start at 0 and 1
  BOOST_TEST(changed(lab.assembler.make(1)->trained_state(), one->trained_state()).empty());
}

BOOST_AUTO_TEST_CASE(bfloat16_features_are_near_and_become_float32_at_the_cut,
                     *boost::unit_test::precondition(has_bfloat16)) {
  const auto features = [](const char* precision, const char* freeze) {
    const Lab lab({.films = 9, .size = 64, .backbone = {"vgg11", {{"precision", precision}, {"freeze", freeze}}}});
    return lab.features(*lab.assembler.make(0)).get(all_views(9, 0));
  };
  for (const char* freeze : {"all", "conv3"}) {
    const torch::Tensor exact = features("float32", freeze);
    const torch::Tensor near = features("bfloat16", freeze);
    BOOST_TEST(near.scalar_type() == torch::kFloat32);
    const double off = ((near - exact).norm() / exact.norm()).item<double>();
    BOOST_TEST(off < 0.02, freeze << ": " << off);
    BOOST_TEST(off > 1e-4, freeze << ": " << off);  // it is another arithmetic
  }
}

BOOST_AUTO_TEST_CASE(int8_takes_its_ranges_from_the_films_it_is_given, *boost::unit_test::precondition(has_int8)) {
  const Lab lab({.films = 13, .size = 72, .backbone = {"vgg11", {{"precision", "int8"}}}});
  const auto model = lab.assembler.make(0);
  BOOST_TEST(model->needs_calibration());
  const std::string before = model->prefix_identity();
  const Calibration c = calibrate(*model, lab.images, {1, 2, 4, 8, 9}, 2);
  BOOST_TEST(c.images == 5U);
  BOOST_TEST((c.feature_error() > 1e-4 && c.feature_error() < 0.05), c.feature_error());
  const auto same = c.same_predictions(*model);
  BOOST_TEST((same >= 0 && same <= 5));
  BOOST_TEST(model->prefix_identity() != before);
  // As float32 has them, to the padding of the last batch.
  const Lab exact({.films = 13, .size = 72, .backbone = {"vgg11"}});
  const auto plain = exact.assembler.make(0);
  const torch::Tensor theirs =
      exact.features(*plain).get(std::vector<View>{{1, -1}, {2, -1}, {4, -1}, {8, -1}, {9, -1}});
  BOOST_TEST(((c.exact - theirs).abs().max() / theirs.abs().max()).item<double>() < 1e-5);
  // Another replicate shares the prefix, hence the ranges; its state is what a checkpoint keeps.
  const auto other = lab.assembler.make(1);
  BOOST_TEST(torch::equal(lab.features(*other).get(all_views(13, 0)), lab.features(*model, 2).get(all_views(13, 0))));
  BOOST_TEST(other->trained_state().back().first == "prefix.ranges");
  BOOST_TEST(other->trained_state().back().second.isfinite().all().item<bool>());
  // Other films, other ranges, other features.
  const torch::Tensor features = lab.features(*model).get(all_views(13, 0));
  calibrate(*model, lab.images, {0, 3}, 1);
  BOOST_TEST(!torch::equal(lab.features(*model).get(all_views(13, 0)), features));
}
BOOST_AUTO_TEST_CASE(a_precision_the_processor_lacks_is_refused) {
  Recipe recipe{.backbone = {"small_cnn", {{"precision", "bfloat16"}}}, .head = {"linear"}, .size = 32};
  recipe.cpu = {.model = "Old 1", .flags = {"avx2", "fma"}};
  BOOST_CHECK_EXCEPTION(Assembler{recipe}, base::ConfigError, [](const base::ConfigError& e) {
    return e.exit_code() == 2 && std::string(e.what()).find("avx512_bf16") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(wherever_it_is_cut_the_logits_are_those_of_the_whole_network) {
  const torch::NoGradGuard no_grad;
  torch::set_num_threads(1);
  const Lab lab({.films = 8, .size = 64, .backbone = {"mobilenet_v2"}, .head = {"global_average"}});
  const std::shared_ptr<backbone::Backbone> net = registry::make<backbone::Backbone>({"mobilenet_v2"});
  backbone::initialise(*net, 3, 0);
  net->eval();
  torch::Tensor images = torch::empty({8, 3, 64, 64}, torch::kFloat32).contiguous(torch::MemoryFormat::ChannelsLast);
  for (std::int64_t i = 0; i < 8; ++i)
    lab.images.write({static_cast<std::size_t>(i), -1}, images.data_ptr<float>() + i * 64 * 64 * 3);
  torch::Tensor whole;
  for (std::size_t cut = 0; cut <= net->stages().size(); ++cut) {
    const std::shared_ptr<head::Head> head = registry::make<head::Head>({"global_average"}, lab.assembler.context());
    backbone::initialise(*head, 3, 0);
    Model model(net, cut, cut, head, false);
    model.set_training(false);
    const torch::Tensor at_cut = model.prefix(images);
    const torch::Tensor logits = model.logits(at_cut, {});
    if (cut == 0) whole = logits;
    // The suffix trains, so it runs module by module; the prefix has its normalisations folded.
    BOOST_TEST(((logits - whole).abs().max() / whole.abs().max()).item<double>() < 1e-5, "cut " << cut);
    if (cut < net->stages().size()) {
      BOOST_TEST(torch::equal(at_cut, backbone::run_stages(*net, images, 0, cut)), "cut " << cut);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
