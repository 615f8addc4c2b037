"""Which numbers of theta belong to which weight: blocks with a name, a kind and a shape."""

from fnmatch import fnmatch
from typing import NamedTuple, Tuple

import numpy as np

DENSE, CONVOLUTION, BIAS, NORM_SCALE, OTHER = "dense", "convolution", "bias", "norm_scale", "other"
KINDS = (DENSE, CONVOLUTION, BIAS, NORM_SCALE, OTHER)


class Block(NamedTuple):
    """A named block of theta, row-major."""

    name: str
    kind: str
    shape: Tuple[int, ...]

    @property
    def size(self):
        """How many numbers it has."""
        return int(np.prod(self.shape, dtype=np.int64))

    def described(self):
        """As headers and plans write it."""
        return {"name": self.name, "kind": self.kind, "shape": list(self.shape)}


def blocks_of(described):
    """The blocks that a header or a plan describes."""
    return [Block(block["name"], block["kind"], tuple(block["shape"])) for block in described]


def dim_of(blocks):
    """The length of theta."""
    return sum(block.size for block in blocks)


def slices(blocks):
    """Where each block lies in theta."""
    end = 0
    for block in blocks:
        end += block.size
        yield slice(end - block.size, end)


def first_difference(ours, theirs):
    """The first block in which two layouts differ, in words, or None."""
    for a, b in zip(ours, theirs):
        if (a.name, a.shape) != (b.name, b.shape):
            return f"{a.name} {list(a.shape)} where {b.name} {list(b.shape)} was expected"
    if len(ours) != len(theirs):
        return f"{len(ours)} blocks where {len(theirs)} were expected"
    return None


def kind_by_name(name, shape):
    """The kind that a name and a shape suggest: `fc1.weight [8, 2]` is dense, `fc1.bias [8]` a bias."""
    last = name.rsplit(".", 1)[-1].rsplit("/", 1)[-1].lower()
    if "bias" in last or last == "beta":
        return BIAS
    if "embedding" in name.lower():
        return OTHER
    # A vector of everything.
    if last == "theta":
        return OTHER
    if len(shape) == 1:
        return NORM_SCALE if last in ("weight", "scale", "gamma") else BIAS
    if len(shape) == 2:
        return DENSE
    return CONVOLUTION if last in ("weight", "kernel") else OTHER


def chosen(kind, name, kinds):
    """The kind of that block, or what the first pattern of `kinds` that fits its name says."""
    for pattern, other in (kinds or {}).items():
        if other not in KINDS:
            raise ValueError(f"kind {other!r} for {pattern!r}; expected one of {', '.join(KINDS)}")
        if fnmatch(name, pattern):
            return other
    return kind
