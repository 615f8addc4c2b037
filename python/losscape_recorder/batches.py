"""The fixed batches of an evaluation, and their hash."""

import hashlib

from .parameters import to_numpy


class Batches:
    """Batches that are drawn once and kept: `hash`, `examples`, `words` of the mode, and iteration.

    A batch is an array, a sequence of arrays or a mapping of them, of numpy, torch or JAX. `limit` bounds the examples (whole
    batches are taken until it is reached).
    """

    def __init__(self, data, limit=None, mode="evaluation mode, running statistics as the model has them"):
        self.mode, self.examples, self._batches = mode, 0, []
        digest = hashlib.sha256()
        for batch in data:
            arrays = arrays_of(batch)
            self._batches.append(batch)
            self.examples += len(arrays[0])
            for array in arrays:
                add_to_hash(digest, array)
            if limit is not None and self.examples >= limit:
                break
        if not self._batches:
            raise ValueError("an evaluation on no batch; expected one at least")
        self.hash = digest.hexdigest()

    def __iter__(self):
        return iter(self._batches)

    def described(self):
        """As headers, hellos and tiles write it."""
        return {"hash": self.hash, "examples": self.examples, "mode": self.mode}


def arrays_of(batch):
    """The arrays of a batch in order."""
    if hasattr(batch, "values"):
        return [value for value in batch.values() if hasattr(value, "dtype")]
    return [value for value in batch if hasattr(value, "dtype")] if isinstance(batch, (list, tuple)) else [batch]


def add_to_hash(digest, array):
    """Name of the dtype, shape, bytes: as docs/recordings.md says."""
    dtype = str(array.dtype).rsplit(".", 1)[-1]
    shape = ",".join(str(side) for side in array.shape)
    digest.update(f"{dtype} {shape}\n".encode())
    digest.update(to_numpy(array).tobytes())


def as_batches(data):
    """Data as fixed batches."""
    return data if isinstance(data, Batches) else Batches(data)
