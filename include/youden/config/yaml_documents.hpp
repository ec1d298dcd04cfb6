#pragma once
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <sstream>
#include <string>
#include <vector>

namespace youden::config {

/// Where the documents of a text start: at most the first three. Throws what yaml-cpp throws, and where a character
/// that can start nothing (`,` or `]` at the top) keeps its parser from getting on: YAML::LoadAll would then make empty
/// documents until the memory is full (yaml-cpp 0.7).
inline std::vector<YAML::Mark> document_starts(const std::string& text) {
  struct Starts : YAML::EventHandler {
    std::vector<YAML::Mark> marks;
    void OnDocumentStart(const YAML::Mark& mark) override { marks.push_back(mark); }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
    void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
    void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  const std::string& /*value*/) override {}
    void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                         YAML::EmitterStyle::value /*style*/) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                    YAML::EmitterStyle::value /*style*/) override {}
    void OnMapEnd() override {}
  } starts;
  std::istringstream in(text);
  YAML::Parser parser(in);
  constexpr std::size_t kMost = 3;
  while (starts.marks.size() < kMost && parser.HandleNextDocument(starts)) {
    const auto& marks = starts.marks;
    if (marks.size() > 1 && marks.back().pos == marks[marks.size() - 2].pos) {
      throw YAML::ParserException(marks.back(), "this cannot stand here");
    }
  }
  return starts.marks;
}

}  // namespace youden::config
