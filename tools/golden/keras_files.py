#!/usr/bin/python3
"""VGG16 and VGG19 as Keras saves them, with few channels (Debian: python3-h5py), for the readers' tests.

    /usr/bin/python3 tools/golden/keras_files.py

Writes tests/golden/weights/keras_{published,model}.h5 and, under torchvision's names, keras_{published,model}.safetensors.
"""
import pathlib

import h5py
import numpy

import backbone_safetensors as safetensors

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "weights"
DEPTHS = {16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4]}
# torchvision.models.vgg16().features and vgg19().features: the places of their convolutions
TORCHVISION = {16: [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28],
               19: [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34]}


def layers(depth, random):
    """(layer, kernel HWIO, bias) with 3 input channels and 1 to 3 others, so that a swapped axis shows."""
    channels = 3
    for block, convolutions in enumerate(DEPTHS[depth], 1):
        for conv in range(1, convolutions + 1):
            out = 1 + (block + conv) % 3
            yield (f"block{block}_conv{conv}", random.standard_normal((3, 3, channels, out)).astype("f4"),
                   random.standard_normal(out).astype("f4"))
            channels = out


def expect(name, depth, held):
    tensors = {}
    for place, (_, kernel, bias) in zip(TORCHVISION[depth], held, strict=True):
        tensors[f"features.{place}.weight"] = numpy.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
        tensors[f"features.{place}.bias"] = bias
    safetensors.write(GOLDEN / f"keras_{name}.safetensors", tensors, {"h5py": h5py.__version__})


def published(held):
    """keras-applications' files: a group a layer, Keras 1's names; layers without weights are empty groups."""
    with h5py.File(GOLDEN / "keras_published.h5", "w") as f:
        f.attrs["layer_names"] = [b"input_1"] + [layer.encode() for layer, _, _ in held]
        f.create_group("input_1").attrs["weight_names"] = numpy.zeros(0, "f8")
        for layer, kernel, bias in held:
            group = f.create_group(layer)
            group.attrs["weight_names"] = [f"{layer}_W_1:0".encode(), f"{layer}_b_1:0".encode()]
            group[f"{layer}_W_1:0"], group[f"{layer}_b_1:0"] = kernel, bias


def model(held):
    """A whole model: Keras 2's names below model_weights, a classifier, big-endian numbers, the optimizer's moments."""
    with h5py.File(GOLDEN / "keras_model.h5", "w") as f:
        for layer, kernel, bias in held:
            group = f.create_group(f"model_weights/vgg19/{layer}")
            group["kernel:0"], group["bias:0"] = kernel.astype(">f4"), bias
        f["model_weights/dense/dense/kernel:0"] = numpy.ones((4, 2), "f4")
        f["optimizer_weights/Adam/block1_conv1/kernel/m:0"] = numpy.zeros((3, 3, 3, 2), "f4")
        f["optimizer_weights/Adam/iter:0"] = 7


def main():
    random = numpy.random.Generator(numpy.random.PCG64(16))
    held = {depth: list(layers(depth, random)) for depth in DEPTHS}
    published(held[16])
    model(held[19])
    expect("published", 16, held[16])
    expect("model", 19, held[19])


main()
