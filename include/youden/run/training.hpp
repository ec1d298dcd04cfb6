#pragma once
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "youden/base/clock.hpp"
#include "youden/base/heartbeat.hpp"
#include "youden/base/progress.hpp"
#include "youden/config/print.hpp"
#include "youden/run/audit.hpp"
#include "youden/run/audit_report.hpp"
#include "youden/run/border_control.hpp"
#include "youden/run/conclusion.hpp"
#include "youden/run/control_training.hpp"
#include "youden/run/dataset_row.hpp"
#include "youden/run/environment.hpp"
#include "youden/run/epoch_line.hpp"
#include "youden/run/fingerprint.hpp"
#include "youden/run/leftovers.hpp"
#include "youden/run/permuted_control.hpp"
#include "youden/run/request.hpp"
#include "youden/run/stored_checkpoint.hpp"
#include "youden/run/verdict.hpp"
#include "youden/run/workbench.hpp"
#include "youden/sample/part.hpp"
#include "youden/store/claim.hpp"
#include "youden/store/run_folder.hpp"
#include "youden/store/run_reader.hpp"
#include "youden/store/run_writer.hpp"
#include "youden/train/make_fit.hpp"

namespace youden::run {

/// One experiment from its document to its rows. `go()` reads like the data flow of ARCHITECTURE.md.
class Training {
 public:
  Training(Request request, base::Progress& progress)
      : request_(std::move(request)),
        progress_(progress),
        bench_(request_.experiment, progress, request_.threads, request_.use_cache) {}

  /// What a person should know before the run starts.
  [[nodiscard]] std::vector<std::string> warnings() const {
    std::vector<std::string> out;
    if (const std::string unread = bench_.assembler->unread_cells(); !unread.empty()) out.push_back(unread);
    if (bench_.experiment.train.curves == "test") {
      out.emplace_back("the test part doubles as validation for the curves; nothing is chosen on it");
    }
    if (const std::string few = few_to_choose_by(); !few.empty()) out.push_back(few);
    for (const sample::Skipped& s : bench_.materials.dataset.manifest().skipped) out.push_back("skipped: " + s.reason);
    return out;
  }
  /// Where the run's files are; known once `go()` has claimed it.
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  Outcome go() {
    look_at_data();
    const auto claimed = claim();
    if (claimed.outcome == store::Claim::completed) return {claimed.run, true, 0};
    run_ = claimed.run;
    if (request_.claimed) request_.claimed(run_);
    folder_ = store::run_folder(*db_, claimed.uid);
    const base::Stopwatch watch;
    try {
      const base::Heartbeat heartbeat([db = request_.db, run = run_] {
        auto database = store::Database::reopen(db);
        return store::heartbeat(database, run);
      });
      write_assignments();
      write_findings();
      train_all_folds();
      conclude(*db_, run_, bench_, folder_);
      train_controls();
      store::finish(*db_, run_, "completed", "", watch.seconds());
    } catch (const base::Interrupted&) {
      progress_.finish_line("");
      leave("interrupted", "signal", watch.seconds());
      throw base::Interrupted({"interrupted; run " + std::to_string(run_) + " keeps its last epoch",
                               {},
                               "go on with: youden resume " + std::to_string(run_)});
    } catch (const std::exception& e) {
      progress_.finish_line("");
      const std::string reason = reason_of(e);
      leave(status_after(e), reason, watch.seconds());
      if (blame_of(e) == base::Blame::machine) throw Halted(run_, e);
      throw;
    }
    remove_leftovers(*db_, run_, folder_);
    const train::FeatureCount count = bench_.feature_count();
    return {run_, false, count.computed, count.cached};
  }

