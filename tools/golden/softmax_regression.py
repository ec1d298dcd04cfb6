"""Golden numbers of penalised logistic and multinomial regression (scikit-learn 1.2).

    /usr/bin/python3 tools/golden/softmax_regression.py      (Debian: python3-sklearn)

Writes tests/golden/train/softmax_regression.json.

scikit-learn's LogisticRegression, run until its gradient is below 1e-7 of the
objective  sum_i s_i * -log p(y_i | x_i) + l2/2 * |W|^2, which is checked here; C = 1 / l2.
"""
import json
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(20261127)


def draw(n, p, classes, signal=1.0):
    x = np.round(rng.normal(size=(n, p)), 3)
    if classes == 2:
        odds = signal * x[:, : min(p, 3)].sum(1)
        y = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(int)
    else:
        logits = signal * 1.5 * x[:, :classes]
        y = np.array([rng.choice(classes, p=np.exp(v) / np.exp(v).sum()) for v in logits])
    y[:classes] = np.arange(classes)
    return x, y


def balanced(y):
    counts = np.bincount(y)
    return len(y) / (len(counts) * counts[y])


def gradient(x, y, s, l2, w, b):
    k = w.shape[0]
    eta = x @ w.T + b
    if k == 1:
        r = (s * (1 / (1 + np.exp(-eta[:, 0])) - y))[:, None]
    else:
        e = np.exp(eta - eta.max(1, keepdims=True))
        r = s[:, None] * (e / e.sum(1, keepdims=True) - np.eye(k)[y])
    return np.concatenate([(r.T @ x + l2 * w).ravel(), r.sum(0)])


cases = []


def case(name, x, y, l2, s=None):
    s = np.ones(len(y)) if s is None else s
    model = LogisticRegression(C=1 / l2, tol=1e-12, max_iter=100_000, solver="newton-cg")
    if len(set(y)) == 2:  # this solver knows two classes only
        model = LogisticRegression(C=1 / l2, tol=1e-12, max_iter=10_000, solver="newton-cholesky")
    model.fit(x, y, sample_weight=s)
    w, b = model.coef_, model.intercept_
    norm = np.linalg.norm(gradient(x, y, s, l2, w, b))
    assert norm < 1e-6, (name, norm)
    cases.append(
        {
            "name": name,
            "l2": l2,
            "rows": x.tolist(),
            "labels": y.tolist(),
            "weights": s.tolist(),
            "classes": int(len(set(y))),
            "coefficients": w.tolist(),
            "intercepts": (b - b.mean() if len(b) > 1 else b).tolist(),
            "probabilities": model.predict_proba(x).tolist(),
            "gradient": norm,
        }
    )
    print(f"{name:24} {x.shape}  gradient {norm:.1e}")


x, y = draw(60, 4, 2)
case("binary", x, y, 1.0)
case("weak penalty", x, y, 1e-3)
case("strong penalty", x, y, 1e3)
x, y = draw(60, 5, 3)
case("three classes", x, y, 0.5)
x, y = draw(80, 4, 2, 2.0)
keep = np.concatenate([np.flatnonzero(y == 0)[:8], np.flatnonzero(y == 1)])
x, y = x[keep], y[keep]
case("balanced weights", x, y, 1.0, balanced(y))
x, y = draw(40, 3, 2)
y = (x[:, 0] > 0).astype(int)
case("separable", x, y, 0.01)
x, y = draw(20, 45, 2)
case("more columns than rows", x, y, 2.0)
x, y = draw(18, 40, 3)
case("wide, three classes", x, y, 3.0)
x, y = draw(30, 4, 2)
x[:, 2] = 0
x[:, 3] = x[:, 1]
case("constant and equal columns", x, y, 0.1)
x, y = draw(10, 3, 2)
case("ten rows", x, y, 1.0)
x, y = draw(40, 4, 4, 1.5)
case("views of weight 1/4", np.repeat(x, 4, 0) + np.round(rng.normal(size=(160, 4)) * 0.1, 3), np.repeat(y, 4), 1.0, np.full(160, 0.25))

out = pathlib.Path(__file__).resolve().parents[2] / "tests/golden/train/softmax_regression.json"
out.write_text(json.dumps({"cases": cases}, separators=(",", ":")) + "\n")
print(out, out.stat().st_size)
