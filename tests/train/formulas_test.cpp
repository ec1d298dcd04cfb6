#include <torch/torch.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "test_paths.hpp"
#include "youden/registry/registry.hpp"
#include "youden/train/loss.hpp"
#include "youden/train/optimizer.hpp"
#include "youden/train/schedule.hpp"

using namespace youden;
using namespace youden::train;

namespace {

const config::Json& golden() {
  static const config::Json numbers =
      config::Json::parse(std::ifstream(std::string(kSourceDir) + "/tests/golden/train/numbers.json"));
  return numbers;
}

torch::Tensor vector64(const config::Json& list) {
  return torch::tensor(list.get<std::vector<double>>(), torch::kFloat64);
}
torch::Tensor matrix64(const config::Json& rows) {
  std::vector<torch::Tensor> out;
  for (const auto& row : rows) out.push_back(vector64(row));
  return torch::stack(out);
}

/// The problem of tools/golden/train_numbers.py: two parameters, each pulled towards its own target.
struct Problem {
  std::vector<torch::Tensor> parameters;
  std::vector<torch::Tensor> target;
  std::vector<torch::Tensor> stiffness;

  Problem() {
    const auto& p = golden().at("problem");
    const auto both = [](const config::Json& j) { return std::vector{matrix64(j[0]), vector64(j[1])}; };
    parameters = both(p.at("start"));
    target = both(p.at("target"));
    stiffness = both(p.at("stiffness"));
  }
  void step(Optimizer& optimizer, int k) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      parameters[i].mutable_grad() = stiffness[i] * (parameters[i] - target[i]);
    }
    optimizer.step(golden().at("problem").at("rates")[static_cast<std::size_t>(k)].get<double>());
  }
};

std::unique_ptr<Optimizer> make_optimizer(const config::Json& j, const Problem& problem) {
  return registry::make<Optimizer>({j.at("type"), j.at("options")}, {.parameters = problem.parameters});
}

