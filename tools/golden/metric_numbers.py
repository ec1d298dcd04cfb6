"""Golden numbers of the metric room from scikit-learn 1.2, scipy and statsmodels.

    /usr/bin/python3 tools/golden/metric_numbers.py      (Debian: python3-sklearn python3-scipy python3-statsmodels)
    Rscript tools/golden/metric_numbers.R                (then: pROC and epiR read the samples and counts written here)

Writes tests/golden/metric/{counts.csv,counts.json,scores.csv,scores.json,reports.json}. Undefined is null.
"""
import json
import math
import pathlib
import warnings

import numpy as np
import sklearn
from scipy import stats
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint

warnings.filterwarnings("ignore")
assert sklearn.__version__.startswith("1.2"), sklearn.__version__
OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "metric"
rng = np.random.default_rng(20)


def write(name, cases):
    lines = ",\n ".join(json.dumps(case) for case in cases)
    (OUT / name).write_text(f"[{lines}]\n")


def clopper_pearson(k, n, level):
    a = 1 - level
    return [stats.beta.ppf(a / 2, k, n - k + 1) if k else 0.0, stats.beta.isf(a / 2, k + 1, n - k) if k < n else 1.0]


def wilson(k, n, level):
    low, high = proportion_confint(k, n, alpha=1 - level, method="wilson")
    return [float(low) if k else 0.0, float(high) if k < n else 1.0]


def counts():
    tables = [(5, 0, 1, 4), (4, 1, 0, 5), (0, 5, 0, 5), (5, 0, 5, 0), (0, 7, 3, 4), (3, 4, 0, 7), (1, 0, 0, 1),
              (0, 0, 2, 9), (6, 3, 0, 0), (0, 0, 0, 8), (17, 3, 41, 339), (980, 20, 150, 8850)]
    while len(tables) < 40:
        p, n = rng.integers(1, 60), rng.integers(1, 340)
        tp, tn = rng.binomial(p, rng.uniform(0.3, 1)), rng.binomial(n, rng.uniform(0.3, 1))
        tables.append(tuple(int(x) for x in (tp, p - tp, n - tn, tn)))
    cases = []
    for tp, fn, fp, tn in tables:
        level = float(rng.choice([0.95, 0.95, 0.9, 0.99]))
        y = [1] * (tp + fn) + [0] * (fp + tn)
        d = [1] * tp + [0] * fn + [1] * fp + [0] * tn
        p, n = tp + fn, fp + tn
        case = {"tp": tp, "fn": fn, "fp": fp, "tn": tn, "level": level}
        for name, k, m in [("sensitivity", tp, p), ("specificity", tn, n), ("ppv", tp, tp + fp), ("npv", tn, tn + fn),
                           ("accuracy", tp + tn, p + n)]:
            case[name] = None if m == 0 else {"value": k / m, "exact": clopper_pearson(k, m, level),
                                              "wilson": wilson(k, m, level)}
        # scikit-learn gives 0 or nan where these are undefined; scipy's own correlation says nan.
        one_margin = p == 0 or n == 0 or tp + fp == 0 or tn + fn == 0
        case["f1"] = metrics.f1_score(y, d) if tp + fp + fn else None
        case["mcc"] = None if one_margin else metrics.matthews_corrcoef(y, d)
        kappa = metrics.cohen_kappa_score(y, d, labels=[0, 1])
        case["kappa"] = None if math.isnan(kappa) else kappa
        case["balanced_accuracy"] = case["mover"] = None
        if p and n:
            case["balanced_accuracy"] = metrics.balanced_accuracy_score(y, d)
            # Zou & Donner's formula, over scipy's limits
            (l1, u1), (l2, u2) = clopper_pearson(tp, p, level), clopper_pearson(tn, n, level)
            se, sp = tp / p, tn / n
            case["mover"] = [se + sp - 1 - math.sqrt((se - l1) ** 2 + (sp - l2) ** 2),
                             se + sp - 1 + math.sqrt((u1 - se) ** 2 + (u2 - sp) ** 2)]
        cases.append(case)
    write("counts.json", cases)
    rows = ["tp,fn,fp,tn,level"] + [f"{c['tp']},{c['fn']},{c['fp']},{c['tn']},{c['level']}" for c in cases]
    (OUT / "counts.csv").write_text("\n".join(rows) + "\n")


def choose(y, s, merit):
    """Brute force over midpoints of observed scores, and 0: best merit, then higher sensitivity, then lower threshold."""
    best = None
    observed = [float(v) for v in sorted(set(s))]
    for t in [min(0.0, observed[0])] + [a + (b - a) / 2 for a, b in zip(observed, observed[1:])]:
        d = s >= t
        tp, fp = int((d & (y == 1)).sum()), int((d & (y == 0)).sum())
        m = merit(tp, fp)
        if m is not None and (best is None or (m, tp, -t) > best[:3]):
            best = (m, tp, -t, t)
    return best[3]


