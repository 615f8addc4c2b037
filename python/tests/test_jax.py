"""JAX as the real framework: a run of it recorded, its loss served through numpy. Needs jax."""

import os
import tempfile
import unittest
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from losscape_recorder import Recorder, Recording, VectorLoss
from losscape_recorder.plan import Plan

from . import model3, plans

jax.config.update("jax_enable_x64", True)
os.environ.setdefault("JAX_PLATFORMS", "cpu")


def loss(params, x, y):
    hidden = jax.nn.sigmoid(x @ params["dense_1"]["kernel"] + params["dense_1"]["bias"])
    p = jax.nn.sigmoid(hidden @ params["dense_2"]["kernel"] + params["dense_2"]["bias"])
    return jnp.mean((p - y) ** 2)


def start():
    """Model 3's start as Flax keeps it."""
    w1, b1, w2, b2 = model3.start().values()
    return {
        "dense_1": {"bias": jnp.array(b1), "kernel": jnp.array(w1.T)},
        "dense_2": {"bias": jnp.array(b2), "kernel": jnp.array(w2.T)},
    }


class Jax(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_a_run_is_recorded_and_is_that_of_numpy(self):
        params, x, y = start(), jnp.array(model3.X), jnp.array(model3.Y)
        value_and_grad = jax.jit(jax.value_and_grad(loss))
        with Recorder(self.folder / "run.lsr", lambda: params) as r:
            for _ in range(100):
                value, grads = value_and_grad(params, x, y)
                r.step(value)
                params = jax.tree_util.tree_map(lambda p, g: p - 5.0 * g, params, grads)
        recording = Recording(self.folder / "run.lsr")
        blocks = [(b["name"], b["kind"], b["shape"]) for b in recording.header["blocks"]]
        expected = [("bias", "bias", [3]), ("kernel", "dense", [3, 2]), ("bias", "bias", [1]), ("kernel", "dense", [1, 3])]
        layers = ["dense_1", "dense_1", "dense_2", "dense_2"]
        self.assertEqual(blocks, [(f"{layer}.{name}", *rest) for layer, (name, *rest) in zip(layers, expected)])
        for step, theta, value in model3.train(100):
            w1, b1, w2, b2 = model3.split(theta)
            expected = np.concatenate([b1, w1.ravel(), b2, w2.ravel()])
            if step in recording.steps:
                np.testing.assert_allclose(recording.theta(step), expected, rtol=0, atol=1e-12)
            self.assertAlmostEqual(recording.losses[step][0], value, delta=1e-12)

    def test_a_pytree_of_single_precision_is_recorded_so(self):
        params = [jnp.ones((2, 3), jnp.bfloat16), {"count": jnp.arange(3)}]
        Recorder(self.folder / "run.lsr", params).close()
        recording = Recording(self.folder / "run.lsr")
        self.assertEqual((recording.header["dtype"], recording.theta(0).tolist()), ("f32", [1.0] * 6))
        self.assertEqual(recording.header["left_out"], [{"name": "1.count", "shape": [3]}])

    def test_a_loss_of_jax_does_a_plan(self):
        plan = Plan(plans.of_model3(self.folder / "plan"))
        named = {"fc1.weight": (3, 2), "fc1.bias": (3,), "fc2.weight": (1, 3), "fc2.bias": (1,)}
        tree = [jnp.zeros(shape) for shape in named.values()]
        _, unravel = ravel_pytree(tree)

        @jax.jit
        def loss_at(theta):
            w1, b1, w2, b2 = unravel(theta)
            params = {"dense_1": {"kernel": w1.T, "bias": b1}, "dense_2": {"kernel": w2.T, "bias": b2}}
            return loss(params, model3.X, model3.Y)

        plan.work(VectorLoss(loss_at), plan.tiles)
        np.testing.assert_allclose(plan.grid(), plans.expected_of_model3(plan), rtol=0, atol=1e-12)


if __name__ == "__main__":
    unittest.main()
