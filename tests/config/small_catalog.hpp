#pragma once
#include "youden/config/catalog.hpp"

namespace youden::test {

/// A catalog as components.json gives it, with one of everything that a field may be.
inline const config::Catalog& small_catalog() {
  static const config::Catalog catalog = config::Catalog::from_json(config::Json::parse(R"json({
    "experiment": [
      {"name": "name", "type": "text", "help": "what the run is called", "default": ""},
      {"name": "seed", "type": "integer", "help": "of every random decision", "default": 0, "min": 0},
      {"name": "positive", "type": "text", "help": "the class", "default": null, "nullable": true},
      {"name": "classes", "type": "texts", "help": "labels", "default": "auto", "words": ["auto"]},
      {"name": "dataset", "type": "component", "kind": "source", "help": "images", "default": "drawn"},
      {"name": "augment", "type": "section", "help": "views", "default": {"views": "fresh", "steps": []}, "fields": [
        {"name": "views", "type": "integer", "help": "K views", "default": "fresh", "min": 1, "words": ["fresh"]},
        {"name": "steps", "type": "components", "kind": "augmentation", "help": "in order", "default": []}]},
      {"name": "normalize", "type": "section", "help": "scaling", "default": "auto", "words": ["auto", "imagenet"],
       "fields": [
        {"name": "mean", "type": "numbers", "help": "subtracted", "default": [0, 0, 0]},
        {"name": "std", "type": "numbers", "help": "divided by", "default": [1, 1, 1], "min": 0, "above_min": true}]},
      {"name": "backbone", "type": "component", "kind": "backbone", "help": "network", "default": "tiny"},
      {"name": "head", "type": "component", "kind": "head", "help": "classifier", "default": "flat"},
      {"name": "train", "type": "section", "help": "fitting", "default": {}, "fields": [
        {"name": "epochs", "type": "integer", "help": "passes", "default": 10, "min": 1, "max": 1000},
        {"name": "lr", "type": "number", "help": "step", "default": 0.001, "min": 0, "above_min": true},
        {"name": "drop_last", "type": "boolean", "help": "drop", "default": false},
        {"name": "optimizer", "type": "component", "kind": "optimizer", "help": "steps", "default": "adam"},
        {"name": "phases", "type": "sections", "help": "stretches", "default": [], "fields": [
          {"name": "epochs", "type": "integer", "help": "passes", "default": 5, "min": 1},
          {"name": "freeze", "type": "text", "help": "prefix", "default": null, "nullable": true}]}]},
      {"name": "threshold", "type": "number", "help": "operating point", "default": 0.5, "min": 0, "max": 1,
       "words": ["youden"], "pattern": "sensitivity *>= *(0?\\.[0-9]+|1)"},
      {"name": "metrics", "type": "components", "kind": "metric", "help": "reported", "default": ["auc", "f1"]},
      {"name": "prevalence", "type": "numbers", "help": "for PPV", "default": [0.01, 0.2], "min": 0, "max": 1},
      {"name": "audit", "type": "text", "help": "checks", "default": "warn", "choices": ["warn", "strict", "off"]},
      {"name": "controls", "type": "texts", "help": "negatives", "default": [], "choices": ["border", "permuted"]},
      {"name": "cache", "type": "section", "help": "features", "default": {"dir": "results/cache"}, "fields": [
        {"name": "dir", "type": "text", "help": "folder", "default": "results/cache", "path": "project"}]},
      {"name": "tags", "type": "any", "help": "free", "default": {}},
      {"name": "sweep", "type": "section", "help": "space", "default": {}, "fields": [
        {"name": "space", "type": "any", "help": "key -> choices", "default": {}}]}
    ],
    "kinds": {
      "source": [
        {"name": "size", "type": "integer", "help": "side", "unit": "pixels", "default": 224, "min": 8, "max": 2048}],
      "backbone": [
        {"name": "freeze", "type": "text", "help": "prefix", "default": "all"},
        {"name": "weights", "type": "text", "help": "file", "default": null, "nullable": true, "path": "weights",
         "tied": true}],
      "head": [], "optimizer": [], "augmentation": [], "metric": []
    },
    "components": [
      {"kind": "source", "name": "folders", "help": "folders", "traits": {}, "fields": [
        {"name": "root", "type": "text", "help": "folder of class folders", "default": "", "required": true,
         "path": "project"}]},
      {"kind": "source", "name": "drawn", "help": "drawn", "traits": {}, "fields": [
        {"name": "n", "type": "integer", "help": "films", "default": 40, "min": 2}]},
      {"kind": "backbone", "name": "net16", "help": "VGG", "traits": {}, "fields": [
        {"name": "pool", "type": "text", "help": "last", "default": "max", "choices": ["max", "mean"]}]},
      {"kind": "backbone", "name": "thin18", "help": "ResNet", "traits": {}, "fields": []},
      {"kind": "backbone", "name": "tiny", "help": "small", "traits": {}, "fields": [
        {"name": "width", "type": "integer", "help": "channels", "default": 16, "min": 1}]},
      {"kind": "head", "name": "dense", "help": "dense", "traits": {}, "fields": [
        {"name": "hidden", "type": "integer", "help": "units", "default": 64, "min": 1},
        {"name": "dropout", "type": "number", "help": "share", "default": 0.5, "min": 0, "max": 0.95}]},
      {"kind": "head", "name": "flat", "help": "one layer", "traits": {}, "fields": [
        {"name": "dropout", "type": "number", "help": "share", "default": 0.0, "min": 0, "max": 0.95}]},
      {"kind": "optimizer", "name": "adam", "help": "Adam", "traits": {}, "fields": [
        {"name": "eps", "type": "number", "help": "epsilon", "default": 1e-07, "min": 0}]},
      {"kind": "optimizer", "name": "sgd", "help": "SGD", "traits": {}, "fields": [
        {"name": "momentum", "type": "number", "help": "momentum", "default": 0.0, "min": 0}]},
      {"kind": "augmentation", "name": "rotate", "help": "turn", "traits": {}, "fields": [
        {"name": "degrees", "type": "number", "help": "most", "unit": "degrees", "default": 10.0, "min": 0},
        {"name": "border", "type": "text", "help": "edge", "default": "nearest", "choices": ["nearest", "black"]}]},
      {"kind": "augmentation", "name": "flip", "help": "mirror", "traits": {}, "fields": []},
      {"kind": "metric", "name": "auc", "help": "area", "traits": {"maximised": true}, "fields": [
        {"name": "level", "type": "number", "help": "confidence", "default": 0.95, "min": 0, "max": 1}]},
      {"kind": "metric", "name": "f1", "help": "F1", "traits": {"maximised": true}, "fields": []},
      {"kind": "metric", "name": "mcc", "help": "Matthews", "traits": {"maximised": true}, "fields": []}
    ]})json"));
  return catalog;
}

}  // namespace youden::test
