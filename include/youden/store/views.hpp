#pragma once
#include <array>
#include <string>
#include <string_view>

namespace youden::store {

/// Metrics that the leaderboard shows as columns X, X_low, X_high. Part of migration 1: extending the list takes a
/// migration that adds the columns to `headline`.
inline constexpr std::array<std::string_view, 13> kHeadlineMetrics{
    "youden_j", "sensitivity", "specificity", "auc", "accuracy", "balanced_accuracy", "average_precision",
    "ppv",      "npv",         "f1",          "mcc", "brier",    "log_loss"};

/// `prefix.X, prefix.X_low, prefix.X_high` for every headline metric, with `suffix` after each name.
inline std::string headline_columns(std::string_view prefix, std::string_view suffix = {}) {
  std::string out;
  for (const std::string_view metric : kHeadlineMetrics) {
    for (const std::string_view bound : {"", "_low", "_high"}) {
      out.append(out.empty() ? "" : ", ").append(prefix).append(metric).append(bound).append(suffix);
    }
  }
  return out;
}

/// One row a run, kept by the writer beside `result`: ranking 10,000 runs then reads 10,000 short rows.
inline std::string headline_table() {
  return "CREATE TABLE headline (run INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE, part TEXT NOT NULL, "
         "n_positive INTEGER, n_negative INTEGER, " +
         headline_columns("", " REAL") + ");\n";
}

/// Views hold no data, so they are dropped and made anew with every migration.
inline std::string views() {
  std::string wide;
  for (const std::string_view part : {"train", "val", "test", "oof"}) {
    for (const std::string_view metric : {"loss", "accuracy", "auc", "sensitivity", "specificity"}) {
      wide.append(",\n  max(value) FILTER (WHERE part = '").append(part).append("' AND metric = '").append(metric);
      wide.append("') AS ").append(part).append("_").append(metric);
    }
  }
  return R"sql(
DROP VIEW IF EXISTS leaderboard; DROP VIEW IF EXISTS history_wide; DROP VIEW IF EXISTS confusion;
DROP VIEW IF EXISTS scored; DROP VIEW IF EXISTS test_set;

CREATE VIEW leaderboard AS
SELECT run.id AS run, run.uid, run.name, run.status, headline.part, headline.part = 'test' AS exploratory, )sql" +
         headline_columns("headline.") + R"sql(,
  headline.n_positive, headline.n_negative, run.unit, run.seed, run.created, run.started, run.finished, run.elapsed_s,
  run.fingerprint, run.test_hash
FROM run LEFT JOIN headline ON headline.run = run.id;

CREATE VIEW test_set AS
SELECT test_hash, count(*) AS scored FROM scoring GROUP BY test_hash;

CREATE VIEW history_wide AS
SELECT run, replicate, fold, epoch, max(value) FILTER (WHERE part = 'train' AND metric = 'lr') AS lr)sql" +
         wide + R"sql(
FROM history GROUP BY run, replicate, fold, epoch;

-- Two classes: one row a sample, the positive class against the threshold that the results were computed with.
-- More classes: one row a sample and class; the decision is the class of the highest probability, ties to the first.
CREATE VIEW scored AS
SELECT p.run, p.replicate, p.fold, p.part, p.sample, s.patient, s.label, p.class, s.label = p.class AS y,
  p.probability AS score,
  CASE WHEN json_array_length(r.classes) = 2 THEN p.probability >= coalesce(
    (SELECT t.threshold FROM result t WHERE t.run = p.run AND t.replicate = p.replicate AND t.fold = p.fold
       AND t.part = p.part AND t.metric = 'sensitivity' AND t.threshold IS NOT NULL ORDER BY t.unit LIMIT 1),
    (SELECT t.threshold FROM result t WHERE t.run = p.run AND t.replicate = p.replicate AND t.fold = -1
       AND t.part = p.part AND t.metric = 'sensitivity' AND t.threshold IS NOT NULL ORDER BY t.unit LIMIT 1),
    0.5)
  ELSE p.class = (SELECT q.class FROM prediction q JOIN json_each(r.classes) j ON j.value = q.class
      WHERE q.run = p.run AND q.replicate = p.replicate AND q.fold = p.fold AND q.part = p.part AND q.sample = p.sample
      ORDER BY q.probability DESC, j.key LIMIT 1)
  END AS decision
FROM prediction p JOIN run r ON r.id = p.run JOIN sample s ON s.dataset = p.dataset AND s.id = p.sample
WHERE json_array_length(r.classes) > 2 OR p.class = r.positive;

CREATE VIEW confusion AS
SELECT d.run, d.replicate, d.fold, d.part, d.label AS truth,
  CASE WHEN d.decision THEN d.class
       ELSE (SELECT j.value FROM json_each(r.classes) j WHERE j.value <> d.class) END AS predicted,
  count(*) AS n
FROM scored d JOIN run r ON r.id = d.run
WHERE json_array_length(r.classes) = 2 OR d.decision
GROUP BY d.run, d.replicate, d.fold, d.part, truth, predicted;
)sql";
}

}  // namespace youden::store
