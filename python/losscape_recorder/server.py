"""Serves a loss to Losscape: over standard input and output as its child, or on 127.0.0.1 with a token."""

import hmac
import os
import secrets
import socket
import struct
import sys

import numpy as np

from . import __version__, frames
from .evaluation import TorchLoss, VectorLoss, checked_losses
from .layout import blocks_of, dim_of, first_difference
from .recording import Recording
from .writer import tell

REQUEST = struct.Struct("<QQII")
GRADIENT_REQUEST = struct.Struct("<QQI")
TOKEN = "LOSSCAPE_TOKEN"


class Refused(Exception):
    """A request that cannot be answered, in words."""


def serve(target, loss=None, data=None, *, recording=None, layout=None, gradient=None, evaluation=None, port=None):
    """Answers Losscape until its input ends.

    `serve(model, loss, data)` serves a torch module on fixed batches; `serve(loss_at)` a function of theta `[dim]`, with `layout` (an array, a
    mapping …) or `recording` saying what theta is, `gradient(theta) -> (loss, gradient)` perhaps, and `evaluation` (`Batches`) its data.
    `recording` is the path of the run whose checkpoints planes are made of. Without `port` the talk goes over standard input and output; with it
    on 127.0.0.1 there (0: any free port), for whoever has the token in the environment's LOSSCAPE_TOKEN, or the one that is
    printed.
    """
    run = Recording(recording) if recording is not None else None
    session = Session(served(target, loss, data, layout, gradient, evaluation), run)
    if port is None:
        serve_parent(session)
    else:
        serve_port(session, port)


def served(target, loss, data, layout, gradient, evaluation):
    """What was handed over, as an evaluation."""
    if hasattr(target, "losses") and hasattr(target, "set_plane"):
        return target
    if hasattr(target, "named_parameters"):
        return TorchLoss(target, loss, data)
    described = evaluation.described() if evaluation is not None else None
    return VectorLoss(target, layout, gradient, described)


class Session:
    """What is served, and the plane that is asked about."""

    def __init__(self, evaluation, run):
        self.evaluation, self.run, self.plan, self.k = evaluation, run, None, 0
        self.blocks, self.left_out = evaluation.blocks, evaluation.left_out
        if self.blocks is None:
            if run is None:
                raise ValueError("nothing says what theta is; expected layout= or recording=")
            self.blocks, self.left_out = blocks_of(run.header["blocks"]), run.header["left_out"]
        self.dim = dim_of(self.blocks)
        if run is not None and (words := first_difference(self.blocks, blocks_of(run.header["blocks"]))):
            raise ValueError(f"the network is not that of {run.path}: {words}")

    def hello(self):
        """What it can do."""
        return {
            "format": 1,
            "program": f"losscape-recorder {__version__}",
            "name": self.evaluation.name,
            "dim": self.dim,
            "blocks": [block.described() for block in self.blocks],
            "left_out": self.left_out,
            "recording": self.run.header["id"] if self.run else None,
            "has_gradient": bool(self.evaluation.has_gradient),
            "evaluation": self.evaluation.described,
        }

    def talk(self, reader, writer):
        """Answers frames until they end."""
        send(writer, frames.pack_json(frames.HELLO, self.hello()))
        while frame := frames.read(reader):
            send(writer, self.answer(*frame))

    def answer(self, kind, body):
        """The frame that answers one, or None."""
        answers = {frames.PLAN: self._set_plan, frames.REQUEST: self._losses, frames.GRADIENT_REQUEST: self._gradient}
        if kind not in answers:
            return None
        identity = int.from_bytes(body[:8], "little")
        try:
            return answers[kind](body)
        except Exception as error:  # The talk goes on whatever the loss function does.
            words = str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}"
            return frames.pack_json(frames.ERROR, {"id": identity, "words": words})

    def _set_plan(self, body):
        self.plan = None
        plan, k = struct.unpack_from("<QI", body)
        # One after another, so that no more of them are held than the evaluation keeps.
        vectors = self._vectors(body, 1 + k)
        self.evaluation.set_plane(next(vectors), vectors)
        self.plan, self.k = plan, k

    def _vectors(self, body, count):
        """The vectors of a plan, the origin first."""
        if self.run is not None:
            self.run.refresh()
        place = 12
        for _ in range(count):
            vector, place = self._vector(body, place)
            yield vector
        if place != len(body):
            raise Refused(f"a plan with {len(body) - place} bytes too many")

    def _vector(self, body, place):
        """A vector of a plan, and where the next begins."""
        form, place = body[place], place + 1
        if form == 1:
            end = place + 8 * self.dim
            if end > len(body):
                raise Refused(f"a vector that is shorter than {self.dim} numbers")
            return np.frombuffer(body, "<f8", self.dim, place), end
        if form != 0:
            raise Refused(f"a vector of form {form}; expected 0 or 1")
        (count,) = struct.unpack_from("<I", body, place)
        steps = np.frombuffer(body, "<u8", count, place + 4)
        coefficients = np.frombuffer(body, "<f8", count, place + 4 + 8 * count)
        return self._combination(steps.tolist(), coefficients.tolist()), place + 4 + 16 * count

    def _combination(self, steps, coefficients):
        if self.run is None or not steps:
            raise Refused("a combination of checkpoints, and no recording is served; expected vectors in full")
        if missing := sorted(set(steps) - set(self.run.steps)):
            raise Refused(f"the recording has no checkpoint of step {missing[0]}")
        return self.run.combination(steps, coefficients)

    def _losses(self, body):
        identity, plan, n, k = REQUEST.unpack_from(body)
        self._check(plan, k)
        alphas = np.frombuffer(body, "<f8", n * k, REQUEST.size).reshape(n, k)
        losses = checked_losses(self.evaluation, alphas)
        return frames.pack(frames.ANSWER, struct.pack("<Q", identity), losses.astype("<f8"))

    def _gradient(self, body):
        identity, plan, k = GRADIENT_REQUEST.unpack_from(body)
        self._check(plan, k)
        if not self.evaluation.has_gradient:
            raise Refused("no gradient is served")
        loss, gradient = self.evaluation.gradient(np.frombuffer(body, "<f8", k, GRADIENT_REQUEST.size))
        if gradient.shape != (self.dim,):
            raise Refused(f"a gradient of shape {list(gradient.shape)}; expected [{self.dim}]")
        return frames.pack(frames.GRADIENT, struct.pack("<Qd", identity, loss), gradient.astype("<f8"))

    def _check(self, plan, k):
        if plan != self.plan:
            raise Refused(f"plan {plan} is not the one that was sent last")
        if k != self.k:
            raise Refused(f"alphas of {k} numbers; the plan has {self.k} directions")


