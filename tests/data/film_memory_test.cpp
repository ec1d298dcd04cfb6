#include "youden/data/film_memory.hpp"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "films.hpp"
#include "youden/data/dataset.hpp"
#include "youden/data/sources/image_folder.hpp"

using namespace youden;
using namespace youden::data;
using namespace youden::sample;
using namespace youden::test;

namespace {

/// An image folder that counts what is decoded.
class Counting final : public Source {
 public:
  explicit Counting(const std::filesystem::path& root)
      : inner_({.root = root.string(), .patient = {}}, SourceContext{.size = 8}) {}
  [[nodiscard]] Manifest load() const override { return inner_.load(); }
  [[nodiscard]] cv::Mat image(const Sample& sample) const override {
    decoded.insert(std::filesystem::path(sample.path).filename().string());
    return inner_.image(sample);
  }
  mutable std::multiset<std::string> decoded;

 private:
  ImageFolder inner_;
};

/// Three films, long enough on the disk for their times to tell them from what may follow.
struct Films {
  Films() {
    for (const char* name : {"a/1.png", "a/2.png", "b/3.png"}) write_film(folder / "films" / name, name[2]);
    ::usleep(2'200'000);
  }
  /// Names of the films that had to be decoded.
  std::multiset<std::string> open(bool skip = false, const std::string& key = "decoder: 1\n") {
    const auto source = std::make_shared<Counting>(folder / "films");
    FilmMemory memory(std::make_shared<base::Cache>(folder / "cache", 1U << 20U), key);
    base::Progress quiet(true);
    last.emplace(Dataset::open(source, source->load(), {.skip_broken = skip, .memory = &memory}, quiet));
    return source->decoded;
  }
  const TempFolder folder;
  std::optional<Dataset> last;
};

using Names = std::multiset<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(film_memory, Films)

BOOST_AUTO_TEST_CASE(a_sound_film_is_decoded_once_until_it_changes) {
  BOOST_TEST((open() == Names{"1.png", "2.png", "3.png"}));
  const std::string before = last->manifest().samples[1].sha256;
  BOOST_TEST((open() == Names{}));
  BOOST_TEST(last->manifest().samples[1].sha256 == before);
  BOOST_TEST(last->image(1).at<cv::Vec3b>(3, 3)[0] == '2');  // decoded when it is asked for
  BOOST_TEST((open(false, "decoder: 2\n") == Names{"1.png", "2.png", "3.png"}));

  const auto path = folder / "films" / "a/2.png";
  const auto time = std::filesystem::last_write_time(path);
  write_film(path, 'x');  // of the same size, and with the old time put back
  std::filesystem::last_write_time(path, time);
  BOOST_TEST((open() == Names{"2.png"}));
  BOOST_TEST(last->manifest().samples[1].sha256 == sha256_of_file(path));
  BOOST_TEST(last->manifest().samples[1].sha256 != before);
  BOOST_TEST((open() == Names{"2.png"}));  // changed a moment ago: not to be trusted yet
}

BOOST_AUTO_TEST_CASE(what_breaks_is_named_and_what_is_broken_is_never_remembered) {
  write_text(folder / "films" / "a/0.png", "no image");
  ::usleep(2'200'000);
  for (int i = 0; i < 2; ++i) BOOST_TEST(holds(refusal([&] { open(); }), "a/0.png"));
  BOOST_TEST((open(true) == Names{"0.png"}));  // the others were found sound
  BOOST_TEST(last->manifest().skipped.size() == 1U);
  write_text(folder / "films" / "b/3.png", "no image either");
  BOOST_TEST(holds(refusal([&] { open(); }), "b/3.png"));
}

BOOST_AUTO_TEST_SUITE_END()
