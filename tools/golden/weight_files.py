#!/usr/bin/python3
"""Weight files as PyTorch writes them (Debian: python3-torch), for the readers' tests.

    /usr/bin/python3 tools/golden/weight_files.py

Writes tests/golden/weights/torch_{zip,legacy,deflated}.pth and what they hold, torch_expected.safetensors.
"""
import collections
import pathlib
import zipfile

import numpy
import torch

import backbone_safetensors as safetensors

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "weights"


def repack(stored, deflated):
    """The same archive as a zip program packs it: compressed."""
    with zipfile.ZipFile(stored) as old, zipfile.ZipFile(deflated, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)


def main():
    base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) / 7
    shared = torch.arange(10, dtype=torch.float64)
    tensors = collections.OrderedDict(
        plain=base.clone(),
        transposed=base.permute(2, 0, 1),
        sliced=base[:, 1:, ::2],
        shared_low=shared[:4],
        shared_high=shared[6:],
        half=torch.tensor([0.5, -65504.0, 6e-8], dtype=torch.float16),
        bfloat=torch.tensor([1.5, -3e38], dtype=torch.bfloat16),
        count=torch.tensor(-7),
        mask=torch.tensor([True, False, True]),
        empty=torch.zeros(0, 4),
        parameter=torch.nn.Parameter(torch.tensor([[1.25, -2.0]])),
        expanded=torch.tensor([3.0, 4.0]).unsqueeze(1).expand(2, 3),
    )
    checkpoint = {"epoch": 12, "lr": 1e-3, "state_dict": {f"module.{k}": v for k, v in tensors.items()}}
    checkpoint["state_dict"]["module.nested"] = {"inner.weight": torch.tensor([9, 8, 7], dtype=torch.int32)}
    for layout, zipped in (("zip", True), ("legacy", False)):
        torch.save(checkpoint, GOLDEN / f"torch_{layout}.pth", _use_new_zipfile_serialization=zipped)
    repack(GOLDEN / "torch_zip.pth", GOLDEN / "torch_deflated.pth")
    expected = {k: v.detach().contiguous() for k, v in tensors.items()}
    expected["nested.inner.weight"] = checkpoint["state_dict"]["module.nested"]["inner.weight"]
    plain = {k: v.numpy() for k, v in expected.items() if v.dtype not in (torch.bfloat16, torch.bool)}
    plain["mask"] = expected["mask"].numpy().astype("u1")
    plain["bfloat"] = expected["bfloat"].view(torch.int16).numpy().astype("<i2").view("u1")  # its bytes
    safetensors.write(GOLDEN / "torch_expected.safetensors", plain, {"torch": torch.__version__})
    assert numpy.array_equal(plain["transposed"], base.permute(2, 0, 1).numpy())


main()
