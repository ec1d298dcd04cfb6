"""Golden numbers of whole tables of predictions: calibration, several classes, films of the same patients.

    /usr/bin/python3 tools/golden/metric_tables.py       (Debian: python3-sklearn python3-scipy python3-statsmodels)
    Rscript tools/golden/metric_tables.R                 (then: R's survey reads the clusters written here)

Writes tests/golden/metric/{calibration.json,multiclass.json,clusters.csv} with scikit-learn 1.2, scipy and
statsmodels. Undefined is null.
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
import statsmodels.api as sm
from scipy import optimize
from scipy.special import expit, logit, logsumexp
from sklearn import metrics

warnings.filterwarnings("ignore")
assert sklearn.__version__.startswith("1.2"), sklearn.__version__
OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "metric"
rng = np.random.default_rng(31)


def write(name, cases):
    lines = ",\n ".join(json.dumps(case) for case in cases)
    (OUT / name).write_text(f"[{lines}]\n")


def glm(y, x, offset, groups):
    model = sm.GLM(y, x, family=sm.families.Binomial(), offset=offset)
    options = {} if groups is None else {"cov_type": "cluster", "cov_kwds": {"groups": groups}}
    fit = model.fit(maxiter=200, tol=1e-15, tol_criterion="params", **options)
    return [float(fit.params[-1]), *(float(v) for v in fit.conf_int(0.05)[-1])]


def bins(event, p, count=15):
    """The edges decide, from below: the first bin whose upper edge reaches p."""
    edges = np.arange(1, count + 1) / count
    at = np.searchsorted(edges, p, side="left")
    return [[int((at == b).sum()), float(p[at == b].mean()) if (at == b).any() else 0.0,
             float(event[at == b].mean()) if (at == b).any() else 0.0] for b in range(count)]


def ece(event, p):
    return sum(n * abs(share - mean) for n, mean, share in bins(event, p)) / len(p)


def best_temperature(y, p):
    z = np.log(p)

    def slope(beta):
        w = np.exp(beta * z - logsumexp(beta * z, axis=1, keepdims=True))
        return float(((w * z).sum(axis=1) - z[np.arange(len(y)), y]).sum())

    return 1 / optimize.brentq(slope, 0.01, 100, xtol=1e-300, rtol=4 * np.finfo(float).eps, maxiter=1000)


def calibration():
    cases = []
    for n, decimals, slope, shift in [(12, 2, 1, 0), (30, 2, 0.5, 0.3), (60, 3, 2, -1), (200, 4, 1, 1), (500, 6, 0.3, 0),
                                      (40, 1, 1, 0)]:
        truth = rng.normal(size=n)
        y = (rng.uniform(size=n) < expit(slope * truth + shift)).astype(int)
        p = np.clip(np.round(expit(truth), decimals), 10.0 ** -decimals, 1 - 10.0 ** -decimals)
        groups = np.sort(rng.integers(0, max(3, n // 3), size=n))
        x = logit(p)
        top = np.where(p >= 0.5, p, 1 - p)
        both = np.stack([p, 1 - p], axis=1)
        cases.append({
            "y": y.tolist(), "p": p.tolist(), "group": groups.tolist(),
            "slope": glm(y, sm.add_constant(x), None, None), "slope_clustered": glm(y, sm.add_constant(x), None, groups),
            "intercept": glm(y, np.ones((n, 1)), x, None), "intercept_clustered": glm(y, np.ones((n, 1)), x, groups),
            "bins": bins(y, p), "ece_positive": ece(y, p),
            "ece_top_label": ece((y == (p >= 0.5)).astype(int), top),
            "temperature": best_temperature(1 - y, both),
            "net_benefit": [[pt, float(((p >= pt) & (y == 1)).mean() - ((p >= pt) & (y == 0)).mean() * pt / (1 - pt)),
                             float(y.mean() - (1 - y.mean()) * pt / (1 - pt))] for pt in (0.05, 0.1, 0.3, 0.5, 0.8)]})
        precision, recall, thresholds = metrics.precision_recall_curve(y, p)
        # scikit-learn 1.2 gives every score, ascending, and adds the point (1, 0)
        cases[-1]["precision_recall"] = [[t, r, q] for t, r, q in zip(thresholds, recall, precision)][::-1]
    write("calibration.json", cases)


def multiclass():
    cases = []
    for n, k, decimals in [(20, 3, 2), (60, 3, 3), (150, 4, 3), (400, 5, 6), (90, 7, 4)]:
        y = np.concatenate([np.arange(k), rng.choice(k, size=n - k, p=rng.dirichlet(np.full(k, 3.0)))])
        z = rng.normal(size=(n, k)) + 1.5 * np.eye(k)[y]
        p = np.round(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), decimals)
        p[:, -1] = 1 - p[:, :-1].sum(axis=1)
        d = p.argmax(axis=1)
        one_hot = np.eye(k, dtype=int)[y]
        case = {"y": y.tolist(), "p": p.flatten().tolist(), "classes": k, "accuracy": metrics.accuracy_score(y, d),
                "balanced_accuracy": metrics.balanced_accuracy_score(y, d), "mcc": metrics.matthews_corrcoef(y, d),
                "kappa": metrics.cohen_kappa_score(y, d), "log_loss": metrics.log_loss(y, p, eps=1e-15),
                "brier": float(((p - one_hot) ** 2).sum(axis=1).mean()),
                "ece_top_label": ece((d == y).astype(int), p.max(axis=1)), "temperature": best_temperature(y, p),
                "average": {}}
        for average in ("micro", "macro", "weighted"):
            ppv, sensitivity, f1, _ = metrics.precision_recall_fscore_support(y, d, average=average)
            case["average"][average] = {
                "f1": f1, "sensitivity": sensitivity, "ppv": ppv,
                "auc": metrics.roc_auc_score(one_hot, p, average=average),
                "average_precision": metrics.average_precision_score(one_hot, p, average=average)}
        case["average"]["macro"]["auc_of_labels"] = metrics.roc_auc_score(y, p, multi_class="ovr", average="macro")
        cases.append(case)
    write("multiclass.json", cases)


def clusters():
    """0/1 per film with its patient, for the survey package; the last ones are below independence or all alike."""
    rows = ["case,hit,patient"]
    shapes = [(12, 3, 0.8, 0.5), (30, 4, 0.9, 0.3), (8, 6, 0.5, 0.8), (100, 3, 0.95, 0.6), (40, 2, 0.7, 0.0), (25, 5, 0.6, 0.9)]
    for case, (patients, most, p, agreement) in enumerate(shapes):
        for g in range(patients):
            own = rng.uniform() < p
            for _ in range(rng.integers(1, most + 1)):
                rows.append(f"{case},{int(own if rng.uniform() < agreement else rng.uniform() < p)},{g}")
    (OUT / "clusters.csv").write_text("\n".join(rows) + "\n")


calibration()
multiclass()
clusters()
