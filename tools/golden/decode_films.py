#!/usr/bin/python3
"""Writes tests/golden/decode/films.txt: sha256 of shared films' RGB pixels at 224 x 224, by OpenCV's Python binding.

Run: /usr/bin/python3 tools/golden/decode_films.py SHARED_DATA > tests/golden/decode/films.txt
"""
import hashlib
import pathlib
import sys

import cv2

FILMS = [
    "nih/no_finding/00001385_000.png",  # gray PNG
    "nih/pneumonia/*",                  # the first by name
    "covid-chestxray/images/*.jpg",
    "covid-chestxray/images/*.jpeg",
    "covid-chestxray/images/*.png",
]

root = pathlib.Path(sys.argv[1])
for pattern in FILMS:
    for path in sorted(root.glob(pattern))[:2]:
        if (cv2.imread(str(path), cv2.IMREAD_UNCHANGED)).dtype != "uint8":
            continue  # Youden keeps 16 bits, imread's default does not
        rgb = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        pixels = cv2.resize(rgb, (224, 224))
        print(hashlib.sha256(pixels.tobytes()).hexdigest(), path.relative_to(root))
