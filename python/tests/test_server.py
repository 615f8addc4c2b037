"""The talk with an evaluator: a child over its standard streams, a server on 127.0.0.1, and what goes wrong."""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

from losscape_recorder import Recorder, Recording, frames

from . import model3, plans

PYTHON = Path(__file__).parents[1]

SCRIPT = """
import os, sys
from losscape_recorder import Batches, serve
from tests import model3
print("what a script prints is no frame")
calls = 0
def loss(theta):
    global calls
    calls += 1
    if calls == int(os.environ.get("FAIL_AT", 0)):
        raise ArithmeticError("no loss there")
    return model3.loss(theta)
port = os.environ.get("PORT")
serve(loss, layout=model3.start(), recording=os.environ.get("RUN"), gradient=model3.loss_and_gradient,
      evaluation=Batches([(model3.X, model3.Y)]), port=None if port is None else int(port))
"""


def full(vector):
    """A vector of a plan, given in full."""
    return b"\1" + np.ascontiguousarray(vector, "<f8").tobytes()


def combined(steps, coefficients):
    """A vector of a plan as a combination of checkpoints."""
    return struct.pack("<BI", 0, len(steps)) + np.array(steps, "<u8").tobytes() + np.array(coefficients, "<f8").tobytes()


def plan(number, *vectors):
    return frames.pack(frames.PLAN, struct.pack("<QI", number, len(vectors) - 1), *vectors)


def request(number, plan_number, alphas):
    alphas = np.ascontiguousarray(alphas, "<f8")
    return frames.pack(frames.REQUEST, struct.pack("<QQII", number, plan_number, *alphas.shape), alphas)


class Case(unittest.TestCase):
    def start(self, **environment):
        environment = {**os.environ, **environment}
        environment.pop("PYTHONUNBUFFERED", None)
        self.child = subprocess.Popen(
            [sys.executable, "-c", SCRIPT], cwd=PYTHON, env=environment, stdin=-1, stdout=-1, stderr=-1
        )
        self.addCleanup(self.end)
        return self.child

    def end(self):
        if self.child.returncode is None:
            self.child.kill()
            self.child.communicate()

    def child_talk(self, **environment):
        child = self.start(**environment)
        self.reader, self.writer = child.stdout, child.stdin
        self.assertEqual(self.reader.read(8), frames.TALK)
        self.send(frames.TALK)
        return self.hello()

    def hello(self):
        kind, body = frames.read(self.reader)
        self.assertEqual(kind, frames.HELLO)
        return json.loads(body)

    def send(self, *content):
        self.writer.write(b"".join(content))
        self.writer.flush()

    def answered(self, number):
        kind, body = frames.read(self.reader)
        self.assertEqual(kind, frames.ANSWER, body)
        self.assertEqual(struct.unpack_from("<Q", body), (number,))
        return np.frombuffer(body, "<f8", offset=8)

    def error(self):
        kind, body = frames.read(self.reader)
        self.assertEqual(kind, frames.ERROR)
        return json.loads(body)