 private:
  /// An epoch that a handful of films chose is one of chance.
  [[nodiscard]] std::string few_to_choose_by() const {
    constexpr std::size_t kEnough = 50;
    const auto& train = bench_.experiment.train;
    if (train.exact() || !train.select.metric) return {};
    const Materials& m = bench_.materials;
    std::vector<std::size_t> counts(m.classes.size());
    for (const std::size_t i : m.part(0, sample::Part::val)) ++counts[static_cast<std::size_t>(m.labels[i])];
    const auto least = std::min_element(counts.begin(), counts.end());
    if (*least >= kEnough) return {};
    return fmt::format(
        "the epoch is chosen by a validation part with {} of '{}': below {} of each class it is mostly chance; keep "
        "the "
        "last epoch (train.select.metric=null train.select.patience=null), or train=exact for a frozen backbone",
        *least, m.classes[static_cast<std::size_t>(least - counts.begin())], kEnough);
  }

  store::Claimed claim() {
    db_.emplace(store::Database::open(request_.db));
    const store::NewRun mine = new_run();
    if (request_.resume) require_same(mine.fingerprint);
    const store::Claimed claimed =
        request_.resume ? store::take_over(*db_, *request_.resume) : store::claim_run(*db_, mine, request_.again);
    if (claimed.outcome == store::Claim::running) {
      throw Busy({fmt::format("run {} is being worked on by process {} on {}", claimed.run, claimed.owner.pid,
                              claimed.owner.host),
                  {},
                  fmt::format("watch it with: youden show {} --follow", claimed.run)});
    }
    return claimed;
  }

  /// Going on is exact only from what the run began with.
  void require_same(const std::string& fingerprint) {
    const store::RunRecord run = store::read_run(*db_, *request_.resume);
    if (run.fingerprint == fingerprint || run.status == "completed") return;
    throw base::RunError(
        {fmt::format("run {} was started with other images, weights, threads or another build of Youden", run.id),
         {},
         fmt::format("bring them back, or start anew with: youden train run:{} --again", run.id)},
        base::Exit::bad_input);
  }

  [[nodiscard]] store::NewRun new_run() const {
    const Experiment& e = bench_.experiment;
    const sample::Manifest& manifest = bench_.materials.dataset.manifest();
    store::NewRun r{.name = e.name,
                    .seed = static_cast<std::uint64_t>(e.seed),
                    .fingerprint = fingerprint(e, bench_.materials, bench_.prefix().trains_convolutions()),
                    .config = request_.experiment.config,
                    .yaml = request_.yaml.empty() ? config::to_yaml(request_.experiment) : request_.yaml,
                    .command_line = request_.command_line,
                    .params = config::flatten(request_.experiment.config),
                    .environment = environment(e, bench_.materials, bench_.device.str(), bench_.prefix().prefix_hash()),
                    .dataset = dataset_row(manifest, manifest_hash(manifest), e.dataset.type),
                    .folds = static_cast<int>(bench_.materials.folds().size()),
                    .replicates = bench_.materials.replicates,
                    .positive = bench_.materials.positive_name,
                    .classes = bench_.materials.classes,
                    .unit = e.unit};
    for (const auto& [key, value] : e.tags.items())
      r.tags.emplace_back(key, value.is_string() ? value.get<std::string>() : value.dump());
    return r;
  }

  /// Fast checks of the data; what they find is said, and where the document is strict, heeded.
  void look_at_data() {
    if (!request_.checks || bench_.experiment.audit == "off") return;
    const bool strict = bench_.experiment.audit == "strict";  // asks for every check, also those that decode
    const auto findings = strict ? full_audit(bench_.materials, progress_) : fast_audit(bench_.materials);
    for (const std::string& line : audit_lines(findings)) spdlog::warn("{}", line);
    if (bench_.experiment.audit == "strict") require_sound(findings);
    for (const audit::Finding& f : findings) findings_.push_back(finding_row(f));
  }

  /// Those of controls that an earlier attempt completed stay.
  void write_findings() {
    for (store::FindingRow& row : store::read_findings(*db_, run_)) {
      if (row.rule.ends_with("-control")) findings_.push_back(std::move(row));
    }
    store::write_findings(*db_, run_, findings_);
  }

