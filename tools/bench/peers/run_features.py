"""What Youden's cache holds of a run: features of its films as they are, with labels, patients and folds."""
import pathlib
import sqlite3
import struct

import numpy as np
import xxhash


def group_features(folder, wanted):
    """{sha256: [F] float32} of the films as they are that this group of the cache holds."""
    found = {}
    names = {xxhash.xxh3_128_intdigest(sha): sha for sha in wanted}
    for keys in sorted(folder.glob("*.keys")):
        data = keys.with_suffix(".data")
        raw = keys.read_bytes()
        size = struct.unpack_from("<8sQ", raw)[1]
        with data.open("rb") as file:
            for slot in range((len(raw) - 32) // 32):
                low, high, number, _ = struct.unpack_from("<QQqQ", raw, 32 + 32 * slot)
                sha = names.get(high << 64 | low)
                if sha is None or number != -1:
                    continue
                file.seek(slot * size)
                record = file.read(size)
                extents = [e for e in struct.unpack_from("<4I", record) if e > 0]
                if len(extents) == 1:
                    found[sha] = np.frombuffer(record, np.float32, offset=16)
    return found


class Run:
    def __init__(self, database, run, cache):
        db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        dataset, self.positive = db.execute("SELECT dataset, positive FROM run WHERE id = ?", [run]).fetchone()
        self.samples = {i: (sha, label, patient or i) for i, sha, label, patient in db.execute(
            "SELECT id, sha256, label, patient FROM sample WHERE dataset = ?", [dataset])}
        wanted = {sha for sha, _, _ in self.samples.values()}
        self.features = {}
        for folder in pathlib.Path(cache).iterdir():
            if folder.is_dir():
                found = group_features(folder, wanted)
                if len(found) > len(self.features):
                    self.features = found
        self.parts = {}
        for fold, sample, part in db.execute(
                "SELECT fold, sample, part FROM assignment WHERE run = ? AND replicate = 0", [run]):
            self.parts.setdefault(fold, {}).setdefault(part, []).append(sample)

    def folds(self):
        """(training rows, held-out rows) of each fold."""
        for _, parts in sorted(self.parts.items()):
            yield self.rows(sorted(parts["train"])), self.rows(parts.get("oof") or parts["test"])

    def rows(self, ids):
        """Features [N, F] in double precision, whether positive [N], patients."""
        return (np.stack([self.features[self.samples[i][0]] for i in ids]).astype(float),
                np.array([self.samples[i][1] == self.positive for i in ids]).astype(int),
                [self.samples[i][2] for i in ids])
