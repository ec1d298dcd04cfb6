#!/usr/bin/env python3
"""tests/golden/weights/tiny_model-1.0-py3-none-any.whl: a wheel (PEP 427) with small.safetensors in it, as Python's own
zipfile packs it. Any Python 3; prints the SHA-256 of the wheel and of the member, which the test has."""
import hashlib
import pathlib
import zipfile

folder = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "weights"
member = (folder / "small.safetensors").read_bytes()
wheel = folder / "tiny_model-1.0-py3-none-any.whl"
with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
    for name, content in [("tiny_model/__init__.py", b"raise RuntimeError('never imported')\n"),
                          ("tiny_model/models/net.safetensors", member),
                          ("tiny_model-1.0.dist-info/WHEEL", b"Wheel-Version: 1.0\nTag: py3-none-any\n")]:
        archive.writestr(zipfile.ZipInfo(name, (2020, 6, 20, 18, 21, 0)), content, zipfile.ZIP_DEFLATED)
print("wheel ", hashlib.sha256(wheel.read_bytes()).hexdigest())
print("member", hashlib.sha256(member).hexdigest())
