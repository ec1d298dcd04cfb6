#pragma once
#include <filesystem>
#include <stdexcept>
#include <string>

#include "youden/base/error.hpp"
#include "youden/run/verdict.hpp"
#include "youden/train/checkpoint.hpp"
#include "youden/train/fit.hpp"

namespace youden::run {

namespace detail {

/// `work()` on a checkpoint. What is wrong with the file leaves as Stranded: it was sound when it was committed.
template <class Work>
auto from_checkpoint(const std::filesystem::path& file, Work&& work) {
  const auto stranded = [](const std::string& why) {  // without its remedy, which is another file's
    return Stranded("the checkpoint to go on from cannot be used: " + why.substr(0, why.find('\n')), {});
  };
  try {
    return work();
  } catch (const base::WeightsError& e) {
    throw stranded(e.what());
  } catch (const base::RunError& e) {  // it fits another network
    throw stranded(e.what());
  } catch (const std::logic_error&) {  // a fact should be a number and is none
    throw stranded(file.string() + ": its facts are damaged");
  }
}

}  // namespace detail

/// Throws Stranded.
inline train::Checkpoint read_checkpoint(const std::filesystem::path& file) {
  return detail::from_checkpoint(file, [&] { return train::Checkpoint::read(file); });
}

/// Puts the fit where it was when this was committed. Throws Stranded.
inline void go_on_from(const std::filesystem::path& file, train::Fit& fit) {
  detail::from_checkpoint(file, [&] { fit.restore(train::Checkpoint::read(file), file.string()); });
}

}  // namespace youden::run
