"""Golden numbers of the audit room: a ridge logistic regression (scikit-learn 1.2, C = 1), Cramer's V (scipy).

    /usr/bin/python3 tools/golden/audit_numbers.py      (Debian: python3-sklearn python3-scipy)

Writes tests/golden/audit/numbers.json.
"""
import json
import pathlib

import numpy as np
from scipy.stats.contingency import association
from sklearn.linear_model import LogisticRegression

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "audit"
rng = np.random.default_rng(5)
x = rng.normal(size=(40, 3)).round(3)
y = (x @ [1.5, -0.7, 0] + 0.4 + rng.normal(size=40) > 0).astype(int)
fit = LogisticRegression(C=1, tol=1e-14, max_iter=10000, solver="newton-cholesky").fit(x, y)
apart = np.array([[-2.0], [-1], [1], [2.5]])
separated = LogisticRegression(C=1, tol=1e-14, max_iter=10000, solver="newton-cholesky").fit(apart, [0, 0, 1, 1])
tables = [[[12, 3], [5, 20]], [[10, 0], [0, 7], [0, 4]], [[3, 4, 5], [6, 1, 2]]]
OUT.mkdir(exist_ok=True)
(OUT / "numbers.json").write_text(json.dumps({
    "rows": x.tolist(), "labels": y.tolist(),
    "weights": fit.coef_[0].tolist(), "bias": fit.intercept_[0],
    "separated": {"weight": separated.coef_[0][0], "bias": separated.intercept_[0]},
    "tables": [{"counts": t, "v": association(np.array(t), method="cramer")} for t in tables],
}) + "\n")