double largest_gap(const torch::Tensor& a, const torch::Tensor& b) { return (a - b).abs().max().item<double>(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(optimizers)

BOOST_AUTO_TEST_CASE(follow_the_path_of_keras_and_pytorch) {
  BOOST_TEST(golden().at("optimizers").size() == 8U);
  for (const auto& j : golden().at("optimizers")) {
    Problem problem;
    const auto optimizer = make_optimizer(j, problem);
    for (std::size_t k = 0; k < j.at("path").size(); ++k) {
      problem.step(*optimizer, static_cast<int>(k));
      for (std::size_t i = 0; i < 2; ++i) {
        BOOST_TEST(largest_gap(problem.parameters[i].flatten(), vector64(j.at("path")[k][i])) < 1e-13,
                   j.at("type") << " " << j.at("options") << " step " << k);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(go_on_from_a_saved_state_to_the_same_bits) {
  for (const auto& j : golden().at("optimizers")) {
    Problem whole;
    const auto optimizer = make_optimizer(j, whole);
    for (int k = 0; k < 3; ++k) whole.step(*optimizer, k);

    Problem again;
    for (std::size_t i = 0; i < 2; ++i) again.parameters[i].copy_(whole.parameters[i]);
    const auto fresh = make_optimizer(j, again);
    const auto saved = optimizer->state();
    auto target = fresh->state();
    BOOST_REQUIRE(saved.size() == target.size());
    for (std::size_t i = 0; i < saved.size(); ++i) {
      BOOST_TEST(saved[i].first == target[i].first);
      target[i].second.copy_(saved[i].second);
    }
    for (int k = 3; k < 6; ++k) {
      whole.step(*optimizer, k);
      again.step(*fresh, k);
    }
    for (std::size_t i = 0; i < 2; ++i)
      BOOST_TEST(torch::equal(whole.parameters[i], again.parameters[i]), j.at("type"));
  }
}

BOOST_AUTO_TEST_CASE(leave_gradients_alone) {
  for (const auto& j : golden().at("optimizers")) {
    Problem problem;
    const auto optimizer = make_optimizer(j, problem);
    const torch::Tensor before = (problem.stiffness[0] * (problem.parameters[0] - problem.target[0])).clone();
    problem.step(*optimizer, 0);
    BOOST_TEST(torch::equal(problem.parameters[0].grad(), before), j.at("type"));
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(schedules)

namespace {
double rate(const config::Json& written, double base, std::int64_t step, ScheduleContext context = {4, 10}) {
  return registry::make<Schedule>(config::component_from_json(written), context)->rate(base, step);
}
}  // namespace

BOOST_AUTO_TEST_CASE(constant_stays) { BOOST_TEST(rate("constant", 0.3, 999) == 0.3); }

BOOST_AUTO_TEST_CASE(inverse_time_decays_a_step_at_a_time) {
  // Keras' Adam(lr=1e-3, decay=1e-3/25): after five epochs of five steps 1e-3 / 1.001.
  const config::Json keras{{"type", "inverse_time"}, {"decay", 0.00004}};
  BOOST_TEST(rate(keras, 0.001, 0) == 0.001);
  BOOST_TEST(rate(keras, 0.001, 1) == 0.001 / 1.00004);
  BOOST_TEST(std::abs(rate(keras, 0.001, 25) - 0.001 / 1.001) < 1e-18);
  BOOST_TEST(std::abs(rate({{"type", "inverse_time"}, {"decay", 0.5}}, 3, 4) - 1) < 1e-15);
}

BOOST_AUTO_TEST_CASE(step_drops_after_whole_epochs) {
  const config::Json step{{"type", "step"}, {"every", 3}, {"factor", 0.5}};  // 4 steps an epoch: drops at 12, 24
  BOOST_TEST(rate(step, 0.8, 0) == 0.8);
  BOOST_TEST(rate(step, 0.8, 11) == 0.8);
  BOOST_TEST(rate(step, 0.8, 12) == 0.4);
  BOOST_TEST(rate(step, 0.8, 24) == 0.2);
}

BOOST_AUTO_TEST_CASE(cosine_goes_from_all_to_final) {
  const config::Json cosine{{"type", "cosine"}, {"final", 0.1}};  // 40 steps
  BOOST_TEST(rate(cosine, 2, 0) == 2);
  BOOST_TEST(std::abs(rate(cosine, 2, 10) - 2 * (0.1 + 0.9 * 0.5 * (1 + std::sqrt(0.5)))) < 1e-12);
  BOOST_TEST(std::abs(rate(cosine, 2, 20) - 1.1) < 1e-12);
  BOOST_TEST(std::abs(rate(cosine, 2, 40) - 0.2) < 1e-12);
  BOOST_TEST(std::abs(rate(cosine, 2, 80) - 0.2) < 1e-12);
}

BOOST_AUTO_TEST_CASE(warmup_rises_to_what_the_inner_schedule_says) {
  const config::Json warmup{
      {"type", "warmup"}, {"epochs", 2.5}, {"then", {{"type", "step"}, {"every", 1}, {"factor", 0.5}}}};
  // 2.5 epochs of 4 steps: 10 steps. Step 3 is in epoch 0, step 5 in epoch 1, step 10 in epoch 2.
  BOOST_TEST(std::abs(rate(warmup, 1, 0) - 0.1) < 1e-15);
  BOOST_TEST(std::abs(rate(warmup, 1, 3) - 0.4) < 1e-15);
  BOOST_TEST(std::abs(rate(warmup, 1, 5) - 0.3) < 1e-15);
  BOOST_TEST(rate(warmup, 1, 10) == 0.25);
  BOOST_TEST(rate({{"type", "warmup"}, {"epochs", 0}, {"then", "constant"}}, 1, 0) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(losses)

namespace {
void check(const std::string& name, const config::Json& written, bool weighted) {
  const auto& numbers = golden().at("losses");
  const torch::Tensor logits = matrix64(numbers.at("logits")).set_requires_grad(true);
  const torch::Tensor target = torch::tensor(numbers.at("labels").get<std::vector<std::int64_t>>());
  const auto loss = registry::make<Loss>(config::component_from_json(written));
  const torch::Tensor value = (*loss)(logits, target, weighted ? vector64(numbers.at("weights")) : torch::Tensor());
  value.backward();
  BOOST_TEST(std::abs(value.item<double>() - numbers.at(name).at("value").get<double>()) < 1e-14, name);
  BOOST_TEST(largest_gap(logits.grad().flatten(), vector64(numbers.at(name).at("gradient"))) < 1e-14, name);
}
}  // namespace

BOOST_AUTO_TEST_CASE(match_pytorch) {
  check("cross_entropy", "cross_entropy", false);
  check("cross_entropy_weighted", "cross_entropy", true);
  check("focal_2", {{"type", "focal"}}, false);
  check("focal_1.5_weighted", {{"type", "focal"}, {"gamma", 1.5}}, true);
}

BOOST_AUTO_TEST_CASE(focal_at_gamma_zero_is_cross_entropy) {
  check("cross_entropy", {{"type", "focal"}, {"gamma", 0}}, false);
  check("cross_entropy_weighted", {{"type", "focal"}, {"gamma", 0}}, true);
}

BOOST_AUTO_TEST_CASE(over_two_classes_cross_entropy_is_keras_binary_crossentropy) {
  const std::vector<double> z{1.5, -0.5, -2, 0.25, 0.75, 3};
  const std::vector<std::int64_t> y{0, 1, 0};
  // Keras: the mean over both outputs of −t·log p − (1 − t)·log(1 − p), p the softmax, t one-hot.
  double keras = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t c = 0; c < 2; ++c) {
      const double p = std::exp(z[2 * i + c]) / (std::exp(z[2 * i]) + std::exp(z[2 * i + 1]));
      keras -= (y[i] == static_cast<std::int64_t>(c) ? std::log(p) : std::log(1 - p)) / 6;
    }
  }
  const auto loss = registry::make<Loss>({"cross_entropy"});
  const double ours = (*loss)(torch::tensor(z, torch::kFloat64).reshape({3, 2}), torch::tensor(y), {}).item<double>();
  BOOST_TEST(std::abs(ours - keras) < 1e-14);
}

BOOST_AUTO_TEST_SUITE_END()