def scores():
    # n, share of positives, decimals (few = many ties), shift between the classes
    shapes = [(5, .4, 1, 1), (8, .5, 1, .5), (10, .3, 1, 0), (12, .2, 2, 2), (20, .5, 1, 1), (25, .1, 2, 1),
              (30, .7, 1, .3), (40, .5, 3, 1.5), (60, .05, 2, 1), (75, .9, 2, .8), (100, .5, 1, .2), (150, .3, 2, 2.5),
              (200, .02, 2, 1), (250, .5, 4, 1), (400, .25, 2, .7), (400, .5, 3, 3), (6, .5, 2, 9), (14, .3, 2, -9)]
    cases, rows = [], ["case,y,a,b"]
    for case, (n, share, decimals, shift) in enumerate(shapes):
        positives = max(1, round(n * share))
        y = np.array([1] * positives + [0] * (n - positives))
        rng.shuffle(y)
        a = np.round(1 / (1 + np.exp(-(rng.normal(size=n) + shift * (y - 0.5)))), decimals)
        b = np.round(1 / (1 + np.exp(-(rng.normal(size=n) + 0.6 * shift * (y - 0.5)))), decimals)
        rows += [f"{case},{t},{float(u)!r},{float(v)!r}" for t, u, v in zip(y, a, b)]
        p, q = int(y.sum()), int((y == 0).sum())
        fpr, tpr, thresholds = metrics.roc_curve(y, a, drop_intermediate=False)
        cases.append({
            "case": case, "auc": metrics.roc_auc_score(y, a),
            "average_precision": metrics.average_precision_score(y, a),
            "brier": metrics.brier_score_loss(y, a), "log_loss": metrics.log_loss(y, a, eps=1e-15, labels=[0, 1]),
            # the first point is scikit-learn's "above the largest score"; Youden calls it infinity
            "roc": [[t, round(u * p), round(v * q)] for t, u, v in zip(thresholds[1:], tpr[1:], fpr[1:])],
            "youden": choose(y, a, lambda tp, fp: tp * q - fp * p),
            "sensitivity_80": choose(y, a, lambda tp, fp: -fp if tp * 10 >= 8 * p else None),
            "sensitivity_95": choose(y, a, lambda tp, fp: -fp if tp * 100 >= 95 * p else None)})
    write("scores.json", cases)
    (OUT / "scores.csv").write_text("\n".join(rows) + "\n")


def reports():
    cases = []

    def add(matrix, names, digits=2):
        k = len(names)
        y = [i for i in range(k) for j in range(k) for _ in range(matrix[i][j])]
        d = [j for i in range(k) for j in range(k) for _ in range(matrix[i][j])]
        text = metrics.classification_report(y, d, labels=list(range(k)), target_names=names, digits=digits)
        cases.append({"names": names, "matrix": [[int(x) for x in row] for row in matrix], "digits": digits,
                      "text": text, "mcc": metrics.matthews_corrcoef(y, d), "kappa": metrics.cohen_kappa_score(y, d)})

    add([[5, 0], [1, 4]], ["covid", "normal"])  # the tutorial's
    add([[5, 0], [1, 4]], ["covid", "normal"], 4)
    add([[0, 5], [0, 4]], ["covid", "normal"])
    add([[0, 0], [3, 4]], ["covid", "normal"])
    add([[3, 0, 1], [0, 0, 2], [1, 0, 6]], ["a", "b", "c"])
    add([[3, 0, 1], [0, 0, 0], [1, 0, 6]], ["a", "never seen", "c"])
    add([[7, 1], [2, 3]], ["a class name that is longer than every heading", "x"])
    add([[7, 1], [2, 3]], ["pneumopathie à SARS-CoV-2", "sans anomalie détectée"])
    add([[7, 1], [2, 3]], ["accuracy", "macro avg"])
    add([[123456, 7], [8, 987654]], ["0", "1"], 3)
    # 17 digits show every bit, hence the order in which numpy adds up
    for size, digits in [(k, 2) for k in range(2, 8)] * 8 + [(k, 17) for k in [*range(2, 20), 24, 30, 130]]:
        matrix = rng.poisson(rng.uniform(0.3, 4), (size, size)) + np.diag(rng.integers(0, 9, size))
        if matrix.sum() == 0:
            continue
        add(matrix, [f"class {i}" for i in range(size)] if size < 100 else [str(i) for i in range(size)], digits)
    write("reports.json", cases)


OUT.mkdir(parents=True, exist_ok=True)
counts()
scores()
reports()
