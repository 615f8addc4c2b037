"""The recording that both programs read in their tests: `python -m tests.golden` writes it anew.

tests/data/README.md says what is in it.
"""

import math
from pathlib import Path

import numpy as np

from losscape_recorder import frames
from losscape_recorder.recording import point

GOLDEN = Path(__file__).parents[2] / "tests/data/recordings/small.lsr"

HEADER = {
    "format": 1,
    "id": "000102030405060708090a0b0c0d0e0f",
    "program": "losscape-recorder 0.1.0",
    "name": "small",
    "dtype": "f32",
    "dim": 17,
    "blocks": [
        {"name": "conv.weight", "kind": "convolution", "shape": [2, 1, 1, 3]},
        {"name": "norm.weight", "kind": "norm_scale", "shape": [2]},
        {"name": "fc.weight", "kind": "dense", "shape": [1, 2]},
        {"name": "fc.bias", "kind": "bias", "shape": [1]},
        {"name": "token", "kind": "other", "shape": [3, 2]},
    ],
    "left_out": [{"name": "norm.running_mean", "shape": [2]}],
    "evaluation": {"hash": "ab" * 32, "examples": 64, "mode": "evaluation mode"},
}


def theta(step):
    """Number i of the checkpoint of a step is i + step/4: exact in f32."""
    return (np.arange(17) + step / 4).astype("<f4")


def loss(step):
    """1/(1 + step)."""
    return 1 / (1 + step)


def eval_loss(step):
    """Twice that at every fourth step; else not known."""
    return 2 * loss(step) if step % 4 == 0 else math.nan


def content():
    """Its bytes: 12 steps, every step up to 8, then every second; the weights after the last."""
    parts = [frames.RECORDING, frames.pack_json(frames.HEADER, HEADER)]
    for step in range(12):
        head = point(step, loss(step), eval_loss(step))
        if step <= 8 or step % 2 == 0:
            parts.append(frames.pack(frames.CHECKPOINT, head, theta(step)))
        else:
            parts.append(frames.pack(frames.LOSS, head))
        if step == 8:
            words = {"step": 8, "words": "from here on every second step: the budget of checkpoints is full", "stride": 2}
            parts.append(frames.pack_json(frames.WORDS, words))
    parts.append(frames.pack(200, b"a kind that no reader knows"))
    parts.append(frames.pack(frames.CHECKPOINT, point(12, None, None), theta(12)))
    parts.append(frames.pack(frames.END))
    return b"".join(parts)


if __name__ == "__main__":
    GOLDEN.write_bytes(content())
