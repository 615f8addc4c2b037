"""Ray and Dask for real: two workers on this machine, one of which is killed at work. Needs ray and distributed."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

from losscape_recorder import VectorLoss
from losscape_recorder.plan import Plan

from . import model3, plans

PYTHON = Path(__file__).parents[1]


class Cluster(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.whole = Plan(plans.of_model3(self.folder / "whole"))
        self.whole.work(VectorLoss(model3.loss), self.whole.tiles)
        self.plan = Plan(plans.of_model3(self.folder / "plan"))
        self.life = self.folder / "life"

    def run_engine(self, engine, loss, **environment):
        command = [sys.executable, "-m", f"losscape_recorder.{engine}", str(self.plan.folder), loss, "--workers", "2"]
        paths = {"PYTHONPATH": str(PYTHON), "TMPDIR": str(self.folder)}
        environment = {**os.environ, **paths, **environment}
        return subprocess.run(command, cwd=PYTHON, env=environment, capture_output=True, text=True, timeout=300)

    def is_equal_after_a_kill(self, engine):
        self.life.touch()
        done = self.run_engine(engine, "tests.dying:loss", DYING_AT="70", DYING_FOLDER=str(self.folder))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse(self.life.exists(), "no worker died")
        self.assertEqual(self.plan.missing(), [])
        np.testing.assert_array_equal(self.plan.grid(), self.whole.grid())
        for tile in self.plan.tiles:
            self.assertEqual(self.plan.path(tile).read_bytes(), self.whole.path(tile).read_bytes())

    def test_ray(self):
        self.is_equal_after_a_kill("ray")

    def test_dask(self):
        self.is_equal_after_a_kill("dask")

    def test_what_is_wrong_is_told_before_a_cluster_is_started(self):
        for engine in ["ray", "dask"]:
            done = self.run_engine(engine, "tests.model3:nothing")
            self.assertEqual(done.returncode, 2)
            self.assertEqual(
                done.stderr, "losscape-recorder: tests.model3:nothing: module tests.model3 has no nothing\n"
            )


if __name__ == "__main__":
    unittest.main()
