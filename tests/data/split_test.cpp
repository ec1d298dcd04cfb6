#include "youden/data/split.hpp"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "films.hpp"
#include "youden/base/philox.hpp"
#include "youden/data/splits/column.hpp"
#include "youden/data/splits/holdout.hpp"
#include "youden/data/splits/kfold.hpp"
#include "youden/data/splits/leave_one_source_out.hpp"

using namespace youden::test;
using namespace youden::data;
using namespace youden::sample;

namespace {

using Shape = std::vector<std::pair<std::string, std::string>>;  // label, group of each sample

Manifest manifest(const Shape& shape) {
  Manifest m;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    std::string id = std::to_string(i);
    id.insert(0, 5 - id.size(), '0');
    m.samples.push_back({.id = id, .path = {}, .sha256 = {}, .label = shape[i].first, .patient = shape[i].second});
  }
  return m;
}
/// `n` samples of each label, no groups.
Manifest plain(std::size_t n_a, std::size_t n_b) {
  Shape shape(n_a, {"a", ""});
  shape.resize(n_a + n_b, {"b", ""});
  return manifest(shape);
}
SplitContext context(std::uint64_t seed, const std::vector<std::string>& classes = {"a", "b"}) {
  return {.seed = seed, .common = {}, .classes = classes};
}
using Counts = std::map<std::pair<Part, std::string>, int>;
Counts count(const Manifest& m, const Fold& fold) {
  Counts counts;
  for (std::size_t i = 0; i < fold.size(); ++i) ++counts[{fold[i], m.samples[i].label}];
  return counts;
}
/// No patient in two parts of the fold.
bool whole_groups(const Manifest& m, const Fold& fold) {
  std::map<std::string, std::set<Part>> parts;
  for (std::size_t i = 0; i < fold.size(); ++i) {
    if (!m.samples[i].patient.empty()) parts[m.samples[i].patient].insert(fold[i]);
  }
  return std::all_of(parts.begin(), parts.end(), [](const auto& p) { return p.second.size() == 1; });
}
Fold holdout(const Manifest& m, const SplitContext& c, HoldoutOptions o = {.train = 0.7, .val = 0.15, .test = 0.15}) {
  return Holdout(o, c).folds(m).at(0);
}

/// Patients of 1 to 6 films; most have one label, some both, some films have no patient.
Manifest random_patients(std::uint64_t seed, bool mixed) {
  youden::base::Stream s({.seed = seed, .purpose = "test shapes"});
  Shape shape;
  const std::size_t patients = 12 + s.below(40);
  for (std::size_t p = 0; p < patients; ++p) {
    const std::string name = s.below(8) == 0 ? "" : fmt::format("p{}", p);
    const std::string label = p % 3 == 0 ? "a" : "b";
    for (std::size_t n = 1 + s.below(6); n > 0; --n) {
      shape.emplace_back(mixed && s.below(5) == 0 ? (label == "a" ? "b" : "a") : label, name);
    }
  }
  return manifest(shape);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(split)

BOOST_AUTO_TEST_CASE(the_tutorials_split_is_exact) {
  const Manifest m = plain(25, 25);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Counts c = count(m, holdout(m, context(seed), {.train = 0.8, .val = 0, .test = 0.2}));
    BOOST_TEST(
        (c ==
         Counts{{{Part::train, "a"}, 20}, {{Part::train, "b"}, 20}, {{Part::test, "a"}, 5}, {{Part::test, "b"}, 5}}));
  }
}

BOOST_AUTO_TEST_CASE(every_label_keeps_its_share_to_a_whole_film) {
  const Manifest m = plain(101, 13);
  const Counts c = count(m, holdout(m, context(3)));
  // a: 70.7, 15.15, 15.15; b: 9.1, 1.95, 1.95 (largest remainder)
  BOOST_TEST((c.at({Part::train, "a"}) == 71 && c.at({Part::val, "a"}) == 15 && c.at({Part::test, "a"}) == 15));
  BOOST_TEST((c.at({Part::train, "b"}) == 9 && c.at({Part::val, "b"}) == 2 && c.at({Part::test, "b"}) == 2));
}

BOOST_AUTO_TEST_CASE(whole_shares_worked_by_hand) {
  using Table = std::vector<std::vector<double>>;
  BOOST_TEST((whole_shares({10}, {0.8, 0.2}) == Table{{8}, {2}}));
  BOOST_TEST((whole_shares({3}, {0.98, 0.01, 0.01}) == Table{{1}, {1}, {1}}));
  BOOST_TEST((whole_shares({10}, {0.9, 0, 0.1}) == Table{{9}, {0}, {1}}));
  // One film over in each of three labels: each goes to another fold.
  const double third = 1.0 / 3;
  BOOST_TEST((whole_shares({4, 4, 4}, {third, third, third}) == Table{{2, 1, 1}, {1, 2, 1}, {1, 1, 2}}));
}

