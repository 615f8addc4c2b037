"""Losscape's Model 3 on XOR in numpy: two inputs, three sigmoid units, one sigmoid output, mean squared error.

As a script it is an evaluator of that loss for Losscape: `python model3.py slice.npz`.
"""

import os
import sys

import numpy as np

BLOCKS = {"fc1.weight": (3, 2), "fc1.bias": (3,), "fc2.weight": (1, 3), "fc2.bias": (1,)}


def data():
    """500 points of XOR: x [500, 2], y [500, 1]. Losscape's own come with its slices."""
    if path := os.environ.get("MODEL3_SLICE"):
        with np.load(path) as arrays:
            return arrays["x"], arrays["y"]
    x = np.random.default_rng(0).uniform(-1, 1, (500, 2))
    return x, (x[:, :1] * x[:, 1:] > 0).astype(float)


X, Y = data()


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def start(seed=0):
    """Weights to begin with, by name."""
    rng = np.random.default_rng(seed)
    return {name: rng.uniform(-0.7, 0.7, shape) for name, shape in BLOCKS.items()}


def split(theta):
    """The weights of a theta [13]."""
    return theta[:6].reshape(3, 2), theta[6:9], theta[9:12].reshape(1, 3), theta[12:]


def loss(theta):
    """The loss at a theta [13]."""
    w1, b1, w2, b2 = split(theta)
    with np.errstate(over="ignore"):
        p = sigmoid(sigmoid(X @ w1.T + b1) @ w2.T + b2)
    return np.mean((p - Y) ** 2)


def loss_and_gradient(theta):
    """The loss and its gradient [13]."""
    w1, b1, w2, b2 = split(theta)
    h = sigmoid(X @ w1.T + b1)
    p = sigmoid(h @ w2.T + b2)
    d2 = 2 * (p - Y) / len(X) * p * (1 - p)
    d1 = d2 @ w2 * h * (1 - h)
    gradient = [(d1.T @ X).ravel(), d1.sum(0), (d2.T @ h).ravel(), d2.sum(0)]
    return np.mean((p - Y) ** 2), np.concatenate(gradient)


def train(steps, lr=5.0, seed=0):
    """Gradient descent; yields step, theta, loss before each update."""
    theta = np.concatenate([array.ravel() for array in start(seed).values()])
    for step in range(steps):
        value, gradient = loss_and_gradient(theta)
        yield step, theta, value
        theta = theta - lr * gradient


if __name__ == "__main__":
    from losscape_recorder import serve

    os.environ["MODEL3_SLICE"] = sys.argv[1]
    X, Y = data()
    serve(loss, layout=start(), gradient=loss_and_gradient)
