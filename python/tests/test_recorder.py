"""The recorder: what it keeps, what it says, and that training never fails because of it."""

import contextlib
import io
import os
import resource
import subprocess
import sys
import tempfile
import time
import unittest
from collections import namedtuple
from pathlib import Path
from unittest import mock

import numpy as np

from losscape_recorder import Batches, Recorder, Recording
from losscape_recorder.recorder import ordinal

from . import model3


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.path = self.folder / "run.lsr"


def told(act):
    """What is said on standard error."""
    with contextlib.redirect_stderr(io.StringIO()) as said:
        act()
    return said.getvalue()


def read_when_written(path, is_whole):
    """The recording once its thread, for which nobody waits, has written what is looked for."""
    while True:
        with contextlib.suppress(ValueError):
            if is_whole(recording := Recording(path)):
                return recording
        time.sleep(0.01)


class Keeping(Case):
    def test_a_run_of_a_mapping_is_recorded_step_by_step(self):
        weights = model3.start()
        seen = []
        with Recorder(self.path, weights, name="model 3") as r:
            for _, theta, loss in model3.train(300):
                for (name, array), part in zip(weights.items(), model3.split(theta)):
                    array[...] = part
                seen.append((loss, np.concatenate([array.ravel() for array in weights.values()])))
                r.step(loss, eval_loss=2 * loss)
        recording = Recording(self.path)
        self.assertEqual(recording.header["name"], "model 3")
        described = [(b["name"], b["kind"], b["shape"]) for b in recording.header["blocks"]]
        self.assertEqual(
            described,
            [
                ("fc1.weight", "dense", [3, 2]),
                ("fc1.bias", "bias", [3]),
                ("fc2.weight", "dense", [1, 3]),
                ("fc2.bias", "bias", [1]),
            ],
        )
        self.assertEqual(recording.steps, list(range(301)))
        for step, (loss, theta) in enumerate(seen):
            self.assertEqual(recording.losses[step], (loss, 2 * loss))
            np.testing.assert_array_equal(recording.theta(step), theta)
        self.assertTrue(recording.has_ended)

    def test_a_full_budget_doubles_the_stride_and_a_bound_leaves_losses_only(self):
        theta = np.zeros(25)
        with Recorder(self.path, theta, budget=200 * 10, bound=8000) as r:
            for step in range(200):
                theta[:] = step
                r.step(step / 2)
        recording = Recording(self.path)
        # Ten checkpoints of 200 bytes, then five of every further doubling.
        expected = [*range(10), *range(10, 20, 2), *range(20, 40, 4), *range(40, 80, 8)]
        self.assertEqual(recording.steps[:25], expected)
        for step in recording.steps:
            np.testing.assert_array_equal(recording.theta(step), np.full(25, step))
        self.assertEqual([recording.losses[step][0] for step in range(200)], [step / 2 for step in range(200)])
        said = [words for _, words in recording.words]
        self.assertEqual(said[0], "from here on every second step: the budget of checkpoints is full")
        self.assertTrue(said[-1].startswith("from here on losses only: the recording would grow beyond 8000"), said)
        self.assertLess(len(recording.steps) * 200, 8000)

    def test_a_second_recording_lies_beside_the_first(self):
        def record():
            with Recorder(self.path, np.zeros(3)) as r:
                r.step(1.0)

        self.assertEqual(told(record), "")
        before = self.path.read_bytes()
        said = told(record)
        self.assertIn(f"{self.path} is there already; recording to {self.folder / 'run-2.lsr'}", said)
        self.assertEqual(self.path.read_bytes(), before)
        self.assertEqual(Recording(self.folder / "run-2.lsr").steps, [0, 1])

    def test_weights_taken_before_their_loss_is_known_are_of_that_loss(self):
        theta = np.zeros(2)
        with Recorder(self.path, theta) as r:
            for step in range(5):
                r.take()
                theta += 1
                r.step(step)
        recording = Recording(self.path)
        for step in range(6):
            self.assertEqual(recording.theta(step)[0], step)

    def test_an_exception_of_the_script_is_its_own_and_said(self):
        with self.assertRaises(KeyboardInterrupt), Recorder(self.path, np.zeros(2)) as r:
            r.step(1.0)
            raise KeyboardInterrupt
        recording = Recording(self.path)
        self.assertEqual(recording.words, [(1, "training stopped by KeyboardInterrupt")])
        self.assertFalse(recording.has_ended)
        self.assertEqual(recording.steps, [0, 1])

    def test_the_evaluation_stands_in_the_header(self):
        batches = Batches([(np.ones((2, 3), np.float32), np.zeros(2, np.int64)), (np.ones((1, 3)), np.ones(1))])
        Recorder(self.path, np.zeros(2), evaluation=batches).close()
        self.assertEqual(Recording(self.path).header["evaluation"], batches.described())
        self.assertEqual(batches.examples, 3)
        again = Batches([(np.ones((2, 3), np.float32), np.zeros(2, np.int64)), (np.ones((1, 3)), np.ones(1))])
        other = Batches([(np.ones((3, 2), np.float32), np.zeros(2, np.int64)), (np.ones((1, 3)), np.ones(1))])
        self.assertEqual(batches.hash, again.hash)
        self.assertNotEqual(batches.hash, other.hash)

    def test_steps_that_are_slowed_by_more_than_two_percent_are_thinned(self):
        theta = np.zeros(2)

        def slow():
            time.sleep(0.004)
            return theta

        with Recorder(self.path, slow) as r:
            for _ in range(60):
                time.sleep(0.002)
                r.step(1.0)
        recording = Recording(self.path)
        self.assertIn("slow the training by more than 2 %", recording.words[0][1])
        self.assertLess(len(recording.steps), 40)
        self.assertEqual(len(recording.losses), 61)

    def test_a_script_that_never_closes_it_loses_nothing(self):
        script = f"""
import numpy as np
from losscape_recorder import Recorder
theta = np.zeros(1000)
r = Recorder({str(self.path)!r}, theta)
for step in range(500):
    theta[:] = step
    r.step(step)
"""
        subprocess.run([sys.executable, "-c", script], check=True)
        recording = Recording(self.path)
        self.assertEqual(recording.steps, list(range(501)))
        self.assertTrue(recording.has_ended)

    def test_only_the_first_of_several_processes_records(self):
        with mock.patch.dict(os.environ, RANK="1"):
            with Recorder(self.path, np.zeros(2)) as r:
                r.step(1.0)
        self.assertFalse(self.path.exists())
        with mock.patch.dict(os.environ, RANK="0"), Recorder(self.path, np.zeros(2)) as r:
            r.step(1.0)
        self.assertTrue(self.path.exists())