BOOST_AUTO_TEST_CASE(groups_are_never_cut_and_every_part_has_every_label) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    const Manifest m = random_patients(seed, seed % 2 == 0);
    const Fold fold = holdout(m, context(seed));
    BOOST_REQUIRE(whole_groups(m, fold));
    BOOST_REQUIRE(count(m, fold).size() == 6U);  // three parts × two labels
    for (const Fold& f : KFold({.folds = 3, .val = 0.2}, context(seed)).folds(m)) {
      BOOST_REQUIRE(whole_groups(m, f));
      BOOST_REQUIRE(count(m, f).size() == 6U);
    }
  }
}

BOOST_AUTO_TEST_CASE(shares_of_patients_come_near_what_is_asked) {
  double worst = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Manifest m = random_patients(seed, false);
    const Fold fold = holdout(m, context(seed));
    const double train = static_cast<double>(std::count(fold.begin(), fold.end(), Part::train));
    worst = std::max(worst, std::abs(train / static_cast<double>(fold.size()) - 0.7));
  }
  BOOST_TEST(worst < 0.12);
}

BOOST_AUTO_TEST_CASE(just_enough_patients_are_enough) {
  // Ten patients of each label, of 1 to 10 films, in ten folds: each fold must get one of each.
  Shape shape;
  for (int p = 1; p <= 10; ++p) {
    for (int n = 0; n < p; ++n) {
      shape.emplace_back("a", fmt::format("a{}", p));
      shape.emplace_back("b", fmt::format("b{}", p));
    }
  }
  const Manifest m = manifest(shape);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (const Fold& fold : KFold({.folds = 10}, context(seed)).folds(m)) {
      const Counts c = count(m, fold);
      BOOST_REQUIRE((c.contains({Part::oof, "a"}) && c.contains({Part::oof, "b"})));
    }
  }
}

BOOST_AUTO_TEST_CASE(one_huge_patient_goes_where_it_harms_least) {
  Shape shape(60, {"a", "huge"});
  for (int i = 0; i < 40; ++i) shape.emplace_back(i % 2 == 0 ? "a" : "b", fmt::format("p{}", i));
  const Manifest m = manifest(shape);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Fold fold = holdout(m, context(seed));
    BOOST_TEST((fold[0] == Part::train));
    BOOST_TEST(whole_groups(m, fold));
    BOOST_TEST(count(m, fold).size() == 6U);
  }
}

BOOST_AUTO_TEST_CASE(a_film_without_a_patient_is_its_own_even_if_named_like_one) {
  Shape shape{{"a", "00003"}, {"a", "00003"}, {"b", "x"}, {"a", ""}, {"b", ""}, {"b", "y"}};
  const Manifest m = manifest(shape);  // the film 00003 has no patient; others are of the patient 00003
  std::set<bool> together;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Fold fold = holdout(m, context(seed), {.train = 0.5, .val = 0, .test = 0.5});
    BOOST_TEST((fold[0] == fold[1]));
    together.insert(fold[0] == fold[3]);
  }
  BOOST_TEST(together.contains(false));
}

BOOST_AUTO_TEST_CASE(group_null_cuts_through_patients_and_patient_demands_them) {
  Shape shape;
  for (int i = 0; i < 20; ++i) shape.emplace_back(i % 2 == 0 ? "a" : "b", i % 2 == 0 ? "p" : "q");
  const Manifest m = manifest(shape);
  SplitContext c = context(1);
  BOOST_TEST(holds(refusal([&] { holdout(m, c); }), "a 10 images of 1 patients, b 10 images of 1 patients"));
  c.common.group = std::nullopt;
  BOOST_TEST(!whole_groups(m, holdout(m, c)));
  c.common.group = "patient";
  BOOST_TEST(holds(refusal([&] { holdout(plain(20, 20), c); }), "names no patients"));
}

BOOST_AUTO_TEST_CASE(too_few_is_an_error_with_the_counts) {
  const std::string message = refusal([&] { holdout(plain(2, 40), context(1)); });
  BOOST_TEST(
      holds(message, "split: too few samples to divide every label into train, val, test: a 2 images, b 40 images"));
  BOOST_TEST(holds(refusal([&] { holdout(plain(0, 40), context(1)); }), "a 0 images, b 40 images"));
  BOOST_TEST(
      holds(refusal([&] { (void)KFold({.folds = 50}, context(1)).folds(plain(49, 60)); }), "into 50 folds: a 49"));
  BOOST_TEST(holds(refusal([&] { holdout(plain(9, 9), context(1, {"a", "c"})); }), "the label 'b' of 00009 is none"));
}

