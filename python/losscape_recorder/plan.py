"""A plan folder: what a cluster works on. Any worker may do any tile; a tile that has its name is done."""

import hashlib
import json
import os
import re
import socket
import zipfile
from pathlib import Path

import numpy as np

from .evaluation import checked_losses, dim_of_evaluation
from .layout import blocks_of, dim_of, first_difference


class BadPlan(ValueError):
    """A folder that is no plan, or work that does not fit it, in words."""


class Plan:
    """The plan in a folder: `tiles`, `axes`, `counts`, `dim`, `hash`, and the plane as `origin` and `directions`."""

    def __init__(self, folder):
        self.folder = Path(folder)
        try:
            content = (self.folder / "plan.json").read_bytes()
            plan = json.loads(content)
            self._take(plan)
        except (OSError, ValueError, KeyError, TypeError) as error:
            words = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
            raise BadPlan(f"{self.folder / 'plan.json'}: {words}") from error
        self.hash = hashlib.sha256(content).hexdigest()

    def _take(self, plan):
        if plan["format"] != 1:
            raise ValueError(f"a plan of format {plan['format']}; expected 1")
        self.dim, self.blocks = plan["dim"], blocks_of(plan["blocks"])
        self.evaluation, self._sha256 = plan.get("evaluation"), plan["directions"]
        self.axes = [coordinates(axis) for axis in plan["axes"]]
        self.counts = [len(axis) for axis in self.axes]
        self.tiles = {tile["id"]: [np.array(i, np.int64) for i in tile["indices"]] for tile in plan["tiles"]}
        if dim_of(self.blocks) != self.dim:
            raise ValueError(f"blocks that do not sum to {self.dim} numbers")

    def plane(self):
        """Origin `[dim]` and the directions, after their hash was looked at."""
        path = self.folder / "directions.safetensors"
        try:
            found = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise BadPlan(f"{path}: {error.strerror}") from error
        if found != self._sha256:
            raise BadPlan(f"{path}: not the directions of this plan (another SHA-256)")
        vectors = read_safetensors(path)
        names = ["origin", *(f"direction{1 + i}" for i in range(len(self.axes)))]
        if missing := [name for name in names if name not in vectors or vectors[name].shape != (self.dim,)]:
            raise BadPlan(f"{path}: no {missing[0]} of {self.dim} numbers")
        return vectors["origin"], [vectors[name] for name in names[1:]]

    def check(self, evaluation):
        """Refuses an evaluation of another network, or of other batches than the plan asks for."""
        if evaluation.blocks and (words := first_difference(evaluation.blocks, self.blocks)):
            whole = len(self.blocks) == 1 or len(evaluation.blocks) == 1
            if not (whole and dim_of_evaluation(evaluation) == self.dim):
                raise BadPlan(f"the loss is of another network: {words}")
        found = (evaluation.described or {}).get("hash")
        if self.evaluation and found != self.evaluation["hash"]:
            raise BadPlan(f"the loss is of other batches ({found}); the plan asks for {self.evaluation['hash']}")
        before = next((read for tile in self.tiles if (read := self._read(tile))), None)
        if before and (before[1] or {}).get("hash") != found:
            raise BadPlan(f"the loss is of other batches ({found}) than the tiles that are there")

    def cells(self, tile):
        """The numbers of a tile's cells `[n]`, alpha1 fastest, and their alphas `[n, k]`."""
        grids = [grid.ravel() for grid in np.meshgrid(*self.tiles[tile][::-1], indexing="ij")][::-1]
        numbers = np.ravel_multi_index(grids[::-1], self.counts[::-1])
        return numbers, np.stack([axis[grid] for axis, grid in zip(self.axes, grids)], axis=1)

    def path(self, tile):
        """Where the losses of a tile lie."""
        return self.folder / "tiles" / f"{tile:04}.npz"

    def missing(self, tiles=None):
        """The tiles that are not done, coarse to fine."""
        return [tile for tile in (self.tiles if tiles is None else tiles) if self.losses_of(tile) is None]

    def losses_of(self, tile):
        """The losses of a tile `[n]`, or None where it is missing, broken or of another plan."""
        read = self._read(tile)
        return read[0] if read else None

    def _read(self, tile):
        """Losses and evaluation of a tile that is done, or None."""
        try:
            with open(self.path(tile), "rb") as file, np.load(file) as arrays:
                is_ours = bytes(arrays["plan"]).decode() == self.hash
                fits = np.array_equal(arrays["indices"], self.cells(tile)[0])
                losses, described = arrays["loss"], json.loads(bytes(arrays["evaluation"]))
                return (losses, described) if is_ours and fits and losses.shape == arrays["indices"].shape else None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def write(self, tile, losses, described=None):
        """Writes a tile beside and renames it."""
        path = self.path(tile)
        path.parent.mkdir(exist_ok=True)
        beside = path.with_name(f".{path.name}.{socket.gethostname()}-{os.getpid()}")
        arrays = {
            "indices": self.cells(tile)[0],
            "loss": np.asarray(losses, np.float64),
            "plan": np.frombuffer(self.hash.encode(), np.uint8),
            "evaluation": np.frombuffer(json.dumps(described).encode(), np.uint8),
        }
        with open(beside, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)

    def grid(self):
        """All losses as far as they are there, NaN elsewhere: `[n2, n1]` of a plane, `[n3, n2, n1]` of a volume."""
        losses = np.full(int(np.prod(self.counts)), np.nan)
        for tile in self.tiles:
            if (found := self.losses_of(tile)) is not None:
                losses[self.cells(tile)[0]] = found
        return losses.reshape(self.counts[::-1])

    def work(self, evaluation, tiles, on_done=lambda tile: None):
        """Does those of the tiles that are missing, here."""
        self.check(evaluation)
        evaluation.set_plane(*self.plane())
        for tile in tiles:
            if self.losses_of(tile) is None:
                losses = checked_losses(evaluation, self.cells(tile)[1])
                self.write(tile, losses, evaluation.described)
                on_done(tile)


def coordinates(axis):
    """The coordinates of an axis, its ends exact."""
    low, high, count = axis["low"], axis["high"], axis["count"]
    if count < 2:
        raise ValueError(f"an axis of {count} cells; expected at least 2")
    values = low + (high - low) * (np.arange(count) / (count - 1))
    values[-1] = high
    return values


def read_safetensors(path):
    """The arrays of a .safetensors file (F32 and F64), mapped into memory rather than read."""
    dtypes = {"F32": "<f4", "F64": "<f8"}
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > 1 << 26:
            raise BadPlan(f"{path}: a header of {length} bytes")
        head = json.loads(file.read(length))
    content = np.memmap(path, np.uint8, "r", 8 + length)
    head.pop("__metadata__", None)
    arrays = {}
    for name, tensor in head.items():
        if tensor["dtype"] not in dtypes:
            raise BadPlan(f"{path}: {name} is of {tensor['dtype']}; expected F32 or F64")
        start, end = tensor["data_offsets"]
        arrays[name] = content[start:end].view(dtypes[tensor["dtype"]]).reshape(tensor["shape"])
    return arrays


def part_of(tiles, part, parts):
    """The tiles of a part: every so manyth, so that each has coarse ones and fine ones."""
    return list(tiles)[part::parts]


def parse_part(text):
    """`3/8` as (2, 8): the third of eight, counted from 0."""
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    part, parts = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= part <= parts:
        raise BadPlan(f"part {text!r}; expected i/n with i from 1 to n, as 3/8")
    return part - 1, parts
