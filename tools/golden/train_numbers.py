#!/usr/bin/python3
"""Golden numbers for optimizers and losses, from PyTorch and, for Keras' Adam, from its formula in numpy.

    /usr/bin/python3 tools/golden/train_numbers.py

Writes tests/golden/train/numbers.json. Needs Debian's python3-torch and python3-numpy.
"""
import json
import pathlib

import numpy
import torch

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "train" / "numbers.json"
STEPS = 7
# Two parameters of unlike shape, each pulled towards its own target with its own stiffness: nothing is symmetric.
START = [[[0.5, -1.25, 2.0], [0.0, 3.5, -0.75]], [1.0, -2.0, 0.25, 4.0]]
TARGET = [[[1.0, 0.25, -1.0], [2.0, 3.0, 0.5]], [-1.0, 0.5, 0.125, 5.0]]
STIFFNESS = [[[0.5, 3.0, 1.0], [0.1, 2.0, 7.0]], [1.5, 0.01, 4.0, 0.3]]


def rate(step):
    return 0.1 / (1 + 0.3 * step)


def gradient(p, i):
    return numpy.array(STIFFNESS[i]) * (p - numpy.array(TARGET[i]))


def with_torch(make):
    parameters = [torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in START]
    optimizer = make(parameters)
    path = []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        for i, p in enumerate(parameters):
            p.grad = torch.from_numpy(gradient(p.detach().numpy(), i))
        optimizer.step()
        path.append([p.detach().numpy().flatten().tolist() for p in parameters])
    return path


def keras_adam(beta1=0.9, beta2=0.999, eps=1e-7):
    """tf.keras.optimizers.Adam (OptimizerV2): epsilon is added to the root before the bias correction."""
    path = []
    parameters = [numpy.array(p) for p in START]
    m = [numpy.zeros_like(p) for p in parameters]
    v = [numpy.zeros_like(p) for p in parameters]
    for step in range(STEPS):
        t = step + 1
        lr_t = rate(step) * numpy.sqrt(1 - beta2**t) / (1 - beta1**t)
        for i, p in enumerate(parameters):
            g = gradient(p, i)
            m[i] = beta1 * m[i] + (1 - beta1) * g
            v[i] = beta2 * v[i] + (1 - beta2) * g * g
            parameters[i] = p - lr_t * m[i] / (numpy.sqrt(v[i]) + eps)
        path.append([p.flatten().tolist() for p in parameters])
    return path


LOGITS = [[2.0, -1.0, 0.5], [0.1, 0.2, 0.3], [-3.0, 4.0, 1.0], [0.0, -2.5, 6.0], [1.5, 1.25, -0.5]]
LABELS = [0, 2, 0, 2, 1]
WEIGHTS = [0.5, 2.0, 1.25]


def focal(logits, gamma, weights):
    log_p = torch.log_softmax(logits, 1)[torch.arange(len(LABELS)), torch.tensor(LABELS)]
    each = -((1 - log_p.exp()) ** gamma) * log_p
    w = torch.ones(len(LABELS), dtype=torch.float64) if weights is None else torch.tensor(weights)[LABELS]
    return (each * w).sum() / w.sum()


def loss(function):
    logits = torch.tensor(LOGITS, dtype=torch.float64, requires_grad=True)
    value = function(logits)
    value.backward()
    return {"value": value.item(), "gradient": logits.grad.flatten().tolist()}


def main():
    torch.set_default_dtype(torch.float64)
    target = torch.tensor(LABELS)
    weights = torch.tensor(WEIGHTS)
    ce = torch.nn.functional.cross_entropy
    numbers = {
        "made_with": {"torch": torch.__version__, "numpy": numpy.__version__},
        "problem": {"start": START, "target": TARGET, "stiffness": STIFFNESS, "rates": [rate(s) for s in range(STEPS)]},
        "optimizers": [
            {"type": "adam", "options": {}, "path": keras_adam()},
            {"type": "adam", "options": {"beta1": 0.8, "beta2": 0.9, "eps": 0.01}, "path": keras_adam(0.8, 0.9, 0.01)},
            {"type": "adamw", "options": {}, "path": with_torch(torch.optim.AdamW)},
            {"type": "adamw", "options": {"beta1": 0.7, "beta2": 0.95, "eps": 0.001, "weight_decay": 0.2},
             "path": with_torch(lambda p: torch.optim.AdamW(p, betas=(0.7, 0.95), eps=0.001, weight_decay=0.2))},
            {"type": "sgd", "options": {"momentum": 0}, "path": with_torch(lambda p: torch.optim.SGD(p, lr=1))},
            {"type": "sgd", "options": {}, "path": with_torch(lambda p: torch.optim.SGD(p, lr=1, momentum=0.9))},
            {"type": "sgd", "options": {"momentum": 0.6, "nesterov": True, "weight_decay": 0.05},
             "path": with_torch(lambda p: torch.optim.SGD(p, lr=1, momentum=0.6, nesterov=True, weight_decay=0.05))},
            {"type": "sgd", "options": {"momentum": 0.5, "weight_decay": 0.3},
             "path": with_torch(lambda p: torch.optim.SGD(p, lr=1, momentum=0.5, weight_decay=0.3))},
        ],
        "losses": {
            "logits": LOGITS, "labels": LABELS, "weights": WEIGHTS,
            "cross_entropy": loss(lambda x: ce(x, target)),
            "cross_entropy_weighted": loss(lambda x: ce(x, target, weight=weights)),
            "focal_2": loss(lambda x: focal(x, 2.0, None)),
            "focal_1.5_weighted": loss(lambda x: focal(x, 1.5, WEIGHTS)),
        },
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(numbers, indent=None, separators=(",", ":")).replace('{"type"', '\n{"type"') + "\n")


if __name__ == "__main__":
    main()
