"""Writes plan folders as Losscape does: the reference for tests."""

import hashlib
import json
from pathlib import Path

import numpy as np


def lattice(count, stride):
    """0, s, 2s, ... and the last."""
    return [*range(0, count - 1, stride), count - 1]


def levels(n1, n2, rows=4):
    """Tiles of a plane, coarse to fine, each cell once."""
    stride = 1
    while (max(n1, n2) - 1) // (2 * stride) >= 8:
        stride *= 2
    known1, known2 = [], []
    while stride:
        all1, all2 = lattice(n1, stride), lattice(n2, stride)
        new1, new2 = [i for i in all1 if i not in known1], [i for i in all2 if i not in known2]
        for columns, lines in [(all1, new2), (new1, known2)]:
            for start in range(0, len(lines), rows):
                if columns:
                    yield stride, [columns, lines[start : start + rows]]
        known1, known2, stride = all1, all2, stride // 2


def write_safetensors(path, arrays):
    """F64 arrays by name."""
    head, place = {}, 0
    for name, array in arrays.items():
        end = place + array.nbytes
        head[name] = {"dtype": "F64", "shape": list(array.shape), "data_offsets": [place, end]}
        place = end
    head = json.dumps(head).encode()
    head += b" " * (-len(head) % 8)
    Path(path).write_bytes(len(head).to_bytes(8, "little") + head + b"".join(a.tobytes() for a in arrays.values()))


def write(folder, origin, directions, axes, blocks, evaluation=None):
    """A plan of a plane; axes are (low, high, count)."""
    folder = Path(folder)
    folder.mkdir()
    named = {f"direction{1 + i}": np.ascontiguousarray(d, "<f8") for i, d in enumerate(directions)}
    write_safetensors(folder / "directions.safetensors", {"origin": np.ascontiguousarray(origin, "<f8"), **named})
    tiles = levels(axes[0][2], axes[1][2])
    plan = {
        "format": 1,
        "program": "tests",
        "name": "model 3",
        "recording": None,
        "dim": len(origin),
        "blocks": [{"name": n, "kind": "bias" if len(s) == 1 else "dense", "shape": s} for n, s in blocks.items()],
        "left_out": [],
        "plane": {"name": "chord"},
        "axes": [{"name": f"alpha{1 + i}", "low": a, "high": b, "count": n} for i, (a, b, n) in enumerate(axes)],
        "directions": hashlib.sha256((folder / "directions.safetensors").read_bytes()).hexdigest(),
        "evaluation": evaluation,
        "tiles": [{"id": i, "stride": s, "indices": indices} for i, (s, indices) in enumerate(tiles)],
    }
    (folder / "plan.json").write_text(json.dumps(plan))
    return folder


def plane_of_model3():
    """A plane through starts of Model 3."""
    from . import model3

    a, b, c = (np.concatenate([w.ravel() for w in model3.start(seed).values()]) for seed in range(3))
    return a, [b - a, c - a]


def of_model3(folder, counts=(25, 19)):
    """A small plan of Model 3."""
    from . import model3

    origin, directions = plane_of_model3()
    axes = [(-4.0, 5.0, counts[0]), (-2.0, 3.0, counts[1])]
    return write(folder, origin, directions, axes, model3.BLOCKS)


def expected_of_model3(plan):
    """Its losses `[n2, n1]`, in plain numpy."""
    from . import model3

    origin, (d1, d2) = plane_of_model3()
    return np.array([[model3.loss(origin + u * d1 + v * d2) for u in plan.axes[0]] for v in plan.axes[1]])