  /// One that was completed before an interruption is not repeated; one that was not comes to the same bits.
  void train_controls() {
    if (!request_.checks) return;
    for (const char* name : {"permuted", "border"}) {  // the border last: the bench then sees nothing else any more
      const auto& wanted = bench_.experiment.controls;
      const std::string rule = std::string(name) + "-control";
      const auto is_it = [&](const store::FindingRow& row) { return row.rule == rule; };
      if (std::find(wanted.begin(), wanted.end(), name) == wanted.end()) continue;
      if (std::any_of(findings_.begin(), findings_.end(), is_it)) continue;
      const audit::Finding found =
          rule == "border-control" ? border_control(bench_, progress_) : permuted_control(bench_, own_auc(), progress_);
      findings_.push_back(finding_row(found));
      store::write_findings(*db_, run_, findings_);
      progress_.finish_line(fmt::format("control {}: {}: {}", name, audit::name_of(found.severity), found.text));
    }
  }
  /// Of replicate 0 on the part that controls are scored on.
  std::optional<double> own_auc() {
    const Materials& m = bench_.materials;
    ControlScores scores(m);
    const auto stored = detail::stored_predictions(*db_, run_, m);
    for (const auto& [fold, parts] : stored.at(0)) {
      if (const auto it = parts.find(sample::name_of(control_part(m))); it != parts.end()) scores.add(fold, it->second);
    }
    return scores.auc().value;
  }

  void write_assignments() {
    std::vector<store::AssignmentRow> rows;
    const auto& samples = bench_.materials.dataset.manifest().samples;
    for (int r = 0; r < bench_.materials.replicates; ++r) {
      const auto& folds = bench_.materials.folds(r);
      for (std::size_t f = 0; f < folds.size(); ++f) {
        for (std::size_t i = 0; i < samples.size(); ++i) {
          if (folds[f][i] == sample::Part::unused) continue;
          rows.push_back({r, static_cast<int>(f), samples[i].id, sample::name_of(folds[f][i])});
        }
      }
    }
    store::write_assignments(*db_, run_, rows);
  }

  void train_all_folds() {
    const auto done = store::finished_folds(*db_, run_);
    const int folds = static_cast<int>(bench_.materials.folds().size());
    for (int r = 0; r < bench_.materials.replicates; ++r) {
      for (int f = 0; f < folds; ++f) {
        if (!done.contains({r, f})) train_fold(r, f);
      }
    }
  }

