"""A recording `run.lsr`: its header, its frames, and a reader that follows it while it grows."""

import json
import math
import os
import struct
import uuid

import numpy as np

from . import __version__, frames
from .layout import blocks_of, dim_of

CHECKPOINT = struct.Struct("<Qdd")
# Numbers of a checkpoint that are read at once.
AT_ONCE = 1 << 18
DTYPES = {"f32": np.dtype("<f4"), "f64": np.dtype("<f8")}


def header(parameters, name, evaluation=None):
    """The header of a new recording of those parameters."""
    return {
        "format": 1,
        "id": uuid.uuid4().hex,
        "program": f"losscape-recorder {__version__}",
        "name": name,
        "dtype": parameters.dtype,
        "dim": dim_of(parameters.blocks),
        "blocks": [block.described() for block in parameters.blocks],
        "left_out": parameters.left_out,
        "evaluation": evaluation,
    }


def point(step, loss, eval_loss):
    """The beginning that checkpoints and losses share. What is None is not known."""
    known = (math.nan if value is None else float(value) for value in (loss, eval_loss))
    return CHECKPOINT.pack(step, *known)


class Recording:
    """A recording as far as it has been read; `refresh` reads on.

    `header`, `steps` (of the checkpoints, in order), `losses` {step: (loss, eval_loss)}, `words` [(step, words)],
    `has_ended`, and `damage`: what stands in the way after the last whole frame, in words, or None.
    """

    def __init__(self, path):
        self.path = path
        self._forget()
        self.refresh()
        if self.header is None:
            raise ValueError(f"{path}: {self.damage or 'no header yet'}; expected a recording (.lsr)")

    def _forget(self):
        self.header, self.damage, self.has_ended = None, None, False
        self.losses, self.words = {}, []
        self._places, self._read, self._identity = {}, 0, None

    @property
    def steps(self):
        """The steps that have a checkpoint."""
        return list(self._places)

    def theta(self, step):
        """The checkpoint of that step, `[dim]` in the recording's own precision."""
        with open(self.path, "rb") as file:
            return self._numbers(file, step, 0, self.header["dim"])

    def combination(self, steps, coefficients):
        """s·theta_0 + sum of c·(theta - theta_0) in f64, s the sum of the coefficients; in memory it is never more than the result."""
        vector, whole = np.empty(self.header["dim"]), sum(coefficients)
        with open(self.path, "rb") as file:
            for start in range(0, len(vector), AT_ONCE):
                part = vector[start : start + AT_ONCE]
                first = self._numbers(file, steps[0], start, len(part)).astype(np.float64)
                part[:] = whole * first
                for step, coefficient in zip(steps[1:], coefficients[1:]):
                    part += coefficient * (self._numbers(file, step, start, len(part)) - first)
        return vector

    def _numbers(self, file, step, start, count):
        """Some numbers of a checkpoint, whose check sum was right when it was found."""
        dtype = DTYPES[self.header["dtype"]]
        file.seek(self._places[step] + frames.HEAD.size + CHECKPOINT.size + start * dtype.itemsize)
        content = file.read(count * dtype.itemsize)
        if len(content) < count * dtype.itemsize:
            raise ValueError(f"{self.path} shrank while it was read")
        return np.frombuffer(content, dtype)

    def refresh(self):
        """Reads what has been added. A file that shrank or became another one is read again from the start."""
        with open(self.path, "rb") as file:
            state = os.fstat(file.fileno())
            identity = (state.st_dev, state.st_ino)
            if state.st_size < self._read or self._identity not in (None, identity) or self._is_another(file):
                self._forget()
            self._identity = identity
            self._read_on(file)

    def _is_another(self, file):
        """Whether another recording was written into the same file."""
        if self.header is None:
            return False
        file.seek(len(frames.RECORDING))
        try:
            return json.loads(frames.read(file)[1])["id"] != self.header["id"]
        except (frames.CutOff, frames.Damaged, ValueError, KeyError, TypeError):
            return True

    def _read_on(self, file):
        self.damage = None
        try:
            if self._read == 0:
                self._read_magic(file)
            file.seek(self._read)
            while frame := frames.read(file):
                self._take(*frame)
                self._read = file.tell()
        except frames.CutOff:
            self.damage = f"cut off after byte {self._read}"
        except (frames.Damaged, ValueError, KeyError, TypeError, struct.error) as error:
            self.damage = f"{error}, after byte {self._read}"

    def _read_magic(self, file):
        file.seek(0)
        magic = file.read(len(frames.RECORDING))
        if magic != frames.RECORDING:
            if frames.RECORDING.startswith(magic):
                raise frames.CutOff
            raise frames.Damaged(f"it begins with {magic!r}")
        self._read = len(magic)

    def _take(self, kind, body):
        if self.header is None:
            if kind != frames.HEADER:
                raise frames.Damaged(f"its first frame is of kind {kind} and no header")
            self.header = checked_header(json.loads(body))
        elif kind in (frames.CHECKPOINT, frames.LOSS):
            self._take_point(kind, body)
        elif kind == frames.WORDS:
            content = json.loads(body)
            self.words.append((content["step"], content["words"]))
        elif kind == frames.END:
            self.has_ended = True

    def _take_point(self, kind, body):
        step, loss, eval_loss = CHECKPOINT.unpack_from(body)
        self.losses[step] = (loss, eval_loss)
        if kind == frames.CHECKPOINT:
            expected = self.header["dim"] * DTYPES[self.header["dtype"]].itemsize
            if len(body) != CHECKPOINT.size + expected:
                found = len(body) - CHECKPOINT.size
                raise frames.Damaged(f"the checkpoint of step {step} has {found} bytes; expected {expected}")
            self._places[step] = self._read


def checked_header(header):
    """The header, if it is one that this package reads."""
    if header["format"] != 1:
        raise ValueError(f"a recording of format {header['format']}; expected 1")
    if header["dtype"] not in DTYPES:
        raise ValueError(f"dtype {header['dtype']}; expected f32 or f64")
    if dim_of(blocks_of(header["blocks"])) != header["dim"]:
        raise ValueError(f"blocks that do not sum to {header['dim']} numbers")
    return header
