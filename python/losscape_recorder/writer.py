"""The thread that writes a recording, so that training waits for a copy of its weights only."""

import queue
import sys
import threading
from collections import deque

from . import frames

# Copies of theta that may wait to be written: this many bytes, but not fewer than two and not more than 1024.
WAITING = 64 << 20
# Frames up to this long are written in one piece.
SMALL = 64 << 10


class Writer:
    """Appends frames to a new file in the background. It never raises after it is made: a full disk is told once.

    `failed` holds the error that ended it, `bytes` what was handed over so far.
    """

    def __init__(self, path, parameters):
        self.path, self.failed, self.bytes = path, None, 0
        self._file = open(path, "xb", buffering=0)
        self._whole = 0
        self._parameters = parameters
        self._unmade = min(max(WAITING // max(parameters.empty().nbytes, 1), 2), 1024)
        # The one used last is taken first: it is still in the processor's cache.
        self._free, self._frames = deque(), queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="losscape-recorder", daemon=True)
        self._thread.start()

    def buffer(self):
        """A theta to fill and hand to `put`, or None while all wait to be written."""
        try:
            return self._free.pop()
        except IndexError:
            if self._unmade == 0:
                return None
            self._unmade -= 1
            return self._parameters.empty()

    def put_bytes(self, content):
        """Appends bytes."""
        self.bytes += len(content)
        self._frames.put(content)

    def put_checkpoint(self, head, theta):
        """Appends a checkpoint; theta is used anew when it is written."""
        self.bytes += len(head) + theta.nbytes
        self._frames.put((head, theta))

    def end(self):
        """Nothing more comes."""
        self._frames.put(None)

    def wait(self):
        """Waits until everything is written."""
        self._thread.join()

    def _run(self):
        while (item := self._frames.get()) is not None:
            if self.failed is None:
                self._write(item)
            if isinstance(item, tuple):
                self._free.append(item[1])
        self._file.close()

    def _write(self, item):
        pieces = frames.pieces(frames.CHECKPOINT, *item) if isinstance(item, tuple) else [item]
        length = sum(len(piece) for piece in pieces)
        try:
            for piece in pieces if length > SMALL else [b"".join(pieces)]:
                self._write_all(piece)
            self._whole += length
        except (OSError, ValueError) as error:
            self._fail(error)

    def _write_all(self, piece):
        """A full disk takes a part before it refuses."""
        rest = memoryview(piece)
        while rest:
            rest = rest[self._file.write(rest) :]

    def _fail(self, error):
        """Tells it once, and takes back the frame that was begun."""
        self.failed = error
        try:
            self._file.truncate(self._whole)
        except OSError:
            pass  # A reader takes every whole frame and leaves the rest.
        words = getattr(error, "strerror", None) or error
        tell(f"{self.path}: {words}; recording ends here, training goes on")


def tell(words):
    """Says something where the person who trains looks."""
    try:
        print(f"losscape-recorder: {words}", file=sys.stderr, flush=True)
    except (OSError, ValueError, AttributeError):
        pass
