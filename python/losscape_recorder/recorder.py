"""The recorder: one line in a training script.

It keeps every step until its budget is full and then doubles the stride of what follows, as does a reader of what came
before. It never raises into training.
"""

import atexit
import os
import statistics
import sys
import time
from collections import deque
from pathlib import Path

from . import frames
from .batches import as_batches
from .parameters import parameters_of
from .recording import header, point
from .writer import Writer, tell

# The share of a training step that recording may take; a shorter step counts as one of so many seconds.
SHARE, SHORT = 0.02, 0.01


class Recorder:
    """Records the weights and losses of a run into a new file.

    `model` is anything `parameters_of` takes. `budget` is what is kept of checkpoints, in bytes, before the stride doubles;
    past `bound` bytes of file only losses are kept. `evaluation` are the batches that each `eval_loss` is of. `first_step` is the number
    of the first step of a run that goes on. Where several processes train one model, the first records.
    """

    def __init__(
        self, path, model, *, name=None, evaluation=None, budget=256 << 20, bound=1 << 30, first_step=0, kinds=None
    ):
        self._pid, self._writer, self._taken = os.getpid(), None, None
        self._at, self._stride, self._kept, self._bound = first_step, 1, 0, bound
        self._first, self._has_room = first_step, True
        self._pace = Pace()
        if rank() != 0:
            return
        self._parameters = parameters_of(model, kinds)
        self._size = self._parameters.empty().nbytes
        self._most = max(budget // max(self._size, 1), 2)
        described = as_batches(evaluation).described() if evaluation is not None else None
        try:
            self._writer = Writer(free_path(path), self._parameters)
        except OSError as error:
            tell(f"{path}: {error.strerror}; nothing is recorded, training goes on")
            return
        head = header(self._parameters, name or self._parameters.name, described)
        self._writer.put_bytes(frames.RECORDING + frames.pack_json(frames.HEADER, head))
        atexit.register(self.close)

    @property
    def path(self):
        """Where it records, or None where it does not."""
        return self._writer.path if self._writer else None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is not None:
            self.note(f"training stopped by {kind.__name__}")
        self.close(has_ended=kind is None)

    def take(self):
        """Copies the weights now, for the `step` that follows: where the loss is known only after they have changed."""
        with self._pace:
            self._guarded(self._take)

    def step(self, loss=None, eval_loss=None):
        """Records the weights as they are and the loss they gave: call it before the optimizer's step."""
        self._guarded(self._step, loss, eval_loss)

    def note(self, words):
        """Writes a sentence that is shown with the run."""
        self._guarded(self._say, words)

    def close(self, has_ended=True):
        """Records the last weights and waits until all is written."""
        self._guarded(self._close, has_ended)

    def _guarded(self, act, *arguments):
        """Nothing that goes wrong here reaches the training."""
        writer = self._writer
        if writer is None or writer.failed is not None or os.getpid() != self._pid:
            return
        try:
            act(*arguments)
        except Exception as error:
            tell(f"{writer.path}: {error}; recording ends here, training goes on")
            words = {"step": self._at, "words": f"recording ends here: {error}"}
            writer.put_bytes(frames.pack_json(frames.WORDS, words))
            writer.end()
            self._writer = None

    def _take(self):
        if self._taken is None and self._is_due():
            self._taken = self._copy()

    def _step(self, loss, eval_loss):
        # A loss may have to be waited for: that is no cost of recording.
        head = point(self._at, loss, eval_loss)
        with self._pace:
            if self._taken is None and self._is_due():
                self._taken = self._copy()
            is_checkpoint = self._taken is not None
            self._put(head)
        self._at += 1
        self._pace.end_step(is_checkpoint)
        if self._pace.is_too_dear(self._stride):
            self._double("recording more would slow the training by more than 2 %")

    def _is_due(self):
        return self._has_room and (self._at == self._first or self._at % self._stride == 0)

    def _copy(self):
        """The weights, or None where there is no room for them."""
        if self._writer.bytes + self._size > self._bound:
            self._has_room = False
            self._say(f"from here on losses only: the recording would grow beyond {self._bound} bytes")
            return None
        theta = self._writer.buffer()
        if theta is None:
            self._double("checkpoints came faster than they could be written")
            return None
        self._parameters.read(theta)
        return theta

    def _put(self, head):
        theta, self._taken = self._taken, None
        if theta is None:
            self._writer.put_bytes(frames.pack(frames.LOSS, head))
            return
        self._writer.put_checkpoint(head, theta)
        self._kept += 1
        if self._kept >= self._most:
            self._double("the budget of checkpoints is full")

    def _double(self, why):
        """What a reader keeps of what came before is then half as much."""
        self._stride, self._kept = 2 * self._stride, (self._kept + 1) // 2
        self._pace.forget()
        self._say(f"from here on every {ordinal(self._stride)} step: {why}", stride=self._stride)

    def _say(self, words, **more):
        self._writer.put_bytes(frames.pack_json(frames.WORDS, {"step": self._at, "words": words, **more}))

    def _close(self, has_ended):
        writer = self._writer
        self._take_last()
        if has_ended:
            writer.put_bytes(frames.pack(frames.END))
        self._writer = None
        writer.end()
        writer.wait()
        atexit.unregister(self.close)

    def _take_last(self):
        """The weights after the last step, whatever the stride."""
        if self._taken is None and self._writer.bytes + self._size <= self._bound:
            self._taken = self._parameters.empty()
            self._parameters.read(self._taken)
        if self._taken is not None:
            self._writer.put_checkpoint(point(self._at, None, None), self._taken)


class Pace:
    """What recording takes of the time of training: by its last nine. As a context it measures recording."""

    def __init__(self):
        self._costs, self._steps = deque(maxlen=9), deque(maxlen=9)
        self._cost, self._last = 0.0, None

    def __enter__(self):
        self._began = time.perf_counter()

    def __exit__(self, *_):
        self._cost += time.perf_counter() - self._began

    def end_step(self, is_checkpoint):
        """A step of training has ended; what was measured since the last is what recording took of it."""
        now = time.perf_counter()
        if is_checkpoint:
            self._costs.append(self._cost)
        if self._last is not None:
            self._steps.append(now - self._last - self._cost)
        self._cost, self._last = 0.0, now

    def forget(self):
        """Measures anew."""
        self._costs.clear()

    def is_too_dear(self, stride):
        """Whether a checkpoint every `stride` steps takes more of them than it may."""
        if len(self._costs) < 9 or len(self._steps) < 9:
            return False
        # The least of them is what it costs where nothing else comes between.
        cost = min(self._costs)
        return cost > SHARE * stride * max(statistics.median(self._steps), SHORT)


def free_path(path):
    """The path, or one beside it where a file is there already: a recording is never written over."""
    path = Path(path)
    beside = path
    number = 2
    while beside.exists():
        beside = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    if beside != path:
        tell(f"{path} is there already; recording to {beside}")
    return beside


def rank():
    """The number of this process among those that train one model together."""
    distributed = sys.modules.get("torch.distributed")
    if distributed is not None and distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank()
    named = (os.environ.get(name) for name in ("RANK", "OMPI_COMM_WORLD_RANK", "SLURM_PROCID"))
    return int(next((value for value in named if value and value.isdigit()), "0"))


def ordinal(stride):
    """2 as `second`, 4 as `4th`: strides are powers of two."""
    if stride == 2:
        return "second"
    return f"{stride}{'nd' if stride % 10 == 2 and stride % 100 != 12 else 'th'}"
