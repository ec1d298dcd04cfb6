#!/usr/bin/python3
"""logistic_cv.py DATABASE RUN CACHE   what scikit-learn makes of a run's own features, on the run's own folds.

StandardScaler and LogisticRegressionCV (inner folds of whole patients, log loss), fitted on each fold's training part and
scored on what the fold holds out. Prints JSON. Debian: python3-sklearn python3-xxhash.
"""
import json
import sys
import time
import warnings

import numpy as np
from run_features import Run
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

aucs, seconds, chosen = [], 0.0, []
for (x, y, patients), (held_out, truth, _) in Run(*sys.argv[1:]).folds():
    began = time.perf_counter()
    inner = list(StratifiedGroupKFold(5, shuffle=True, random_state=0).split(x, y, patients))
    model = make_pipeline(StandardScaler(), LogisticRegressionCV(
        Cs=np.logspace(-4, 4, 25), cv=inner, scoring="neg_log_loss", max_iter=5000))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(x, y)
    seconds += time.perf_counter() - began
    chosen.append(float(1 / model[-1].C_[0]))
    aucs.append(roc_auc_score(truth, model.predict_proba(held_out)[:, 1]))
print(json.dumps({"auc": float(np.mean(aucs)), "seconds": seconds, "l2": chosen}))
