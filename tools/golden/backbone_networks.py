#!/usr/bin/python3
"""Golden numbers for weights and backbones, from torchvision (Debian: python3-torch, python3-torchvision) and, for
EfficientNet-Lite0, from its PyTorch port (PyPI: efficientnet-lite-pytorch 0.1.0, unpacked into a folder).

    PYTHONPATH=FOLDER /usr/bin/python3 tools/golden/backbone_networks.py

Writes tests/golden/backbone/{torchvision_names.json,features.safetensors} and tests/golden/weights/small.safetensors.
"""
import json
import math
import pathlib

import numpy
import torch
import torchvision
from efficientnet_lite_pytorch import EfficientNet

import backbone_safetensors as safetensors

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden"
NETWORKS = [f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn")]
NETWORKS += ["mobilenet_v2", "squeezenet1_1", "densenet121", "densenet169", "efficientnet_lite0"]
COMPUTED = ["vgg16", "vgg11_bn", "mobilenet_v2", "squeezenet1_1", "densenet121", "efficientnet_lite0"]
CLASSIFIERS = ("classifier.", "_fc.")


def make(name):
    if name == "efficientnet_lite0":
        return EfficientNet.from_name("efficientnet-lite0")
    return getattr(torchvision.models, name)()


def forward(name, network, image):
    if name == "efficientnet_lite0":
        return network.extract_features(image)
    out = network.features(image)
    return torch.relu(out) if name.startswith("densenet") else out


def unit(name, shape):
    """Numbers in [0, 1) that depend on name and index only; tests/backbone/formula.hpp holds the same in C++."""
    key = 0xCBF29CE484222325
    for byte in name.encode():
        key = (key ^ byte) * 0x100000001B3 % 2**64
    with numpy.errstate(over="ignore"):
        x = numpy.uint64(key) + numpy.arange(math.prod(shape), dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        x ^= x >> numpy.uint64(31)
    return ((x >> numpy.uint64(40)).astype(numpy.float64) * 2.0**-24).reshape(shape)


def weight(name, shape):
    u = unit(name, shape)
    if len(shape) == 4:
        return (2 * u - 1) * math.sqrt(6.0 / (shape[1] * shape[2] * shape[3]))
    if name.endswith(".weight") or name.endswith("running_var"):
        return 0.5 + u
    return 0.2 * (u - 0.5)


def features(name):
    network = make(name).eval()
    state = {}
    for key, value in network.state_dict().items():
        if value.dtype == torch.int64:
            state[key] = torch.tensor(3)
        elif key.startswith(CLASSIFIERS):
            state[key] = value
        else:
            state[key] = torch.from_numpy(weight(key, tuple(value.shape)).astype(numpy.float32))
    network.load_state_dict(state)
    image = torch.from_numpy(unit("input", (1, 3, 64, 96)).astype(numpy.float32))
    with torch.no_grad():
        return forward(name, network, image).numpy()


def main():
    for room in ("backbone", "weights"):
        (GOLDEN / room).mkdir(parents=True, exist_ok=True)
    lines = []
    for name in NETWORKS:
        state = make(name).state_dict()
        names = {k: list(v.shape) for k, v in state.items() if not k.startswith(CLASSIFIERS)}
        lines.append(f" {json.dumps(name)}: {json.dumps(names, separators=(',', ':'))}")
    (GOLDEN / "backbone" / "torchvision_names.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")

    safetensors.write(
        GOLDEN / "backbone" / "features.safetensors",
        {name: features(name) for name in COMPUTED},
        {"torch": torch.__version__, "torchvision": torchvision.__version__, "input": "1x3x64x96"},
    )

    small = GOLDEN / "weights" / "small.safetensors"
    tensors = {
        "b.weight": numpy.array([[1, -2.5, 3e-5], [4, 5, 6]], "<f4"),
        "a.mask": numpy.array([1, 0, 255], "u1"),
        "c.half": numpy.array([0.5, -65504], "<f2"),
        "a.count": numpy.array(-7, "<i8"),
        "é.double": numpy.array([math.pi], "<f8"),
        "empty": numpy.zeros((0, 4), "<f4"),
    }
    safetensors.write(small, tensors, {"note": 'a "quoted" word', "arch": "none"})
    again, metadata = safetensors.read(small)
    assert metadata["arch"] == "none" and all(numpy.array_equal(again[k], v) for k, v in tensors.items())


main()