  void train_fold(int replicate, int fold) {
    bench_.turn_to(replicate, fold);
    const bool first = replicate == 0 && !bench_.prefix().trains_convolutions() && !prefix_used_;
    prefix_used_ = true;
    std::unique_ptr<train::Model> own = first ? nullptr : bench_.assembler->make(static_cast<std::uint64_t>(replicate));
    train::Model& model = own ? *own : bench_.prefix();
    const auto fit = train::make_fit(model, bench_.phases(), bench_.experiment.train, bench_.task(replicate, fold));
    if (replicate == 0 && fold == 0) fit->warn = [](const std::string& text) { spdlog::warn("{}", text); };
    std::filesystem::path last;
    if (const auto checkpoint = store::last_checkpoint(*db_, run_, replicate, fold)) {
      store::require_below(folder_, checkpoint->path);  // it is removed when the next one is there
      go_on_from(checkpoint->path, *fit);
      last = checkpoint->path;
    }
    const std::string title = fold_title(replicate, fold);
    if (!title.empty() && !fit->finished()) progress_.finish_line(title);
    if (bench_.calibration() && !fit->finished()) {
      progress_.finish_line(fmt::format("int8: ranges from {} training images, whose features differ by {:.1f} %",
                                        bench_.calibration()->images, 100 * bench_.calibration()->feature_error()));
    }
    const base::Stopwatch session;
    int in_session = 0;
    while (!fit->finished()) {
      const base::Stopwatch watch;
      const train::FeatureCount before = bench_.feature_count();
      const int epoch = fit->epochs_done() + 1;
      const std::string label = (title.empty() ? "" : title + " ") + fit->label();
      const auto history = fit->run_epoch([&](std::int64_t step, std::int64_t steps, const std::string& said) {
        const double share = static_cast<double>(in_session) + static_cast<double>(step) / static_cast<double>(steps);
        const double left =
            share > 0 ? session.seconds() / share * (fit->epochs() - (epoch - 1 - in_session) - share) : 0;
        progress_.update(label, static_cast<std::size_t>(step), static_cast<std::size_t>(steps),
                         said + (last_curve_.empty() ? "" : " " + last_curve_) + " ETA " + base::duration_text(left));
      });
      ++in_session;
      const auto file = folder_ / fmt::format("checkpoint-r{}-f{}-e{}.safetensors", replicate, fold, epoch);
      db_->require_in_place();  // a folder that was moved away must not come back with one file in it
      fit->checkpoint().write(file);
      std::vector<store::HistoryRow> rows;
      for (const auto& h : history) rows.push_back({h.part, h.metric, h.value});
      store::commit_epoch(*db_, run_, replicate, fold, epoch, rows, file);
      std::error_code ignored;  // the old checkpoint stays until the new one is committed
      if (!last.empty() && last != file) std::filesystem::remove(last, ignored);
      last = file;
      last_curve_ = curve_text(history, bench_.experiment.train.curves);
      progress_.finish_line(
          epoch_line(label, history, last_curve_, watch.seconds(), cached_text(before, bench_.feature_count())));
    }
    fit->keep_best();
    if (bench_.calibration()) write_disagreement(replicate, fold, fit->epochs_done(), model);
    std::vector<store::PredictionRow> predictions;
    for (const sample::Part part : sample::kScored) {
      const auto samples = bench_.materials.part(static_cast<std::size_t>(fold), part, replicate);
      if (samples.empty()) continue;
      const train::Predictions p = fit->predict(samples);
      for (std::size_t i = 0; i < p.samples.size(); ++i) {
        for (std::size_t c = 0; c < p.classes; ++c) {
          predictions.push_back({replicate, fold, sample::name_of(part),
                                 bench_.materials.dataset.manifest().samples[p.samples[i]].id,
                                 bench_.materials.classes[c], p.at(i, c)});
        }
      }
    }
    store::finish_fold(*db_, run_, replicate, fold, predictions, {});
  }

  /// What 8 bits changed on the images that they were calibrated on: part `calibration` of the last epoch's history.
  void write_disagreement(int replicate, int fold, int epoch, const train::Model& model) {
    const train::Calibration& c = *bench_.calibration();
    const std::int64_t same = c.same_predictions(model);
    progress_.finish_line(
        fmt::format("int8: {} of the {} calibration images are called as in float32", same, c.images));
    store::commit_epoch(
        *db_, run_, replicate, fold, epoch,
        {{"calibration", "feature_error", c.feature_error()},
         {"calibration", "same_predictions", static_cast<double>(same) / static_cast<double>(c.images)}},
        {});
  }

  [[nodiscard]] std::string fold_title(int replicate, int fold) const {
    std::string out;
    const Materials& m = bench_.materials;
    if (m.replicates > 1) out += fmt::format("replicate {}/{} ", replicate + 1, m.replicates);
    if (m.folds().size() > 1) out += fmt::format("fold {}/{} ", fold + 1, m.folds().size());
    if (!out.empty()) out.pop_back();
    return out;
  }

  /// Notes why work stopped; a database that cannot take the note must not hide the first reason.
  void leave(const std::string& status, const std::string& reason, double seconds) noexcept {
    try {
      store::finish(*db_, run_, status, reason, seconds);
    } catch (const std::exception& e) {
      spdlog::warn("could not record that run {} is {}: {}", run_, status, e.what());
    }
  }

  Request request_;
  base::Progress& progress_;
  Workbench bench_;
  std::optional<store::Database> db_;
  std::int64_t run_ = 0;
  std::filesystem::path folder_;
  bool prefix_used_ = false;
  std::string last_curve_;
  std::vector<store::FindingRow> findings_;
};

}  // namespace youden::run