class Child(Case):
    def test_losses_are_those_of_plain_numpy(self):
        hello = self.child_talk()
        self.assertEqual((hello["dim"], hello["recording"], hello["has_gradient"]), (13, None, True))
        self.assertEqual(hello["blocks"][0], {"name": "fc1.weight", "kind": "dense", "shape": [3, 2]})
        self.assertEqual(hello["evaluation"]["examples"], 500)
        origin, directions = plans.plane_of_model3()
        alphas = np.random.default_rng(1).normal(size=(5000, 2))
        self.send(plan(7, full(origin), *map(full, directions)), request(1, 7, alphas), request(2, 7, alphas[:3]))
        expected = [model3.loss(origin + u * directions[0] + v * directions[1]) for u, v in alphas]
        losses = self.answered(1)
        np.testing.assert_allclose(losses, expected, rtol=0, atol=1e-14)
        np.testing.assert_array_equal(self.answered(2), losses[:3])

    def test_what_a_script_prints_goes_to_standard_error(self):
        self.child_talk()
        said, errors = self.child.communicate()
        self.assertEqual((self.child.returncode, said), (0, b""))
        self.assertEqual(errors, b"what a script prints is no frame\n")

    def test_planes_are_combinations_of_checkpoints_also_of_those_that_came_later(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "run.lsr"
            weights, thetas = model3.start(), []
            with Recorder(path, weights) as r:
                for step, theta, loss in model3.train(50):
                    for array, part in zip(weights.values(), model3.split(theta)):
                        array[...] = part
                    thetas.append(theta)
                    r.step(loss)
            whole = path.read_bytes()
            path.write_bytes(whole[: len(whole) // 2])
            self.assertEqual(self.child_talk(RUN=str(path))["recording"], Recording(path).header["id"])
            with open(path, "ab") as file:
                file.write(whole[len(whole) // 2 :])
            origin = combined(range(50), [1 / 50] * 50)
            direction = combined([0, 49, 7], [-1.0, 0.75, 0.25])
            self.send(plan(1, origin, direction), request(1, 1, [[0.0], [1.5]]))
            mean, way = np.mean(thetas, 0), 0.75 * thetas[49] + 0.25 * thetas[7] - thetas[0]
            expected = [model3.loss(mean), model3.loss(mean + 1.5 * way)]
            np.testing.assert_allclose(self.answered(1), expected, rtol=0, atol=1e-12)
            self.send(plan(2, combined([999], [1.0])), request(2, 1, [[0.0]]))
            self.assertEqual(self.error(), {"id": 2, "words": "the recording has no checkpoint of step 999"})
            self.assertEqual(self.error(), {"id": 2, "words": "plan 1 is not the one that was sent last"})

    def test_gradients(self):
        self.child_talk()
        origin, (direction, _) = plans.plane_of_model3()
        self.send(plan(1, full(origin), full(direction)))
        self.send(frames.pack(frames.GRADIENT_REQUEST, struct.pack("<QQId", 5, 1, 1, 0.5)))
        kind, body = frames.read(self.reader)
        self.assertEqual(kind, frames.GRADIENT)
        loss, gradient = model3.loss_and_gradient(origin + 0.5 * direction)
        self.assertEqual(struct.unpack_from("<Q", body), (5,))
        np.testing.assert_allclose(np.frombuffer(body, "<f8", offset=8), [loss, *gradient], rtol=0, atol=1e-14)

    def test_after_an_error_the_talk_goes_on(self):
        self.child_talk(FAIL_AT="2")
        origin, directions = plans.plane_of_model3()
        self.send(plan(1, full(origin), full(directions[0])), request(1, 1, [[0.0], [1.0]]), request(2, 1, [[0.0]]))
        self.assertEqual(self.error(), {"id": 1, "words": "ArithmeticError: no loss there"})
        self.assertEqual(self.answered(2)[0], model3.loss(origin))
        for wrong, words in [
            (request(3, 1, [[0.0, 1.0]]), "alphas of 2 numbers; the plan has 1 directions"),
            (plan(3, full(origin[:5])), "a vector that is shorter than 13 numbers"),
            (plan(3, b"\2"), "a vector of form 2; expected 0 or 1"),
            (plan(3, full(origin) + b"\0"), "a plan with 1 bytes too many"),
            (plan(3, combined([0], [1.0])), "a combination of checkpoints, and no recording is served"),
        ]:
            self.send(wrong)
            self.assertIn(words, self.error()["words"])
        self.send(frames.pack(99), plan(4, full(origin)), request(4, 4, np.zeros((1, 0))))
        self.assertEqual(self.answered(4)[0], model3.loss(origin))

    def test_ended_by_whoever_started_it_it_is_gone(self):
        self.child_talk()
        self.child.send_signal(signal.SIGTERM)
        self.assertEqual(self.reader.read(), b"")


class Tcp(Case):
    def connect(self, token):
        self.connection = socket.create_connection(("127.0.0.1", self.port))
        self.reader, self.writer = self.connection.makefile("rb"), self.connection.makefile("wb")
        for opened in (self.connection, self.reader, self.writer):
            self.addCleanup(opened.close)
        self.send(frames.TALK, frames.pack(frames.TOKEN, token))
        self.assertEqual(self.reader.read(8), frames.TALK)

    def test_only_the_right_token_is_answered(self):
        child = self.start(PORT="0", LOSSCAPE_TOKEN="secret")
        while b"tcp:127.0.0.1:" not in (line := child.stderr.readline()):
            pass
        self.assertNotIn(b"secret", line)
        self.port = int(line.rsplit(b":", 1)[1])
        for wrong in [b"", b"secre", b"other!"]:
            self.connect(wrong)
            self.assertEqual(self.error(), {"id": None, "words": "the token is wrong"})
            self.assertEqual(self.reader.read(), b"")
        for _ in range(2):
            self.connect(b"secret")
            self.assertEqual(self.hello()["dim"], 13)
            origin, _ = plans.plane_of_model3()
            self.send(plan(1, full(origin)), request(1, 1, np.zeros((1, 0))))
            self.assertEqual(self.answered(1)[0], model3.loss(origin))
            self.connection.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    unittest.main()
