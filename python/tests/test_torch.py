"""The adapters for PyTorch, with a real one: `make test-torch`. Skipped aloud where torch is not installed."""

import tempfile
import unittest
from pathlib import Path

import numpy as np

from losscape_recorder import Batches, Recorder, Recording, TorchLoss, mean_loss
from losscape_recorder.parameters import of_torch

try:
    import torch
    from torch import nn
except ImportError:
    torch = None


def network():
    """A small network with what real ones have: convolution, normalisation, dropout, embedding-free head."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.5), nn.Flatten(), nn.Linear(144, 3)
    )


def data():
    torch.manual_seed(1)
    return [(torch.randn(n, 1, 8, 8), torch.randint(0, 3, (n,))) for n in (16, 16, 7)]


@unittest.skipIf(torch is None, "TORCH IS NOT INSTALLED: its adapters are not tested")
class Torch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "run.lsr"
        self.model, self.data = network(), data()

    def test_a_run_is_recorded(self):
        loss = nn.CrossEntropyLoss()
        optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1)
        batches, seen = Batches(self.data), []
        with Recorder(self.path, self.model, evaluation=batches) as r:
            for x, y in self.data * 5:
                optimizer.zero_grad()
                value = loss(self.model(x), y)
                value.backward()
                seen.append(torch.cat([p.detach().flatten() for p in self.model.parameters()]).numpy())
                r.step(value, eval_loss=mean_loss(self.model, loss, batches))
                optimizer.step()
        recording = Recording(self.path)
        blocks = [(b["name"], b["kind"], b["shape"]) for b in recording.header["blocks"]]
        self.assertEqual(
            blocks,
            [
                ("0.weight", "convolution", [4, 1, 3, 3]),
                ("0.bias", "bias", [4]),
                ("1.weight", "norm_scale", [4]),
                ("1.bias", "bias", [4]),
                ("5.weight", "dense", [3, 144]),
                ("5.bias", "bias", [3]),
            ],
        )
        left_out = [block["name"] for block in recording.header["left_out"]]
        self.assertEqual(left_out, ["1.running_mean", "1.running_var", "1.num_batches_tracked"])
        self.assertEqual(recording.steps, list(range(16)))
        for step, theta in enumerate(seen):
            np.testing.assert_array_equal(recording.theta(step), theta)
        self.assertEqual(recording.header["evaluation"]["hash"], Batches(self.data).hash)
        self.assertTrue(all(module.training for module in self.model.modules()), "its mode is as it was")

    def test_kinds_follow_the_modules(self):
        model = nn.ModuleDict(
            {"table": nn.Embedding(5, 2), "norm": nn.LayerNorm(2), "up": nn.ConvTranspose1d(2, 3, 2), "rnn": nn.LSTM(2, 3)}
        )
        kinds = {block.name: block.kind for block in of_torch(model).blocks}
        self.assertEqual(kinds["table.weight"], "other")
        self.assertEqual((kinds["norm.weight"], kinds["norm.bias"]), ("norm_scale", "bias"))
        self.assertEqual((kinds["up.weight"], kinds["up.bias"]), ("other", "bias"))
        self.assertEqual((kinds["rnn.weight_ih_l0"], kinds["rnn.bias_hh_l0"]), ("dense", "bias"))

    def test_losses_in_place_are_those_of_weights_set_from_outside(self):
        loss = nn.CrossEntropyLoss()
        evaluation = TorchLoss(self.model, loss, self.data)
        origin = torch.cat([p.detach().flatten() for p in self.model.parameters()]).double().numpy()
        rng = np.random.default_rng(0)
        directions = [rng.normal(size=len(origin)) * 0.1 for _ in range(2)]
        evaluation.set_plane(origin, directions)
        alphas = rng.normal(size=(6, 2))
        other = network().eval()
        for alpha, found in zip(alphas, evaluation.losses(alphas)):
            theta = torch.from_numpy(origin + alpha @ directions).float()
            nn.utils.vector_to_parameters(theta, other.parameters())
            with torch.no_grad():
                values = [loss(other(x), y) * len(y) for x, y in self.data]
            self.assertAlmostEqual(found, float(sum(values)) / 39, delta=1e-5)
        np.testing.assert_array_equal(evaluation.losses(alphas), evaluation.losses(alphas))

    def test_its_gradient_is_the_slope_of_its_losses(self):
        model = network().double()
        evaluation = TorchLoss(model, nn.CrossEntropyLoss(), [(x.double(), y) for x, y in self.data])
        origin = torch.cat([p.detach().flatten() for p in model.parameters()]).numpy().copy()
        direction = np.random.default_rng(0).normal(size=len(origin))
        evaluation.set_plane(origin, [direction])
        loss, gradient = evaluation.gradient([0.3])
        below, here, above = evaluation.losses([[0.3 - 1e-5], [0.3], [0.3 + 1e-5]])
        self.assertAlmostEqual(loss, here, delta=1e-12)
        self.assertAlmostEqual(gradient @ direction, (above - below) / 2e-5, delta=1e-6)


if __name__ == "__main__":
    unittest.main()
