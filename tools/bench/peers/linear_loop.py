#!/usr/bin/python3
"""linear_loop.py DATABASE RUN CACHE [--epochs 30]   what a plain PyTorch loop makes of a run's own features and folds.

torch.nn.Linear on the features as the network gives them, Adam at its usual rate, batches of 16: what most scripts do.
Prints JSON. Debian: python3-torch python3-xxhash python3-sklearn.
"""
import argparse
import json
import time

import numpy as np
import torch
from run_features import Run
from sklearn.metrics import roc_auc_score

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("database")
parser.add_argument("run")
parser.add_argument("cache")
parser.add_argument("--epochs", type=int, default=30)
args = parser.parse_args()

torch.manual_seed(0)
aucs, seconds = [], 0.0
for (x, y, _), (held_out, truth, _) in Run(args.database, args.run, args.cache).folds():
    began = time.perf_counter()
    x, y = torch.tensor(x, dtype=torch.float32), torch.tensor(y)
    layer = torch.nn.Linear(x.shape[1], 2)
    adam = torch.optim.Adam(layer.parameters())
    for _ in range(args.epochs):
        for rows in torch.randperm(len(x)).split(16):
            adam.zero_grad()
            torch.nn.functional.cross_entropy(layer(x[rows]), y[rows]).backward()
            adam.step()
    seconds += time.perf_counter() - began
    with torch.no_grad():
        scores = layer(torch.tensor(held_out, dtype=torch.float32)).softmax(1)[:, 1].numpy()
    aucs.append(roc_auc_score(truth, scores))
print(json.dumps({"auc": float(np.mean(aucs)), "seconds": seconds}))
