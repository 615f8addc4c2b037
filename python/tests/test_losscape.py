"""The same losses as Losscape's own. Needs its program: LOSSCAPE=path/to/losscape."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import numpy as np

from losscape_recorder import VectorLoss
from losscape_recorder.plan import Plan

from . import model3


@unittest.skipUnless("LOSSCAPE" in os.environ, "LOSSCAPE does not name the program")
class Losscape(unittest.TestCase):
    def test_a_slice_of_model_3_is_that_of_numpy(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "slice.npz"
            command = [os.environ["LOSSCAPE"], "slice", "xor-model3", "-o", str(path), "--grid", "17x13"]
            subprocess.run(command, check=True, capture_output=True)
            with np.load(path) as arrays:
                a = {name: arrays[name] for name in arrays}
        model3.X, model3.Y = a["x"], a["y"]
        evaluation = VectorLoss(model3.loss)
        evaluation.set_plane(a["origin"], a["directions"])
        alphas = np.stack(np.meshgrid(a["alpha1"], a["alpha2"]), axis=-1).reshape(-1, 2)
        np.testing.assert_allclose(evaluation.losses(alphas), a["loss"].ravel(), rtol=0, atol=1e-12)

    def test_a_plan_done_in_parts_is_its_slice(self):
        with tempfile.TemporaryDirectory() as folder:
            whole, plan, again = (Path(folder) / name for name in ["whole.npz", "plan", "again.npz"])
            run = ["xor-model3", "--points", "60", "--steps", "100", "--grid", "17x13"]

            def losscape(*words):
                return subprocess.run([os.environ["LOSSCAPE"], *map(str, words)], check=True, capture_output=True, text=True)

            losscape("slice", *run, "-o", whole)
            losscape("plan", *run, "-o", plan)
            with np.load(whole) as arrays:
                model3.X, model3.Y, expected = arrays["x"], arrays["y"], arrays["loss"]
            work = Plan(plan)
            work.work(VectorLoss(model3.loss), list(work.tiles)[1:])
            self.assertIn("1 of", losscape("slice", plan, "-o", again).stderr)
            work.work(VectorLoss(model3.loss), work.tiles)
            losscape("slice", plan, "--force", "-o", again)
            with np.load(again) as arrays:
                np.testing.assert_allclose(arrays["loss"], expected, rtol=0, atol=1e-12)


if __name__ == "__main__":
    unittest.main()
