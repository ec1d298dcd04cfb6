#!/usr/bin/python3
"""Golden numbers of the comparison tests that statsmodels has: McNemar's exact p, and Holm's adjustment.

    /usr/bin/python3 tools/golden/metric_compare.py      (from the root; Debian: python3-statsmodels 0.13)

Writes tests/golden/metric/{mcnemar.csv,holm.json}.
"""
import json
from pathlib import Path

import numpy as np
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

OUT = Path("tests/golden/metric")
rng = np.random.default_rng(20261124)

pairs = [(1, 6), (6, 1), (0, 0), (0, 1), (3, 3), (0, 9), (10, 11), (250, 180), (4000, 4200), (2, 40)]
pairs += [tuple(int(x) for x in rng.integers(0, 60, 2)) for _ in range(30)]
rows = ["b,c,p"]
for b, c in pairs:
    p = mcnemar([[17, b], [c, 5]], exact=True).pvalue
    rows.append(f"{b},{c},{min(1.0, float(p))!r}")
(OUT / "mcnemar.csv").write_text("\n".join(rows) + "\n")

cases = [[0.01, 0.04, 0.03, 0.005], [0.5], [0.2, 0.2, 0.9], [1.0, 1e-12, 0.02, 0.02, 0.6, 0.049]]
cases += [[float(x) for x in rng.uniform(0, 1, n) ** 3] for n in (2, 5, 17)]
holm = [{"p": p, "adjusted": [float(x) for x in multipletests(p, method="holm")[1]]} for p in cases]
(OUT / "holm.json").write_text(json.dumps(holm, indent=1) + "\n")