BOOST_AUTO_TEST_CASE(stratify_null_looks_at_no_label) {
  SplitContext c = context(4);
  c.common.stratify = std::nullopt;
  const Fold fold = holdout(plain(1, 39), c);
  BOOST_TEST(std::count(fold.begin(), fold.end(), Part::train) == 28);
  BOOST_TEST(std::count(fold.begin(), fold.end(), Part::val) == 6);
}

BOOST_AUTO_TEST_CASE(shares_must_sum_to_one) {
  BOOST_TEST(holds(refusal([] { Holdout({.train = 0.8, .val = 0.15, .test = 0.15}, context(1)); }), "sum to 1.1"));
}

BOOST_AUTO_TEST_CASE(each_film_is_out_of_fold_once) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Manifest m = random_patients(seed, true);
    const auto folds = KFold({.folds = 4}, context(seed)).folds(m);
    BOOST_REQUIRE(folds.size() == 4U);
    for (std::size_t i = 0; i < m.samples.size(); ++i) {
      BOOST_REQUIRE(std::count_if(folds.begin(), folds.end(), [&](const Fold& f) { return f[i] == Part::oof; }) == 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(folds_are_even) {
  const Manifest m = plain(52, 33);
  for (const Fold& f : KFold({.folds = 5}, context(2)).folds(m)) {
    const Counts c = count(m, f);
    BOOST_TEST((c.at({Part::oof, "a"}) == 10 || c.at({Part::oof, "a"}) == 11));
    BOOST_TEST((c.at({Part::oof, "b"}) == 6 || c.at({Part::oof, "b"}) == 7));
    BOOST_TEST(std::count(f.begin(), f.end(), Part::oof) == 17);  // 85 / 5: the odd ones of a and b do not pile up
  }
}

BOOST_AUTO_TEST_CASE(validation_is_carved_from_what_a_fold_trains_on) {
  const Manifest m = plain(50, 50);
  for (const Fold& f : KFold({.folds = 5, .val = 0.25}, context(2)).folds(m)) {
    const Counts c = count(m, f);
    BOOST_TEST((c == Counts{{{Part::oof, "a"}, 10},
                            {{Part::oof, "b"}, 10},
                            {{Part::val, "a"}, 10},
                            {{Part::val, "b"}, 10},
                            {{Part::train, "a"}, 30},
                            {{Part::train, "b"}, 30}}));
  }
}

BOOST_AUTO_TEST_CASE(each_repeat_draws_the_folds_anew_and_the_first_is_as_without) {
  const Manifest m = random_patients(3, false);
  SplitContext drawing = context(7);
  const KFold first({.folds = 4, .repeats = 3}, drawing);
  BOOST_TEST(first.repeats() == 3);
  BOOST_TEST(Holdout({}, drawing).repeats() == 1);
  BOOST_TEST((first.folds(m) == KFold({.folds = 4}, context(7)).folds(m)));
  std::vector<std::vector<Fold>> seen{first.folds(m)};
  for (drawing.repeat = 1; drawing.repeat < 3; ++drawing.repeat) {
    seen.push_back(KFold({.folds = 4, .repeats = 3}, drawing).folds(m));
    for (const Fold& fold : seen.back()) BOOST_TEST(whole_groups(m, fold));
  }
  BOOST_TEST((seen[0] != seen[1] && seen[1] != seen[2] && seen[0] != seen[2]));
}

BOOST_AUTO_TEST_CASE(the_seed_and_nothing_else_decides) {
  const Manifest m = random_patients(9, true);
  BOOST_TEST((holdout(m, context(5)) == holdout(m, context(5))));
  std::set<Fold> different;
  for (std::uint64_t seed = 0; seed < 10; ++seed) different.insert(holdout(m, context(seed)));
  BOOST_TEST(different.size() == 10U);
}

BOOST_AUTO_TEST_CASE(the_order_of_rows_decides_nothing) {
  Shape shape;  // patients whose films lie far apart
  for (int i = 0; i < 90; ++i) shape.emplace_back(i % 3 == 0 ? "a" : "b", fmt::format("p{}", i * i % 31));
  const Manifest m = manifest(shape);
  Manifest shuffled = m;
  youden::base::Stream stream({.seed = 3, .purpose = "test order"});
  stream.shuffle(shuffled.samples);
  const auto by_id = [](const Manifest& of, const Fold& fold) {
    std::map<std::string, Part> parts;
    for (std::size_t i = 0; i < fold.size(); ++i) parts[of.samples[i].id] = fold[i];
    return parts;
  };
  BOOST_TEST((by_id(m, holdout(m, context(5))) == by_id(shuffled, holdout(shuffled, context(5)))));
  const KFold kfold({.folds = 3, .val = 0.2}, context(5));
  BOOST_TEST((by_id(m, kfold.folds(m)[1]) == by_id(shuffled, kfold.folds(shuffled)[1])));
}

BOOST_AUTO_TEST_CASE(every_film_is_as_likely_to_be_tested) {
  const Manifest m = plain(10, 20);
  std::vector<int> tested(30);
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    const Fold fold = holdout(m, context(seed), {.train = 0.8, .val = 0, .test = 0.2});
    for (std::size_t i = 0; i < fold.size(); ++i) tested[i] += fold[i] == Part::test ? 1 : 0;
  }
  for (const int n : tested) BOOST_TEST((n > 140 && n < 260));  // 200, standard deviation 12.6
}

BOOST_AUTO_TEST_CASE(columns_are_taken_as_written) {
  Manifest m = plain(2, 3);
  const char* parts[] = {"train", "val", "validation", "test", "valid"};
  for (std::size_t i = 0; i < 5; ++i) m.samples[i].part = parts[i];
  const Fold fold = Column({}, {}).folds(m).at(0);
  BOOST_TEST((fold == Fold{Part::train, Part::val, Part::val, Part::test, Part::val}));
}

BOOST_AUTO_TEST_CASE(columns_that_are_wrong_name_every_row) {
  Manifest m = plain(2, 2);
  m.samples[0].part = "train";
  m.samples[1].part = "trian";
  m.samples[3].part = "oof";
  const std::string message = refusal([&] { (void)Column({}, {}).folds(m); });
  BOOST_TEST(message.starts_with("3 faults"), message);
  BOOST_TEST(holds(message, "'00001' has the unknown part 'trian'"));
  BOOST_TEST(holds(message, "'00002' has no part"));
  BOOST_TEST(holds(message, "'00003' has the unknown part 'oof'"));
  for (auto& s : m.samples) s.part = "test";
  BOOST_TEST(holds(refusal([&] { (void)Column({}, {}).folds(m); }), "no sample is marked train"));
}

BOOST_AUTO_TEST_CASE(each_source_is_held_out_once_and_its_patients_films_elsewhere_are_unused) {
  Manifest m = manifest({{"a", "p1"}, {"b", "p2"}, {"a", "p1"}, {"b", "p3"}, {"a", "p4"}, {"b", "p5"}});
  const char* sources[] = {"north", "north", "south", "south", "west", "west"};
  for (std::size_t i = 0; i < 6; ++i) m.samples[i].source = sources[i];
  const auto folds = LeaveOneSourceOut({}, context(1)).folds(m);
  BOOST_REQUIRE(folds.size() == 3U);
  const Fold north{Part::oof, Part::oof, Part::unused, Part::train, Part::train, Part::train};
  const Fold west{Part::train, Part::train, Part::train, Part::train, Part::oof, Part::oof};
  BOOST_TEST((folds[0] == north));
  BOOST_TEST((folds[2] == west));
  SplitContext by_image = context(1);
  by_image.common.group = std::nullopt;
  BOOST_TEST((LeaveOneSourceOut({}, by_image).folds(m)[0][2] == Part::train));
}

BOOST_AUTO_TEST_CASE(leaving_a_source_out_may_set_validation_aside) {
  Manifest m = plain(40, 40);
  for (std::size_t i = 0; i < m.samples.size(); ++i) m.samples[i].source = i % 2 == 0 ? "north" : "south";
  for (const Fold& fold : LeaveOneSourceOut({.val = 0.25}, context(1)).folds(m)) {
    const auto n = count(m, fold);
    BOOST_TEST(n.at({Part::val, "a"}) == 5);
    BOOST_TEST(n.at({Part::train, "b"}) == 15);
    BOOST_TEST(n.at({Part::oof, "a"}) == 20);
  }
}

BOOST_AUTO_TEST_CASE(sources_that_are_unknown_or_alone_or_tell_the_label_are_refused) {
  Manifest m = plain(2, 2);
  const LeaveOneSourceOut split({}, context(1));
  BOOST_TEST(holds(refusal([&] { (void)split.folds(m); }), "4 samples have no source, among them 00000"));
  for (auto& s : m.samples) s.source = "north";
  BOOST_TEST(holds(refusal([&] { (void)split.folds(m); }), "all samples are of one source ('north')"));
  for (auto& s : m.samples) s.source = s.label == "a" ? "north" : "south";
  const std::string said = refusal([&] { (void)split.folds(m); });
  BOOST_TEST(holds(said, "without the source 'north' no sample of 'a' is left"));
  BOOST_TEST(holds(said, "without the source 'south' no sample of 'b' is left"));
}

BOOST_AUTO_TEST_SUITE_END()
