#pragma once
#include <string>
#include <vector>

#include "youden/store/views.hpp"

namespace youden::store {

/// "Ydn1" in the file's header: tells our databases from another program's.
inline constexpr int kApplicationId = 0x59646e31;

/// Numbered migrations: entry i brings `user_version` from i to i + 1. Published entries never change; append.
/// Results README documents every column; a test checks that none is an SQL keyword.
inline const std::vector<std::string>& migrations() {
  static const std::vector<std::string> kMigrations{
      std::string(R"sql(
CREATE TABLE dataset (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, n INTEGER NOT NULL);
CREATE TABLE sample (
  dataset INTEGER NOT NULL REFERENCES dataset (id) ON DELETE CASCADE, id TEXT NOT NULL, path TEXT NOT NULL,
  sha256 TEXT NOT NULL, label TEXT NOT NULL, patient TEXT, source TEXT, covariates TEXT NOT NULL DEFAULT '{}',
  PRIMARY KEY (dataset, id)) WITHOUT ROWID;
CREATE TABLE skipped (
  dataset INTEGER NOT NULL REFERENCES dataset (id) ON DELETE CASCADE, id TEXT NOT NULL, path TEXT NOT NULL,
  reason TEXT NOT NULL, PRIMARY KEY (dataset, id)) WITHOUT ROWID;

CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'completed', 'failed', 'interrupted')), reason TEXT,
  seed INTEGER NOT NULL, fingerprint TEXT NOT NULL, created TEXT NOT NULL, started TEXT, finished TEXT, heartbeat TEXT,
  elapsed_s REAL NOT NULL DEFAULT 0, host TEXT, pid INTEGER, process_start TEXT,
  dataset INTEGER NOT NULL REFERENCES dataset (id), folds INTEGER NOT NULL, replicates INTEGER NOT NULL,
  positive TEXT, classes TEXT NOT NULL, unit TEXT NOT NULL DEFAULT 'image', test_hash TEXT,
  command_line TEXT NOT NULL, config TEXT NOT NULL, yaml TEXT NOT NULL);
CREATE INDEX run_fingerprint ON run (fingerprint);
CREATE INDEX run_name ON run (name);
CREATE INDEX run_test_hash ON run (test_hash, status) WHERE test_hash IS NOT NULL;
CREATE INDEX run_running ON run (id) WHERE status = 'running';

CREATE TABLE param (run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE, name TEXT NOT NULL, value,
  PRIMARY KEY (run, name)) WITHOUT ROWID;
CREATE TABLE tag (run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE, name TEXT NOT NULL, value TEXT,
  PRIMARY KEY (run, name)) WITHOUT ROWID;
CREATE TABLE note (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  created TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX note_run ON note (run);
CREATE TABLE environment (run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE, name TEXT NOT NULL, value TEXT,
  PRIMARY KEY (run, name)) WITHOUT ROWID;
CREATE TABLE artifact (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE, kind TEXT NOT NULL, path TEXT NOT NULL,
  sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (run, kind, path)) WITHOUT ROWID;
CREATE TABLE checkpoint (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE, replicate INTEGER NOT NULL, fold INTEGER NOT NULL,
  epoch INTEGER NOT NULL, path TEXT NOT NULL, PRIMARY KEY (run, replicate, fold)) WITHOUT ROWID;
CREATE TABLE finished_fold (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE, replicate INTEGER NOT NULL, fold INTEGER NOT NULL,
  PRIMARY KEY (run, replicate, fold)) WITHOUT ROWID;

CREATE TABLE assignment (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE, replicate INTEGER NOT NULL, fold INTEGER NOT NULL,
  sample TEXT NOT NULL, part TEXT NOT NULL, dataset INTEGER NOT NULL, PRIMARY KEY (run, replicate, fold, sample),
  FOREIGN KEY (dataset, sample) REFERENCES sample (dataset, id)) WITHOUT ROWID;
CREATE TABLE history (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE, replicate INTEGER NOT NULL, fold INTEGER NOT NULL,
  epoch INTEGER NOT NULL, part TEXT NOT NULL, metric TEXT NOT NULL, value REAL,
  PRIMARY KEY (run, replicate, fold, epoch, part, metric)) WITHOUT ROWID;
CREATE TABLE prediction (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE, replicate INTEGER NOT NULL, fold INTEGER NOT NULL,
  part TEXT NOT NULL, sample TEXT NOT NULL, class TEXT NOT NULL, probability REAL, dataset INTEGER NOT NULL,
  PRIMARY KEY (run, replicate, fold, part, sample, class),
  FOREIGN KEY (dataset, sample) REFERENCES sample (dataset, id)) WITHOUT ROWID;
CREATE TABLE result (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE, replicate INTEGER NOT NULL, fold INTEGER NOT NULL,
  part TEXT NOT NULL, metric TEXT NOT NULL, unit TEXT NOT NULL, slice TEXT NOT NULL, class TEXT NOT NULL,
  threshold REAL, value REAL, low REAL, high REAL, level REAL NOT NULL, method TEXT NOT NULL, n INTEGER NOT NULL,
  n_patients INTEGER, PRIMARY KEY (run, replicate, fold, part, metric, unit, slice, class)) WITHOUT ROWID;
CREATE TABLE metric (name TEXT PRIMARY KEY, direction TEXT NOT NULL CHECK (direction IN ('max', 'min', 'none')),
  description TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE finding (
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE, rule TEXT NOT NULL,
  severity TEXT NOT NULL, value REAL, evidence TEXT);
CREATE INDEX finding_run ON finding (run);

CREATE TABLE sweep (
  id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, name TEXT NOT NULL, fingerprint TEXT NOT NULL,
  state TEXT NOT NULL, objective TEXT NOT NULL, direction TEXT NOT NULL, created TEXT NOT NULL, finished TEXT,
  elapsed_s REAL NOT NULL DEFAULT 0, command_line TEXT NOT NULL, config TEXT NOT NULL, yaml TEXT NOT NULL);
CREATE TABLE trial (
  sweep INTEGER NOT NULL REFERENCES sweep (id) ON DELETE CASCADE, number INTEGER NOT NULL, params TEXT NOT NULL,
  state TEXT NOT NULL, run INTEGER REFERENCES run (id) ON DELETE SET NULL, value REAL, reason TEXT,
  host TEXT, pid INTEGER, process_start TEXT, lease TEXT, PRIMARY KEY (sweep, number)) WITHOUT ROWID;
CREATE INDEX trial_run ON trial (run);

)sql") + headline_table() +
          R"sql(
INSERT INTO metric (name, direction, description) VALUES
  ('sensitivity', 'max', 'positives called positive'),
  ('specificity', 'max', 'negatives called negative'),
  ('youden_j', 'max', 'sensitivity + specificity - 1'),
  ('balanced_accuracy', 'max', 'mean of sensitivity and specificity'),
  ('accuracy', 'max', 'share of right decisions'),
  ('ppv', 'max', 'positive predictive value in this sample'),
  ('npv', 'max', 'negative predictive value in this sample'),
  ('f1', 'max', 'harmonic mean of sensitivity and PPV'),
  ('mcc', 'max', 'Matthews correlation coefficient'),
  ('kappa', 'max', 'Cohen''s kappa: agreement beyond chance'),
  ('lr_positive', 'max', 'positive likelihood ratio, sensitivity / (1 - specificity)'),
  ('lr_negative', 'min', 'negative likelihood ratio, (1 - sensitivity) / specificity'),
  ('auc', 'max', 'area under the ROC curve (k-fold: mean over folds)'),
  ('auc_pooled', 'max', 'AUC of all out-of-fold scores together'),
  ('average_precision', 'max', 'sum of (R_n - R_n-1) P_n (k-fold: mean over folds)'),
  ('average_precision_pooled', 'max', 'average precision of all out-of-fold scores together'),
  ('brier', 'min', 'mean squared error of the probability'),
  ('log_loss', 'min', 'mean negative log-likelihood, probabilities clipped at 1e-15'),
  ('ece_positive', 'min', 'expected calibration error of the positive probability, 15 bins'),
  ('ece_top_label', 'min', 'expected calibration error of the top label, 15 bins'),
  ('loss', 'min', 'the training loss (history)'),
  ('lr', 'none', 'learning rate after the epoch''s last step (history, part train)');
)sql",
      // 2: what outlives a run: its look at a test set, its files to remove
      R"sql(
CREATE TABLE scoring (test_hash TEXT NOT NULL, uid TEXT NOT NULL, PRIMARY KEY (test_hash, uid)) WITHOUT ROWID;
INSERT INTO scoring (test_hash, uid)
  SELECT test_hash, uid FROM run WHERE status = 'completed' AND test_hash IS NOT NULL;
CREATE TABLE removal (uid TEXT PRIMARY KEY) WITHOUT ROWID;
)sql",
      // 3: what a sweep's workers need to know of a trial
      R"sql(
ALTER TABLE trial ADD COLUMN feature_group TEXT NOT NULL DEFAULT '';
ALTER TABLE trial ADD COLUMN epochs INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trial ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trial ADD COLUMN reused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trial ADD COLUMN prefix_images INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trial ADD COLUMN objectives TEXT NOT NULL DEFAULT '[]';
ALTER TABLE trial ADD COLUMN part TEXT NOT NULL DEFAULT '';
CREATE INDEX sweep_fingerprint ON sweep (fingerprint);
)sql",
      // 4: what the participant flow says of a configuration
      R"sql(
CREATE TABLE excluded (
  run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE, part TEXT NOT NULL, reason TEXT NOT NULL,
  n INTEGER NOT NULL, PRIMARY KEY (run, part, reason)) WITHOUT ROWID;
ALTER TABLE run ADD COLUMN found INTEGER;
)sql"};
  return kMigrations;
}

inline int schema_version() { return static_cast<int>(migrations().size()); }

}  // namespace youden::store
