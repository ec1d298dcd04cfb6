#include <torch/torch.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <functional>
#include <memory>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "shared.hpp"
#include "youden/backbone/initialise.hpp"
#include "youden/base/philox.hpp"
#include "youden/bundle/bundle.hpp"
#include "youden/bundle/predictor.hpp"
#include "youden/weights/load.hpp"

using namespace youden;
using namespace youden::bundle;
using boost::test_tools::per_element;
using youden::test::TempFolder;

namespace {

using Json = config::Json;

Json small_config(const Json& weights = nullptr, std::uint64_t seed = 6) {
  return {{"seed", seed},
          {"backbone", {{"type", "small_cnn"}, {"width", 4}, {"depth", 2}, {"freeze", "block1"}, {"weights", weights}}},
          {"head", {{"type", "tutorial"}, {"pool", 1}, {"hidden", 5}, {"dropout", 0.5}}}};
}

std::unique_ptr<train::Model> fresh(const Json& config, std::uint64_t replicate = 0) {
  return train::Assembler({.backbone = config::component_from_json(config.at("backbone")),
                           .head = config::component_from_json(config.at("head")),
                           .size = 16,
                           .seed = config.at("seed").get<std::uint64_t>()})
      .make(replicate);
}

/// As a run writes it: replicate 3 stands for "trained", so that it differs from what the seed alone gives.
Bundle small_bundle(const Json& config = small_config(), std::uint64_t replicate = 3) {
  const auto model = fresh(config, replicate);
  Bundle b{.classes = {"covid", "normal"},
           .positive = "covid",
           .threshold = 0.1 + 0.2,
           .size = 16,
           .normalization = train::Normalization::named("caffe"),
           .config = config,
           .prefix_hash = model->prefix_hash()};
  b.tensors.add("", model->trained_state());
  return b;
}

torch::Tensor logits(const train::Model& model) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::sin(torch::arange(2 * 3 * 16 * 16, torch::kFloat32)).reshape({2, 3, 16, 16});
  return model.logits(model.prefix(x), {});
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Noise films, film0.png …
std::vector<std::filesystem::path> write_films(const TempFolder& folder, int n) {
  std::vector<std::filesystem::path> out;
  for (int i = 0; i < n; ++i) {
    cv::Mat image(20, 24, CV_8UC1);
    base::Stream s({.seed = 1, .purpose = "film", .item = std::to_string(i)});
    for (int y = 0; y < 20; ++y) {
      for (int x = 0; x < 24; ++x) image.at<unsigned char>(y, x) = static_cast<unsigned char>(s.below(200) + 2 * y);
    }
    out.push_back(folder / ("film" + std::to_string(i) + ".png"));
    cv::imwrite(out.back().string(), image);
  }
  return out;
}

auto says(const std::string& word) {
  return [word](const base::Error& e) {
    BOOST_TEST_MESSAGE(e.what());
    return std::string(e.what()).find(word) != std::string::npos;
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bundles)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  const TempFolder folder;
  const Bundle b = small_bundle();
  b.write(folder / "m.safetensors");
  const Bundle r = Bundle::read(folder / "m.safetensors");
  BOOST_TEST(r.classes == b.classes, per_element());
  BOOST_TEST(r.positive == "covid");
  BOOST_TEST(r.threshold == b.threshold);  // all 17 digits
  BOOST_TEST(r.size == 16);
  BOOST_TEST(r.normalization.mean == b.normalization.mean, per_element());
  BOOST_TEST(r.normalization.std == b.normalization.std, per_element());
  BOOST_TEST(r.normalization.bgr);
  BOOST_TEST(r.config == b.config);
  BOOST_TEST(r.prefix_hash == b.prefix_hash);
  BOOST_TEST(!r.self_contained);
  BOOST_TEST(r.tensors.tensors.size() == b.tensors.tensors.size());
  for (const auto& [name, tensor] : b.tensors.tensors)
    BOOST_TEST(torch::equal(tensor, r.tensors.tensors.at(name)), name);
  r.write(folder / "again.safetensors");
  BOOST_TEST((bytes_of(folder / "m.safetensors") == bytes_of(folder / "again.safetensors")));
}

BOOST_AUTO_TEST_CASE(its_model_is_the_one_that_was_trained) {
  const TempFolder folder;
  small_bundle().write(folder / "m.safetensors");
  const auto trained = fresh(small_config(), 3);
  trained->set_training(false);
  const auto model = Bundle::read(folder / "m.safetensors").model("m");
  BOOST_TEST(torch::equal(logits(*model), logits(*trained)));
  BOOST_TEST(!torch::equal(logits(*model), logits(*fresh(small_config(), 0))));
}

BOOST_AUTO_TEST_CASE(an_exported_bundle_needs_no_weight_file) {
  const TempFolder folder;
  const auto net = registry::make<backbone::Backbone>({"small_cnn", {{"width", 4}, {"depth", 2}}});
  backbone::initialise(*net, 99, 0);
  const auto file = folder / "net.safetensors";
  weights::write_safetensors(file, weights::save_state(*net));
  const Json config = small_config(file.string());
  Bundle b = small_bundle(config);
  b.write(folder / "m.safetensors");

  Bundle exported = Bundle::read(folder / "m.safetensors");
  const auto whole = exported.model("m");
  exported.embed(*whole);
  exported.write(folder / "exported.safetensors");
  std::filesystem::remove(file);
  BOOST_TEST(bytes_of(folder / "exported.safetensors").find("net.safetensors") == std::string::npos);
  BOOST_CHECK_EXCEPTION(Bundle::read(folder / "m.safetensors").model("m"), base::WeightsError, says("net.safetensors"));
  const auto alone = Bundle::read(folder / "exported.safetensors").model("exported");
  BOOST_TEST(torch::equal(logits(*alone), logits(*whole)));
}

BOOST_AUTO_TEST_CASE(another_prefix_is_refused_by_name) {
  Bundle b = small_bundle();
  b.config = small_config(nullptr, 7);  // draws another frozen prefix
  BOOST_CHECK_EXCEPTION(b.model("m.safetensors"), base::WeightsError,
                        says("the frozen weights are not those that the model was trained on"));
}

BOOST_AUTO_TEST_CASE(a_tensor_that_is_missing_misshapen_or_no_number_is_named) {
  Bundle missing = small_bundle();
  missing.tensors.tensors.erase("head.output.weight");
  BOOST_CHECK_EXCEPTION(missing.model("m"), base::WeightsError, says("head.output.weight is missing"));
  Bundle misshapen = small_bundle();
  misshapen.tensors.tensors["head.hidden.bias"] = torch::zeros({6});
  BOOST_CHECK_EXCEPTION(misshapen.model("m"), base::WeightsError, says("head.hidden.bias has another shape"));
  Bundle spoilt = small_bundle();
  spoilt.tensors.tensors["head.hidden.bias"] = torch::full({5}, NAN);
  BOOST_CHECK_EXCEPTION(spoilt.model("m"), base::WeightsError, says("head.hidden.bias holds NaN"));
}

BOOST_AUTO_TEST_CASE(metadata_that_no_run_writes_is_refused) {
  const TempFolder folder;
  const auto file = folder / "m.safetensors";
  small_bundle().write(file);
  const train::Checkpoint good = train::Checkpoint::read(file);
  const Json about = Json::parse(good.facts.at("youden"));
  const auto refused = [&](const std::string& text) {
    train::Checkpoint bad = good;
    bad.facts["youden"] = text;
    bad.write(folder / "bad.safetensors");
    BOOST_TEST_CONTEXT(text.substr(0, 200)) {
      BOOST_CHECK_EXCEPTION(Bundle::read(folder / "bad.safetensors").model("bad"), base::WeightsError, says(""));
    }
  };
  for (const char* text : {"", "{", "[]", "null", "7", "\"x\"", "{}"}) refused(text);
  const auto with = [&](const std::string& pointer, const Json& value) {
    Json j = about;
    j[Json::json_pointer(pointer)] = value;
    refused(j.dump());
  };
  for (const auto& [key, value] : about.items()) {
    if (key == "config") continue;
    Json j = about;
    j.erase(key);
    if (key != "temperature") refused(j.dump());  // which the first bundles had not
    with("/" + key, {{"a", {1, nullptr}}});
  }
  with("/version", 3);
  with("/version", (std::int64_t{1} << 32) + 1);
  with("/version", 1e300);
  with("/classes", Json::array());
  with("/classes", {"covid"});
  with("/classes", {"covid", "covid"});
  with("/positive", "flu");
  with("/positive", "");
  with("/threshold", 1.5);
  with("/threshold", nullptr);
  with("/preprocessing/size", -16);
  with("/preprocessing/size", std::int64_t{1} << 40);
  with("/preprocessing/size", 1e300);
  with("/preprocessing/size", 32.5);
  with("/preprocessing/std/1", 0);
  with("/preprocessing/mean", {0, 0});
  for (const Json& config : {Json(), Json(3), Json::array(), Json::object()}) with("/config", config);
  with("/config/seed", -1);
  with("/config/seed", "many");
  with("/config/head", {{"type", "none-such"}});
  with("/config/head", nullptr);
  with("/config/head/hidden", -1);
  with("/config/head/hidden", std::int64_t{1} << 50);
  with("/config/head/hidden", 6);
  with("/config/head/pool", 64);
  with("/config/backbone/type", Json::array());
  with("/config/backbone/freeze", "everything");
  with("/config/backbone/depth", 6);
  refused(std::string(100'000, '['));
  Json deep = 1;
  for (int i = 0; i < 200; ++i) deep = Json{{"a", deep}};
  with("/config/head/hidden", deep);
}

BOOST_AUTO_TEST_CASE(a_weight_file_is_no_bundle) {
  const TempFolder folder;
  train::Checkpoint plain;
  plain.tensors["x"] = torch::ones({2});
  plain.write(folder / "w.safetensors");
  BOOST_CHECK_EXCEPTION(Bundle::read(folder / "w.safetensors"), base::WeightsError, says("no model bundle"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(predictor)

BOOST_AUTO_TEST_CASE(gives_what_the_model_gives_whatever_the_company) {
  const TempFolder folder;
  const auto films = write_films(folder, 11);
  small_bundle().write(folder / "m.safetensors");
  const Predictor predictor({folder / "m.safetensors"});
  const auto together = predictor.predict(films).done;
  BOOST_REQUIRE(together.size() == 11U);
  const auto model = Bundle::read(folder / "m.safetensors").model("m");
  const torch::NoGradGuard no_grad;
  for (const std::size_t i : {0U, 7U, 10U}) {
    BOOST_TEST(predictor.predict({films[i]}).done[0].probability == together[i].probability, per_element());
    // By hand: decoded at 16 × 16, BGR in 0–255 less Keras' means.
    torch::Tensor x = torch::empty({1, 3, 16, 16}, torch::kFloat32).contiguous(torch::MemoryFormat::ChannelsLast);
    train::Normalization::named("caffe").apply(image::to_unit_float(image::decode_film(films[i], 16)),
                                               x.data_ptr<float>());
    const torch::Tensor p = model->logits(model->prefix(x), {}).to(torch::kFloat64).softmax(1);
    BOOST_TEST(std::abs(p[0][0].item<double>() - together[i].probability[0]) < 1e-5, i);
    BOOST_TEST(together[i].decision == (together[i].probability[0] >= 0.1 + 0.2 ? "covid" : "normal"));
  }
}

BOOST_AUTO_TEST_CASE(the_decision_is_taken_at_the_frozen_threshold) {
  const TempFolder folder;
  const auto films = write_films(folder, 5);
  Bundle b = small_bundle();
  b.write(folder / "m.safetensors");
  const auto p = Predictor({folder / "m.safetensors"}).predict(films).done;
  b.threshold = p[2].probability[0];  // reached exactly: positive
  b.write(folder / "m.safetensors");
  const auto again = Predictor({folder / "m.safetensors"}).predict(films).done;
  for (std::size_t i = 0; i < 5; ++i) {
    BOOST_TEST(again[i].decision == (p[i].probability[0] >= p[2].probability[0] ? "covid" : "normal"), i);
  }
  BOOST_TEST(again[2].decision == "covid");
  b.positive = "normal";  // the second class is the positive one now
  b.threshold = 1;
  b.write(folder / "m.safetensors");
  BOOST_TEST(Predictor({folder / "m.safetensors"}).predict({films[0]}).done[0].decision == "covid");
}

BOOST_AUTO_TEST_CASE(probabilities_are_those_of_the_bundles_temperature) {
  const TempFolder folder;
  const auto films = write_films(folder, 3);
  Bundle b = small_bundle();
  b.write(folder / "m.safetensors");
  const auto raw = Predictor({folder / "m.safetensors"}).predict(films).done;
  b.temperature = 2.5;
  b.write(folder / "m.safetensors");
  BOOST_TEST(Bundle::read(folder / "m.safetensors").temperature == 2.5);
  const auto soft = Predictor({folder / "m.safetensors"}).predict(films).done;
  for (std::size_t i = 0; i < films.size(); ++i) {
    const double odds = std::pow(raw[i].probability[0] / raw[i].probability[1], 1 / 2.5);
    BOOST_TEST(std::abs(soft[i].probability[0] - odds / (1 + odds)) < 1e-12);
  }
  b.temperature = 0;
  b.write(folder / "m.safetensors");
  BOOST_CHECK_EXCEPTION(Bundle::read(folder / "m.safetensors"), base::WeightsError, says("temperature"));
}

BOOST_AUTO_TEST_CASE(several_bundles_are_averaged) {
  const TempFolder folder;
  const auto films = write_films(folder, 3);
  Bundle a = small_bundle(small_config(), 1);
  Bundle b = small_bundle(small_config(), 2);
  b.threshold = 0.7;
  a.write(folder / "a.safetensors");
  b.write(folder / "b.safetensors");
  const Predictor both({folder / "a.safetensors", folder / "b.safetensors"});
  BOOST_TEST(std::abs(both.threshold() - 0.5) < 1e-15);
  const auto p = both.predict(films).done;
  const auto pa = Predictor({folder / "a.safetensors"}).predict(films).done;
  const auto pb = Predictor({folder / "b.safetensors"}).predict(films).done;
  for (std::size_t i = 0; i < 3; ++i) {
    BOOST_TEST(pa[i].probability[1] != pb[i].probability[1]);
    BOOST_TEST(std::abs(p[i].probability[1] - (pa[i].probability[1] + pb[i].probability[1]) / 2) < 1e-15);
  }
  b.classes = {"covid", "other"};
  b.write(folder / "b.safetensors");
  BOOST_CHECK_THROW(Predictor({folder / "a.safetensors", folder / "b.safetensors"}), base::WeightsError);
}

BOOST_AUTO_TEST_CASE(files_and_folders_are_gathered_sorted_and_empty_folders_refused) {
  const TempFolder folder;
  const auto films = write_films(folder, 3);
  std::ofstream(folder / "notes.txt") << "no film";
  const auto found = collect_images({films[2].string(), folder.path().string()});
  BOOST_TEST(found.size() == 4U);
  BOOST_TEST((found[0] == films[2] && found[1] == films[0] && found[3] == films[2]));
  std::filesystem::create_directory(folder / "empty");
  BOOST_CHECK_EXCEPTION(collect_images({(folder / "empty").string()}), base::DataError, [](const base::Error& e) {
    return std::string(e.what()).find("empty: the folder holds no image") != std::string::npos;
  });
  std::filesystem::create_symlink("/none/such.png", folder / "empty/link.png");
  BOOST_TEST(collect_images({(folder / "empty").string(), "/none/such.png"}).size() == 2U);  // told when they are read
}

BOOST_AUTO_TEST_CASE(every_unreadable_film_is_named) {
  const TempFolder folder;
  auto films = write_films(folder, 2);
  for (const char* name : {"x.png", "y.png"}) {
    std::ofstream(folder / name) << "no picture";
    films.push_back(folder / name);
  }
  small_bundle().write(folder / "m.safetensors");
  const Predictor predictor({folder / "m.safetensors"});
  const auto made = predictor.predict(films);
  BOOST_TEST(made.done.size() == 2U);  // the others are predicted all the same
  BOOST_REQUIRE(made.unread.size() == 2U);
  BOOST_TEST(made.unread[0].reason.find("x.png") != std::string::npos);
  BOOST_TEST(made.unread[1].reason.find("y.png") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
