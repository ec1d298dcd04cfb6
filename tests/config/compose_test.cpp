#include "youden/config/compose.hpp"

#include <boost/test/unit_test.hpp>

#include "temp_project.hpp"

using namespace youden::test;
using youden::config::Json;

namespace {

Json json(const char* text) { return Json::parse(text); }

/// A project whose presets differ in every value that a case looks at.
struct Fixture : TempProject {
  Fixture() {
    preset("backbone/net16", "backbone: {type: net16, weights: vgg.pth, pool: mean}\n");
    preset("backbone/thin18", "backbone: {type: thin18, weights: res.pth}\n");
    preset("head/dense", "head: {type: dense, hidden: 48, dropout: 0.25}\n");
    preset("head/flat", "head: {type: flat, dropout: 0.125}\n");
    preset("train/slow", "train: {epochs: 25, lr: 0.01, optimizer: {type: adam, eps: 1.0e-3}}\n");
    preset("train/quick", "train: {epochs: 2}\n");
    preset("augment/turn", "augment: {views: 3, steps: [{type: rotate, degrees: 15}, flip]}\n");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(compose, Fixture)

BOOST_AUTO_TEST_CASE(later_presets_lie_over_earlier_and_the_file_over_all) {
  const Json c = config("use: [train/slow, train/quick]\ntrain: {lr: 0.5}\n");
  BOOST_TEST(c["train"]["epochs"] == 2);               // quick over slow
  BOOST_TEST(c["train"]["lr"] == 0.5);                 // the file over both
  BOOST_TEST(c["train"]["optimizer"]["eps"] == 1e-3);  // what nobody else says
}

BOOST_AUTO_TEST_CASE(the_command_line_lies_over_the_file_and_its_last_word_counts) {
  BOOST_TEST(config("train: {epochs: 4}\n", {"train.epochs=5", "train.epochs=6"})["train"]["epochs"] == 6);
}

BOOST_AUTO_TEST_CASE(a_single_use_needs_no_brackets_and_none_may_be_left_empty) {
  BOOST_TEST(config("use: train/quick\n")["train"]["epochs"] == 2);
  BOOST_TEST(config("use:\nseed: 3\n")["seed"] == 3);
  BOOST_TEST(config("use: []\nseed: 3\n")["seed"] == 3);
}

BOOST_AUTO_TEST_CASE(presets_and_files_may_use_others) {
  write("base.yaml", "use: [train/slow]\nseed: 7\ntrain: {epochs: 3}\n");
  const Json c = config("use: [./base.yaml]\nseed: 8\n");
  BOOST_TEST(c["train"]["epochs"] == 3);
  BOOST_TEST(c["train"]["lr"] == 0.01);
  BOOST_TEST(c["seed"] == 8);
  BOOST_TEST(c["name"] == "exp");  // not base
}

BOOST_AUTO_TEST_CASE(a_used_file_is_looked_up_beside_then_from_the_project) {
  write("deep/beside.yaml", "seed: 1\n");
  write("atroot.yaml", "train: {epochs: 9}\n");
  const auto file = write("deep/e.yaml", "use: [./beside.yaml, atroot.yaml]\n");
  const Json c = youden::config::Composer(small_catalog()).compose_file(file, {}).config;
  BOOST_TEST(c["seed"] == 1);
  BOOST_TEST(c["train"]["epochs"] == 9);
}

BOOST_AUTO_TEST_CASE(maps_merge_and_lists_replace) {
  const Json c = config("use: augment/turn\naugment: {steps: [flip]}\nprevalence: [0.5]\n");
  BOOST_TEST(c["augment"]["views"] == 3);
  BOOST_TEST(c["augment"]["steps"] == json(R"(["flip"])"));
  BOOST_TEST(c["prevalence"] == json("[0.5]"));
}

BOOST_AUTO_TEST_CASE(plus_appends_in_files_and_on_the_command_line) {
  const Json c = config("use: augment/turn\naugment: {steps+: [{type: rotate, degrees: 3}]}\n",
                        {"augment.steps+=flip", "classes+=b", "classes+=[c]"});
  BOOST_REQUIRE(c["augment"]["steps"].size() == 4U);
  BOOST_TEST(c["augment"]["steps"][0]["degrees"] == 15.0);
  BOOST_TEST(c["augment"]["steps"][2]["degrees"] == 3.0);
  BOOST_TEST(c["augment"]["steps"][3] == "flip");
  BOOST_TEST(c["classes"] == json(R"(["b", "c"])"));  // `auto` is no first item
}

BOOST_AUTO_TEST_CASE(plus_appends_to_the_default_too) {
  BOOST_TEST(config("metrics+: [mcc]\n")["metrics"].size() == 3U);
  BOOST_TEST(config("seed: 1\n", {"prevalence+=0.4"})["prevalence"] == json("[0.01, 0.2, 0.4]"));
}

BOOST_AUTO_TEST_CASE(plus_needs_a_list) {
  BOOST_TEST(holds(faults("seed: 1\nseed+: 2\n"), "exp.yaml:2:1: 'seed+' appends to a list, but seed is none"));
}

BOOST_AUTO_TEST_CASE(a_bare_name_is_a_component_without_options) {
  const Json bare = config("train: {optimizer: sgd}\nhead: dense\n");
  const Json full = config("train: {optimizer: {type: sgd}}\nhead: {type: dense}\n");
  BOOST_TEST(bare == full);
  BOOST_TEST(bare["train"]["optimizer"] == json(R"({"type": "sgd", "momentum": 0.0})"));
}

BOOST_AUTO_TEST_CASE(the_command_line_replaces_the_preset_and_keeps_the_differences) {
  const std::string file = "use: [backbone/net16, train/quick]\nbackbone: {freeze: conv4}\n";
  const Json c = config(file, {"backbone=thin18"});
  BOOST_TEST(c["backbone"] == json(R"({"type": "thin18", "freeze": "conv4", "weights": "res.pth"})"));
  BOOST_TEST(c["train"]["epochs"] == 2);
  BOOST_TEST(config(file, {"backbone=backbone/thin18"}) == c);  // the long form
}

BOOST_AUTO_TEST_CASE(a_replaced_preset_takes_the_files_type_with_it) {
  for (const char* file : {"backbone: {type: net16, pool: mean, freeze: conv4}\n",
                           "backbone.type: net16\nbackbone.pool: mean\nbackbone.freeze: conv4\n"}) {
    const auto r = resolve(file, {"backbone=thin18"});
    BOOST_TEST(r.config["backbone"] == json(R"({"type": "thin18", "freeze": "conv4", "weights": "res.pth"})"));
    BOOST_REQUIRE(r.notes.size() == 1U);
    BOOST_TEST(holds(r.notes[0], "backbone.pool ("));
    BOOST_TEST(holds(r.notes[0], "dropped: backbone 'thin18' has no such option"));
  }
  BOOST_TEST(config("backbone: net16\n", {"backbone=thin18"})["backbone"]["type"] == "thin18");
  BOOST_TEST(config("backbone:\n", {"backbone=thin18"})["backbone"]["type"] == "thin18");
}

BOOST_AUTO_TEST_CASE(weights_belong_to_the_network_they_were_written_for) {
  const std::string file = "use: [backbone/net16]\nbackbone: {weights: mine.pth}\n";
  BOOST_TEST(config(file)["backbone"]["weights"] == "mine.pth");
  BOOST_TEST(config(file, {"backbone=net16"})["backbone"]["weights"] == "mine.pth");  // the same network
  const auto r = resolve(file, {"backbone=thin18"});
  BOOST_TEST(r.config["backbone"]["weights"] == "res.pth");
  BOOST_REQUIRE(r.notes.size() == 1U);
  BOOST_TEST(holds(r.notes[0], "exp.yaml:2) dropped: it belonged to the former backbone"));
}

BOOST_AUTO_TEST_CASE(a_replacement_reaches_into_used_files) {
  write("base.yaml", "use: [backbone/net16]\nbackbone: {pool: mean, freeze: conv4}\n");
  const auto r = resolve("use: [./base.yaml]\nbackbone: {freeze: conv5}\n", {"backbone=thin18"});
  BOOST_TEST(r.config["backbone"]["type"] == "thin18");
  BOOST_TEST(r.config["backbone"]["freeze"] == "conv5");
  BOOST_TEST(r.notes.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_section_has_presets_too) {
  const Json c = config("use: [train/slow]\ntrain: {lr: 0.5}\n", {"train=quick"});
  BOOST_TEST(c["train"]["epochs"] == 2);
  BOOST_TEST(c["train"]["lr"] == 0.5);
  BOOST_TEST(c["train"]["optimizer"]["eps"] == 1e-7);
}

BOOST_AUTO_TEST_CASE(without_a_preset_of_that_name_it_is_a_type) {
  const Json c = config("use: [backbone/net16]\nbackbone: {freeze: conv4}\n", {"backbone=tiny"});
  BOOST_TEST(c["backbone"] == json(R"({"type": "tiny", "freeze": "conv4", "weights": null, "width": 16})"));
  BOOST_TEST(config("seed: 1\n", {"normalize=imagenet"})["normalize"] == "imagenet");  // a word, not a preset
}

BOOST_AUTO_TEST_CASE(a_wrong_preset_on_the_command_line_names_the_nearest) {
  BOOST_TEST(
      holds(faults("seed: 1\n", {"train=quikc"}), "command line: no preset 'train/quikc'\n    did you mean 'quick'?"));
  BOOST_TEST(holds(faults("seed: 1\n", {"backbone=backbone/net61"}), "did you mean 'net16'?"));
  BOOST_TEST(holds(faults("seed: 1\n", {"backbone=head/flat"}), "'head/flat' is no preset of backbone"));
  BOOST_TEST(holds(faults("seed: 1\n", {"backbone=net61"}), "unknown backbone 'net61'\n    did you mean 'net16'?"));
}

BOOST_AUTO_TEST_CASE(a_changed_type_drops_the_old_options_and_names_them) {
  const auto r = resolve("use: [train/slow]\n", {"train.optimizer=sgd"});
  BOOST_TEST(r.config["train"]["optimizer"] == json(R"({"type": "sgd", "momentum": 0.0})"));
  BOOST_REQUIRE(r.notes.size() == 1U);
  BOOST_TEST(holds(r.notes[0], "train.optimizer.eps ("));
  BOOST_TEST(holds(r.notes[0], "configs/train/slow.yaml:1) dropped: optimizer 'sgd' has no such option"));
}

BOOST_AUTO_TEST_CASE(a_changed_type_keeps_what_still_fits) {
  const auto r = resolve("head: {type: dense, hidden: 8, dropout: 0.3}\n", {"head.type=flat"});
  BOOST_TEST(r.config["head"] == json(R"({"type": "flat", "dropout": 0.3})"));
  BOOST_TEST(r.notes.size() == 1U);
}

BOOST_AUTO_TEST_CASE(list_items_are_reached_by_type_or_index) {
  const Json c = config("use: augment/turn\n", {"augment.steps.rotate.degrees=10", "augment.steps.0.border=black"});
  BOOST_TEST(c["augment"]["steps"][0] == json(R"({"type": "rotate", "degrees": 10.0, "border": "black"})"));
  BOOST_TEST(
      config("use: augment/turn\naugment: {steps: {rotate: {degrees: 4}}}\n")["augment"]["steps"][0]["degrees"] == 4.0);
  BOOST_TEST(config("metrics.auc.level: 0.9\n")["metrics"][0]["level"] == 0.9);  // within the default
  BOOST_TEST(config("use: augment/turn\n", {"augment.steps.rotate=null"})["augment"]["steps"] == json(R"(["flip"])"));
}

BOOST_AUTO_TEST_CASE(an_item_that_is_not_there_is_a_fault_with_those_that_are) {
  BOOST_TEST(
      holds(faults("use: augment/turn\n", {"augment.steps.rotat.degrees=10"}),
            "command line: 'augment.steps' has no item 'rotat'\n    items: rotate, flip (by type or index from 0)"));
  BOOST_TEST(holds(faults("use: augment/turn\n", {"augment.steps.2.degrees=10"}), "has no item '2'"));
  BOOST_TEST(holds(faults("seed: 1\n", {"augment.steps.rotate.degrees=10"}), "append with augment.steps+=[...]"));
}

BOOST_AUTO_TEST_CASE(a_list_of_sections_is_replaced_appended_to_and_reached_by_index) {
  const std::string yaml = "train: {phases: [{epochs: 3}, {freeze: block1}]}\n";
  const Json phases =
      config(yaml, {"train.phases.1.epochs=7", "train.phases+=[{epochs: 9, freeze: none}]"})["train"]["phases"];
  BOOST_TEST(phases == json(R"([{"epochs": 3, "freeze": null}, {"epochs": 7, "freeze": "block1"},
                                {"epochs": 9, "freeze": "none"}])"));
  BOOST_TEST(config(yaml, {"train.phases=[{epochs: 1}]"})["train"]["phases"].size() == 1U);
  BOOST_TEST(config(yaml, {"train.phases.0=null"})["train"]["phases"].size() == 1U);
}

BOOST_AUTO_TEST_CASE(dotted_keys_hold_in_yaml) {
  const Json dotted = config("head.type: dense\nhead.dropout: 0.3\ntrain: {optimizer.eps: 0.5}\n");
  const Json nested = config("head: {type: dense, dropout: 0.3}\ntrain: {optimizer: {eps: 0.5}}\n");
  BOOST_TEST(dotted == nested);
}

BOOST_AUTO_TEST_CASE(dots_in_free_keys_are_letters_of_the_key) {
  const Json c =
      config("sweep: {space: {head.dropout: {choice: [0.3, 0.5]}}}\n", {"sweep.space.train.lr={choice: [1]}"});
  BOOST_TEST(c["sweep"]["space"] == json(R"({"head.dropout": {"choice": [0.3, 0.5]}, "train.lr": {"choice": [1]}})"));
}

BOOST_AUTO_TEST_CASE(a_key_given_nested_and_dotted_is_given_twice) {
  const std::string message = faults("head: {dropout: 0.3}\nhead.dropout: 0.4\n");
  BOOST_TEST(holds(message, "exp.yaml:2:1: duplicate key 'head.dropout'"));
  BOOST_TEST(holds(message, "first written at exp.yaml:1:8"));
  BOOST_TEST(config("use: train/slow\ntrain.epochs: 3\n")["train"]["epochs"] == 3);  // over a preset it is a difference
}

BOOST_AUTO_TEST_CASE(labels_are_text) {
  for (const char* label : {"no", "1", "1.50", "true", "off", "0x10", "'null'", "1e3", "\"\""}) {
    std::string bare = label;
    std::erase_if(bare, [](char c) { return c == '\'' || c == '"'; });
    BOOST_TEST(config(std::string("positive: ") + label + "\n")["positive"] == bare);
    BOOST_TEST(config("seed: 1\n", {std::string("positive=") + label})["positive"] == bare);
    BOOST_TEST(config(std::string("classes: [a, ") + label + "]\n")["classes"][1] == bare);
  }
}

BOOST_AUTO_TEST_CASE(values_of_the_command_line_are_yaml_typed_by_the_schema) {
  const Json c = config("seed: 1\n", {"train.lr=1e-4", "train.drop_last=yes", "classes=[b, 1]", "seed=9007199254740993",
                                      "threshold=sensitivity >= 0.9", "tags={a: 1, b: no}", "audit=off"});
  BOOST_TEST(c["train"]["lr"] == 1e-4);
  BOOST_TEST(c["train"]["drop_last"] == true);
  BOOST_TEST(c["classes"] == json(R"(["b", "1"])"));
  BOOST_TEST(c["seed"] == 9007199254740993);  // 2^53 + 1: no detour through a double
  BOOST_TEST(c["threshold"] == "sensitivity >= 0.9");
  BOOST_TEST(c["tags"] == json(R"({"a": 1, "b": "no"})"));
  BOOST_TEST(c["audit"] == "off");
}

BOOST_AUTO_TEST_CASE(null_clears) {
  const std::string file = "positive: covid\nprevalence: [0.5]\nuse: [backbone/net16]\ntrain: {epochs: 3, lr: 0.5}\n";
  const Json c = config(file, {"positive=null", "prevalence=", "backbone.weights=~", "train.epochs=null"});
  BOOST_TEST(c["positive"].is_null());
  BOOST_TEST(c["prevalence"] == json("[0.01, 0.2]"));
  BOOST_TEST(c["backbone"]["weights"].is_null());
  BOOST_TEST(c["train"]["epochs"] == 10);
  BOOST_TEST(config(file, {"train=null"})["train"]["lr"] == 0.001);
  BOOST_TEST(config(file, {"name=null"})["name"] == "exp");
  BOOST_TEST(config(file, {"backbone=null"})["backbone"]["type"] == "tiny");
}

BOOST_AUTO_TEST_CASE(the_environment_fills_in_and_nothing_else_does) {
  const WithEnv set("YOUDEN_TEST_VALUE", "17");
  ::unsetenv("YOUDEN_TEST_UNSET");
  const Json c = config(
      "seed: ${env:YOUDEN_TEST_VALUE}\npositive: a-${env:YOUDEN_TEST_UNSET,b}-${env:YOUDEN_TEST_VALUE}\n"
      "use: ['train/${env:YOUDEN_TEST_UNSET,quick}']\nhead: '${env:YOUDEN_TEST_UNSET,dense}'\n",
      {"train.optimizer=${env:YOUDEN_TEST_UNSET,sgd}"});
  BOOST_TEST(c["seed"] == 17);
  BOOST_TEST(c["positive"] == "a-b-17");
  BOOST_TEST(c["train"]["epochs"] == 2);
  BOOST_TEST(c["head"]["type"] == "dense");
  BOOST_TEST(c["train"]["optimizer"]["type"] == "sgd");
  BOOST_TEST(config("positive: ${env:YOUDEN_TEST_UNSET,}x\n")["positive"] == "x");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_filled_in_is_a_fault_at_its_place) {
  ::unsetenv("YOUDEN_TEST_UNSET");
  BOOST_TEST(holds(faults("positive: ${env:YOUDEN_TEST_UNSET}\n"),
                   "exp.yaml:1:11: the environment variable YOUDEN_TEST_UNSET is not set"));
  for (const char* text : {"${head.dropout}", "${env:}", "${env:OPEN", "${oc.env:HOME}"}) {
    BOOST_TEST(holds(faults(std::string("positive: '") + text + "'\n"), "only ${env:NAME} and ${env:NAME,default}"));
  }
  const WithEnv latin("YOUDEN_TEST_VALUE", "caf\xE9");
  BOOST_TEST(holds(faults("positive: ${env:YOUDEN_TEST_VALUE}\n"), "is not UTF-8"));
}

BOOST_AUTO_TEST_CASE(only_a_sweep_takes_several_values) {
  for (const char* word :
       {"train.lr=0.3,0.5", "head=dense,flat", "augment=turn,none", "audit=warn,off", "train.optimizer=adam,sgd",
        "seed=1,2", "train.drop_last=yes,no", "threshold=0.3,youden", "train.lr=[0.3, 0.5]"}) {
    const std::string message = faults("seed: 1\n", {word});
    BOOST_TEST(holds(message, "use sweep"));
    BOOST_TEST(holds(message, "youden sweep EXP " + std::string(word).substr(0, std::string(word).find('=')) + "="));
  }
  BOOST_TEST(holds(faults("seed: 1\n", {"prevalence=0.3,0.5"}), "write a list in brackets: prevalence=[0.3,0.5]"));
  BOOST_TEST(holds(faults("seed: 1\n", {"metrics=auc,f1"}), "write a list in brackets: metrics=[auc,f1]"));
  BOOST_TEST(!holds(faults("train: {lr: '0.3,0.5'}\n"), "sweep"));
  BOOST_TEST(config("seed: 1\n", {"name=a,b"})["name"] == "a,b");
}

BOOST_AUTO_TEST_CASE(a_word_that_is_no_setting_says_how_to_write_one) {
  const std::string message = faults("seed: 1\n", {"seed", "=3", "--epochs=3", "use=[head/flat]", "seed=@"});
  BOOST_TEST(holds(message, "5 faults"));
  BOOST_TEST(holds(message, "command line: 'seed' is not a setting\n    write key=value"));
  BOOST_TEST(holds(message, "command line: unknown key '--epochs'"));
  BOOST_TEST(holds(message, "`use` stands in files only"));
  BOOST_TEST(holds(message, "'seed=@': not valid YAML"));
}

BOOST_AUTO_TEST_CASE(name_is_the_files_stem_unless_given) {
  BOOST_TEST(config("seed: 1\n")["name"] == "exp");
  BOOST_TEST(config("name: mine\n")["name"] == "mine");
  const auto file = write("no.yaml", "seed: 1\n");
  BOOST_TEST(youden::config::Composer(small_catalog()).compose_file(file, {}).config["name"] == "no");
}

BOOST_AUTO_TEST_CASE(a_stored_run_is_a_document_to_change) {
  const Json stored = config("use: [backbone/net16, head/dense]\npositive: 'no'\ntags: {price: '$ {x}'}\n");
  const WithFolder here(root());
  const auto again = [&](const std::vector<std::string>& words) {
    return youden::config::Composer(small_catalog()).compose_stored(stored, "run 7", words);
  };
  BOOST_TEST(again({}).config == stored);
  BOOST_TEST(again({}).origins.at("head.hidden") == "run 7");
  BOOST_TEST(again({"head.dropout=0.75"}).config["head"]["dropout"] == 0.75);
  BOOST_TEST(again({"backbone=thin18"}).config["backbone"]["weights"] == "res.pth");
  BOOST_TEST(again({"backbone=tiny"}).config["backbone"]["weights"].is_null());
}

BOOST_AUTO_TEST_SUITE_END()