class Failing(Case):
    def test_a_full_disk_is_told_once_and_training_goes_on(self):
        theta = np.zeros(1000)

        def train():
            soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
            try:
                with Recorder(self.path, theta) as r:
                    for step in range(300):
                        r.step(step)
                        time.sleep(0.0002)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

        said = told(train)
        self.assertEqual(said.count("recording ends here, training goes on"), 1, said)
        self.assertIn("File too large", said)
        recording = Recording(self.path)
        self.assertEqual(recording.steps, list(range(12)))
        self.assertIsNone(recording.damage, "the frame that was begun is taken back")

    def test_a_device_that_is_full_does_not_raise(self):
        with mock.patch("losscape_recorder.recorder.free_path", lambda path: path):
            with mock.patch("losscape_recorder.writer.open", lambda *_, **__: open("/dev/full", "wb", buffering=0), create=True):
                said = told(lambda: [r := Recorder(self.path, np.zeros(9)), [r.step(1.0) for _ in range(9)], r.close()])
        self.assertEqual(said.count("No space left on device"), 1, said)

    def test_a_folder_that_is_not_there_is_told_before_training_goes_on(self):
        said = told(lambda: Recorder(self.folder / "none/run.lsr", np.zeros(2)).step(1.0))
        self.assertIn("No such file or directory; nothing is recorded, training goes on", said)

    def test_weights_that_change_their_shape_end_the_recording_only(self):
        weights = {"w": np.zeros((2, 2))}

        def train():
            with Recorder(self.path, lambda: weights) as r:
                r.step(1.0)
                weights["w"] = np.zeros((3, 2))
                r.step(1.0)
                r.step(1.0)

        self.assertIn("w has become [3, 2]; expected [2, 2]; recording ends here", told(train))
        recording = read_when_written(self.path, lambda recording: recording.words)
        self.assertEqual(recording.words, [(1, "recording ends here: w has become [3, 2]; expected [2, 2]")])
        self.assertEqual((recording.steps, recording.has_ended), ([0], False))

    def test_weights_that_are_gone_at_the_end_lose_nothing_of_before(self):
        weights = [np.zeros(3)]

        def train():
            with Recorder(self.path, lambda: weights[0]) as r:
                for step in range(20):
                    r.step(step)
                weights.clear()

        self.assertEqual(told(train).count("recording ends here"), 1)
        recording = read_when_written(self.path, lambda recording: recording.words)
        self.assertEqual(recording.steps, list(range(20)))

    def test_what_is_no_model_is_refused_before_training(self):
        for model, words in [(3, "a model of type int"), ({"n": np.arange(3)}, "without a floating-point array")]:
            with self.assertRaisesRegex(TypeError, words):
                Recorder(self.path, model)


