#!/usr/bin/python3
"""Writes tests/golden/augment/affine.txt: what Keras' ImageDataGenerator does to a small picture, by scipy.

The matrices follow keras_preprocessing 1.1.2 (apply_affine_transform, transform_matrix_offset_center).
Lines: `image H W v…`, then `NAME BORDER A B v…`, values row by row, three channels a pixel.
Run: /usr/bin/python3 tools/golden/augment_affine.py > tests/golden/augment/affine.txt
"""
import numpy as np
from scipy import ndimage

H, W = 7, 5
y, x, c = np.mgrid[0:H, 0:W, 0:3]
image = ((13 * y + 29 * x + 41 * c + 7 * x * y) % 97 / 96.0).astype(np.float32)


def keras(matrix, border):
    o_y, o_x = H / 2 - 0.5, W / 2 - 0.5
    offset = np.array([[1, 0, o_y], [0, 1, o_x], [0, 0, 1]])
    reset = np.array([[1, 0, -o_y], [0, 1, -o_x], [0, 0, 1]])
    m = offset @ matrix @ reset
    channels = [
        ndimage.affine_transform(image[..., k].astype(np.float64), m[:2, :2], m[:2, 2], order=1, mode=border, cval=0.0)
        for k in range(3)
    ]
    return np.stack(channels, axis=-1)


def rotation(degrees):
    t = np.deg2rad(degrees)
    return np.array([[np.cos(t), -np.sin(t), 0], [np.sin(t), np.cos(t), 0], [0, 0, 1]])


def line(*words):
    print(*[f"{w:.17g}" if isinstance(w, float) else w for w in words])


line("image", H, W, *[float(v) for v in image.ravel()])
for border in ("nearest", "reflect", "constant"):
    for degrees in (0.0, 1.0, -7.25, 15.0, 90.5, -143.0):
        line("rotate", border, degrees, 0.0, *keras(rotation(degrees), border).ravel())
    for ty, tx in ((1.25, -0.5), (-3.7, 2.2), (9.1, -11.3)):
        line("shift", border, ty, tx, *keras(np.array([[1, 0, ty], [0, 1, tx], [0, 0, 1.0]]), border).ravel())
    for zy, zx in ((0.9, 1.1), (1.7, 0.31)):
        line("zoom", border, zy, zx, *keras(np.diag([zy, zx, 1.0]), border).ravel())
