#!/usr/bin/python3
"""logistic_cv.py DATABASE RUN CACHE   what scikit-learn makes of a run's own features, on the run's own folds.

StandardScaler and LogisticRegressionCV (inner folds of whole patients, log loss), fitted on each fold's training part and
scored on what the fold holds out. Features come out of Youden's cache: films as they are. Prints JSON. Debian: python3-sklearn python3-xxhash.
"""
import json
import pathlib
import sqlite3
import struct
import sys
import time
import warnings

import numpy as np
import xxhash
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def group_features(folder, wanted):
    """{sha256: [F] float32} of the films as they are that this group of the cache holds."""
    found = {}
    names = {xxhash.xxh3_128_intdigest(sha): sha for sha in wanted}
    for keys in sorted(folder.glob("*.keys")):
        data = keys.with_suffix(".data")
        raw = keys.read_bytes()
        size = struct.unpack_from("<8sQ", raw)[1]
        with data.open("rb") as file:
            for slot in range((len(raw) - 32) // 32):
                low, high, number, _ = struct.unpack_from("<QQqQ", raw, 32 + 32 * slot)
                sha = names.get(high << 64 | low)
                if sha is None or number != -1:
                    continue
                file.seek(slot * size)
                record = file.read(size)
                extents = [e for e in struct.unpack_from("<4I", record) if e > 0]
                if len(extents) == 1:
                    found[sha] = np.frombuffer(record, np.float32, offset=16)
    return found


def main():
    database, run, cache = sys.argv[1:]
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    dataset, positive = db.execute("SELECT dataset, positive FROM run WHERE id = ?", [run]).fetchone()
    samples = {i: (sha, label, patient or i) for i, sha, label, patient in db.execute(
        "SELECT id, sha256, label, patient FROM sample WHERE dataset = ?", [dataset])}
    wanted = {sha for sha, _, _ in samples.values()}
    features = {}
    for folder in pathlib.Path(cache).iterdir():
        if folder.is_dir():
            found = group_features(folder, wanted)
            if len(found) > len(features):
                features = found
    folds = {}
    for fold, sample, part in db.execute("SELECT fold, sample, part FROM assignment WHERE run = ? AND replicate = 0", [run]):
        folds.setdefault(fold, {}).setdefault(part, []).append(sample)
    aucs, pooled_y, pooled_p, seconds, chosen = [], [], [], 0.0, []
    for fold, parts in sorted(folds.items()):
        train = sorted(parts["train"])
        held_out = parts.get("oof") or parts.get("test")

        def rows(ids):
            return (np.stack([features[samples[i][0]] for i in ids]).astype(float),
                    np.array([samples[i][1] == positive for i in ids]).astype(int), [samples[i][2] for i in ids])

        x, y, patients = rows(train)
        began = time.perf_counter()
        inner = list(StratifiedGroupKFold(5, shuffle=True, random_state=0).split(x, y, patients))
        model = make_pipeline(StandardScaler(), LogisticRegressionCV(
            Cs=np.logspace(-4, 4, 25), cv=inner, scoring="neg_log_loss", max_iter=5000))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(x, y)
        seconds += time.perf_counter() - began
        chosen.append(float(1 / model[-1].C_[0]))
        x, y, _ = rows(held_out)
        p = model.predict_proba(x)[:, 1]
        aucs.append(roc_auc_score(y, p))
        pooled_y += list(y)
        pooled_p += list(p)
    print(json.dumps({"auc": float(np.mean(aucs)), "auc_pooled": float(roc_auc_score(pooled_y, pooled_p)),
                      "accuracy": float(np.mean((np.array(pooled_p) >= 0.5) == pooled_y)),
                      "seconds": seconds, "l2": chosen, "films": len(pooled_y)}))


main()