class Models(Case):
    def recorded(self, model, **options):
        Recorder(self.path, model, **options).close()
        recording = Recording(self.path)
        blocks = {b["name"]: (b["kind"], b["shape"]) for b in recording.header["blocks"]}
        return recording, blocks

    def test_lists_tuples_and_nested_mappings_are_named_by_the_way_to_them(self):
        Layer = namedtuple("Layer", "w b")
        _, blocks = self.recorded([Layer(np.zeros((4, 3)), np.zeros(4)), {"deep": {"scale": np.ones(4)}}])
        expected = {"0.w": ("dense", [4, 3]), "0.b": ("bias", [4]), "1.deep.scale": ("norm_scale", [4])}
        self.assertEqual(blocks, expected)

    def test_kernels_of_keras_and_flax_are_turned_to_outputs_first(self):
        kernel = np.arange(6.0).reshape(2, 3)
        conv = np.arange(24.0).reshape(2, 2, 3, 2)
        tree = {"a": {"kernel": kernel}, "b": {"kernel": conv}}
        recording, blocks = self.recorded(tree)
        self.assertEqual(blocks, {"a.kernel": ("dense", [3, 2]), "b.kernel": ("convolution", [2, 3, 2, 2])})
        theta = recording.theta(0)
        np.testing.assert_array_equal(theta[:6].reshape(3, 2), kernel.T)
        np.testing.assert_array_equal(theta[6:].reshape(2, 3, 2, 2), conv.transpose(3, 2, 0, 1))

    def test_half_precision_is_widened_and_integers_are_left_out(self):
        recording, blocks = self.recorded({"w": np.full((2, 2), 0.1, np.float16), "count": np.arange(3)})
        self.assertEqual(recording.header["dtype"], "f32")
        np.testing.assert_array_equal(recording.theta(0), np.full(4, np.float16(0.1), np.float32))
        self.assertEqual(recording.header["left_out"], [{"name": "count", "shape": [3]}])

    def test_kinds_can_be_said(self):
        _, blocks = self.recorded({"table": np.zeros((9, 2)), "w": np.zeros((2, 2))}, kinds={"tab*": "other"})
        self.assertEqual((blocks["table"][0], blocks["w"][0]), ("other", "dense"))
        with self.assertRaisesRegex(ValueError, "kind 'embedding' for 'tab\\*'; expected one of dense"):
            Recorder(self.path, {"table": np.zeros((9, 2))}, kinds={"tab*": "embedding"})

    def test_strides_are_spelt(self):
        self.assertEqual([ordinal(2**i) for i in range(1, 10)], "second 4th 8th 16th 32nd 64th 128th 256th 512th".split())


if __name__ == "__main__":
    unittest.main()