def send(writer, frame):
    """Sends a frame, if there is one."""
    if frame is not None:
        writer.write(frame)
        writer.flush()


def serve_parent(session):
    """Talks over standard input and output. What the script prints goes to standard error."""
    reader, writer = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # What it printed before still waits in the buffer.
    sys.stdout.flush()
    try:
        writer.write(frames.TALK)
        writer.flush()
        read_magic(reader)
        session.talk(reader, writer)
    except (BrokenPipeError, frames.CutOff):
        pass  # The window has gone.
    except frames.Damaged as error:
        tell(f"{error} on standard input; expected to be started by: losscape view --evaluator '...'")


def serve_port(session, port):
    """Talks with one window after another on 127.0.0.1."""
    token = os.environ.get(TOKEN)
    with socket.create_server(("127.0.0.1", port)) as listener:
        port = listener.getsockname()[1]
        if not token:
            token = secrets.token_hex(16)
            tell(f"the token is {token}")
        tell(f"serving; look with: {TOKEN}=... losscape view --evaluator tcp:127.0.0.1:{port}")
        while True:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as reader, connection.makefile("wb") as writer:
                try:
                    greet(reader, writer, token)
                    session.talk(reader, writer)
                except (OSError, frames.CutOff, frames.Damaged, Refused) as error:
                    tell(f"a connection ended: {error or type(error).__name__}")


def greet(reader, writer, token):
    """Says nothing before the token is right."""
    read_magic(reader)
    kind, body = frames.read(reader) or (None, b"")
    writer.write(frames.TALK)
    if kind != frames.TOKEN or not hmac.compare_digest(body, token.encode()):
        send(writer, frames.pack_json(frames.ERROR, {"id": None, "words": "the token is wrong"}))
        raise Refused("its token is wrong")


def read_magic(reader):
    """The first bytes of a talk."""
    if (magic := reader.read(len(frames.TALK))) != frames.TALK:
        if frames.TALK.startswith(magic):
            raise frames.CutOff
        raise frames.Damaged(f"a talk that begins with {magic!r}")
