"""Plans: done in parts by processes that are killed, equal to the bit; and what fits none is refused."""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

from losscape_recorder import Batches, VectorLoss
from losscape_recorder.eval import main, part_from
from losscape_recorder.plan import BadPlan, Plan, parse_part, part_of

from . import model3, plans

PYTHON = Path(__file__).parents[1]


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.plan = Plan(plans.of_model3(self.folder / "plan"))


class Work(Case):
    def test_tiles_come_coarse_to_fine_and_hold_each_cell_once(self):
        cells = np.concatenate([self.plan.cells(tile)[0] for tile in self.plan.tiles])
        self.assertEqual(sorted(cells), list(range(25 * 19)))
        self.plan.work(VectorLoss(model3.loss), list(self.plan.tiles)[:1])
        rows = self.plan.grid()
        self.assertTrue(np.isfinite(rows[0, ::2]).all() and np.isnan(rows[:, 1::2]).all())

    def test_losses_are_those_of_plain_numpy(self):
        self.plan.work(VectorLoss(model3.loss, model3.start()), self.plan.tiles)
        np.testing.assert_allclose(self.plan.grid(), plans.expected_of_model3(self.plan), rtol=0, atol=1e-12)

    def test_eight_processes_killed_at_work_lose_nothing_and_change_no_bit(self):
        whole = Plan(plans.of_model3(self.folder / "whole"))
        whole.work(VectorLoss(model3.loss), whole.tiles)
        lives = self.folder / "lives"
        lives.mkdir()
        for life in range(8):
            (lives / f"life{life}").touch()
        killed = 0
        for at in [3, 17, 50, 90]:
            for part in ["1/2", "2/2"]:
                killed += self.part(part, DYING_AT=str(at), DYING_FOLDER=str(lives)).returncode == -9
        self.assertEqual(killed, 8)
        self.assertTrue(self.plan.missing())
        for part in ["1/2", "2/2"]:
            done = self.part(part)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.plan.missing(), [])
        np.testing.assert_array_equal(self.plan.grid(), whole.grid())
        for tile in self.plan.tiles:
            self.assertEqual(self.plan.path(tile).read_bytes(), whole.path(tile).read_bytes())
        self.assertEqual(self.part("1/2").stderr.split(" tiles")[0], "{0} of {0}".format(len(part_of(whole.tiles, 0, 2))))

    def part(self, part, **environment):
        command = [sys.executable, "-m", "losscape_recorder.eval", str(self.plan.folder), "tests.dying:loss", "--part", part]
        environment = {**os.environ, **environment}
        return subprocess.run(command, cwd=PYTHON, env=environment, capture_output=True, text=True)

    def test_a_broken_tile_and_one_of_another_plan_are_done_anew(self):
        self.plan.work(VectorLoss(model3.loss), self.plan.tiles)
        expected = self.plan.grid()
        first, second, *_ = self.plan.tiles
        self.plan.path(first).write_bytes(self.plan.path(first).read_bytes()[:-9])
        self.plan.hash, ours = "0" * 64, self.plan.hash
        self.plan.write(second, np.zeros(len(self.plan.cells(second)[0])))
        self.plan.hash = ours
        self.assertEqual(self.plan.missing(), [first, second])
        self.plan.work(VectorLoss(model3.loss), self.plan.tiles)
        np.testing.assert_array_equal(self.plan.grid(), expected)

    def test_what_is_half_written_has_no_name_of_a_tile(self):
        self.plan.work(VectorLoss(model3.loss), list(self.plan.tiles)[:2])
        self.assertEqual(sorted(os.listdir(self.plan.folder / "tiles")), ["0000.npz", "0001.npz"])


class Parts(unittest.TestCase):
    def test_parts_are_found_by_what_started_the_process(self):
        slurm = {"SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_STEP": "2", "SLURM_ARRAY_TASK_COUNT": "5"}
        self.assertEqual(part_from(slurm), (3, 5))
        self.assertEqual(part_from({"RANK": "2", "WORLD_SIZE": "4"}), (2, 4))
        self.assertEqual(part_from({"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "3"}), (1, 3))
        self.assertEqual(part_from({"SLURM_PROCID": "1", "SLURM_NTASKS": "2"}), (1, 2))
        self.assertEqual(part_from({}), (0, 1))

    def test_parts_share_everything_out(self):
        parts = [part_of(range(11), part, 4) for part in range(4)]
        self.assertEqual(sorted(sum(parts, [])), list(range(11)))
        self.assertEqual(parse_part("4/4"), (3, 4))
        for text in ["0/4", "5/4", "1/0", "half", "-1/4"]:
            with self.assertRaisesRegex(BadPlan, "expected i/n"):
                parse_part(text)


class Refusals(Case):
    def said(self, *arguments):
        with contextlib.redirect_stderr(io.StringIO()) as said:
            self.assertEqual(main([str(argument) for argument in arguments]), 2)
        return said.getvalue()

    def test_each_is_one_clear_line(self):
        other = {**model3.start(), "fc1.weight": np.zeros((2, 3))}
        with self.assertRaisesRegex(BadPlan, r"another network: fc1.weight \[2, 3\] where fc1.weight \[3, 2\]"):
            self.plan.check(VectorLoss(model3.loss, other))
        folder = self.plan.folder
        self.assertIn("'model3'; expected module:name", self.said(folder, "model3"))
        self.assertIn("module tests.model3 has no nothing", self.said(folder, "tests.model3:nothing"))
        self.assertIn("No module named 'tests.none'", self.said(folder, "tests.none:loss"))
        self.assertIn("plan.json: No such file or directory", self.said(self.folder, "tests.model3:loss"))
        directions = folder / "directions.safetensors"
        directions.write_bytes(directions.read_bytes()[:-1] + b"\0")
        self.assertIn("not the directions of this plan", self.said(folder, "tests.model3:loss"))
        plan = json.loads((folder / "plan.json").read_text())
        (folder / "plan.json").write_text(json.dumps({**plan, "format": 2}))
        self.assertIn("a plan of format 2; expected 1", self.said(folder, "tests.model3:loss"))

    def test_other_batches_are_refused(self):
        ours, theirs = (Batches([(np.full((2, 2), i), np.zeros(2))]).described() for i in range(2))
        self.plan.work(VectorLoss(model3.loss, described=ours), list(self.plan.tiles)[:1])
        with self.assertRaisesRegex(BadPlan, "other batches .* than the tiles that are there"):
            self.plan.check(VectorLoss(model3.loss, described=theirs))
        self.plan.evaluation = theirs
        with self.assertRaisesRegex(BadPlan, f"the plan asks for {theirs['hash']}"):
            self.plan.check(VectorLoss(model3.loss, described=ours))


if __name__ == "__main__":
    unittest.main()
