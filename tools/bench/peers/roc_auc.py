#!/usr/bin/python3
"""roc_auc.py [N]: processor seconds of scikit-learn's roc_auc_score, the least of five, as JSON."""
import json
import sys
import time

import numpy as np
from sklearn.metrics import roc_auc_score

n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
rng = np.random.default_rng(1)
y = np.repeat([1, 0], n // 2)
score = 1 / (1 + np.exp(-(rng.normal(size=2 * (n // 2)) + 1.8 * (y - 0.5))))
seconds = []
for _ in range(5):
    began = time.process_time()
    auc = roc_auc_score(y, score)
    seconds.append(time.process_time() - began)
print(json.dumps({"n": len(y), "auc": auc, "seconds": min(seconds)}))
