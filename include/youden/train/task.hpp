#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "youden/config/fields.hpp"
#include "youden/train/feature_source.hpp"

namespace youden::train {

/// What one fold of one replicate trains on.
struct Task {
  std::uint64_t seed = 0;
  std::uint64_t replicate = 0;
  std::uint64_t fold = 0;
  int threads = 1;  ///< for convolutions behind the cut
  std::size_t classes = 2;
  int positive = 0;                     ///< class index
  std::vector<int> labels = {};         ///< of every sample of the dataset
  std::vector<std::string> items = {};  ///< sha256 of every sample: keys of the random streams
  std::vector<std::size_t> train = {};
  std::vector<std::size_t> val = {};
  std::vector<int> inner = {};          ///< fold of the training part that holds each sample out; empty = none are made
  std::vector<std::size_t> curve = {};  ///< the part drawn beside train
  std::string curve_name = "val";
  std::vector<config::Component> metrics = {};  ///< computed on the curve's part every epoch
};

/// A stretch of training: what lies behind `cut` trains for so many epochs on the features that `features` makes.
struct Phase {
  std::size_t cut;
  FeatureSource* features;
  int epochs;
  double lr;
};

}  // namespace youden::train
