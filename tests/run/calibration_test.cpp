// A run whose probabilities are calibrated, from its document to what its model predicts.
#include <SQLiteCpp/SQLiteCpp.h>

#include <cmath>
#include <map>
#include <string>

#include "fixture.hpp"
#include "youden/bundle/predictor.hpp"
#include "youden/run/training.hpp"
#include "youden/run/verify.hpp"
#include "youden/store/scored.hpp"
#include "youden/store/temperature.hpp"

using namespace youden;
using namespace youden::run;
using namespace youden::test;

namespace {

const std::string kFilms =
    "positive: sick\ndataset: { type: image_folder, root: films, size: 16 }\n"
    "split: { train: 0.4, val: 0.4, test: 0.2 }\nbackbone: { type: small_cnn, width: 4, depth: 2 }\n"
    "head: linear\ntrain: { epochs: 2, batch: 3, lr: 0.05 }\n";

std::int64_t go(const RunProject& p, const std::vector<std::string>& overrides) {
  base::Progress quiet(true);
  return Training({.experiment = p.resolve(kFilms, overrides), .db = p.db()}, quiet).go().run;
}
double logit(double p) { return std::log(p / (1 - p)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(calibrated_runs)

BOOST_AUTO_TEST_CASE(stored_probabilities_are_calibrated_and_the_model_gives_them) {
  const RunProject p;
  for (int i = 0; i < 30; ++i) p.film((i < 12 ? "films/sick/" : "films/well/") + std::to_string(i) + ".png");
  const std::int64_t plain = go(p, {"threshold=youden", "head.standardize=false"});
  const std::int64_t calibrated =
      go(p, {"threshold=youden", "calibration=temperature", "head.standardize=false"});  // not too sure of itself
  auto db = store::Database::open(p.db());
  const auto temperatures = store::read_temperatures(db, calibrated);
  BOOST_TEST_REQUIRE(temperatures.size() == 1U);
  const double t = temperatures.at({0, 0});
  BOOST_TEST((t > 0.01 && t < 100 && t != 1));
  BOOST_TEST(store::read_temperatures(db, plain).empty());

  const auto raw = store::read_predictions(db, plain);
  const auto now = store::read_predictions(db, calibrated);
  BOOST_TEST_REQUIRE(raw.size() == now.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    BOOST_TEST(std::abs(logit(now[i].probability) - logit(raw[i].probability) / t) < 1e-9);
  }
  const auto record = store::read_run(db, calibrated);
  const bundle::Predictor predictor({p.root() / "results" / "runs" / record.uid / "model.safetensors"});
  std::map<std::string, std::filesystem::path> path;
  for (const auto& s : store::read_samples(db, record.dataset)) path[s.id] = s.path;
  for (const auto& s : store::read_scored(db, calibrated, "test")) {
    const auto prediction = predictor.predict({path.at(s.sample)}).done[0];
    BOOST_TEST(prediction.probability[0] == s.score, s.sample);
    BOOST_TEST((prediction.decision == "sick") == (s.score >= predictor.threshold()), s.sample);
  }
  base::Progress quiet(true);
  BOOST_TEST(verify(db, record,
                    p.resolve(kFilms, {"threshold=youden", "calibration=temperature", "head.standardize=false"}), quiet)
                 .value_or("identical") == "identical");
}

BOOST_AUTO_TEST_CASE(a_run_that_is_concluded_twice_is_calibrated_once) {
  const RunProject p;
  for (int i = 0; i < 30; ++i) p.film((i < 12 ? "films/sick/" : "films/well/") + std::to_string(i) + ".png");
  go(p, {});
  auto db = store::Database::open(p.db());
  db.sqlite().exec(
      "CREATE TRIGGER cut_off BEFORE UPDATE OF status ON run WHEN NEW.status = 'completed' "
      "BEGIN SELECT RAISE(ABORT, 'cut off'); END");
  BOOST_CHECK_THROW(go(p, {"calibration=temperature"}), base::Error);  // after its conclusion, before it is completed
  const std::int64_t run = 2;
  const auto before = store::read_predictions(db, run);
  const double t = store::read_temperatures(db, run).at({0, 0});
  base::Progress quiet(true);
  const Workbench bench(p.resolve(kFilms, {"calibration=temperature"}), quiet);
  conclude(db, run, bench, p.root() / "results" / "runs" / store::read_run(db, run).uid);
  const auto after = store::read_predictions(db, run);
  for (std::size_t i = 0; i < before.size(); ++i) BOOST_TEST(before[i].probability == after[i].probability);
  BOOST_TEST(store::read_temperatures(db, run).at({0, 0}) == t);
}

BOOST_AUTO_TEST_SUITE_END()
