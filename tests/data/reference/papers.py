"""Writes papers.json: optimizers and a schedule that come from papers, by their authors' formulas.

numpy in float64 alone, from which nothing of the program is taken. Run it in this folder: the start is drawn from
seed 1, examples are those of optimizers.json.

- Lion: Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", program 1.
- Muon: Keller Jordan et al. 2024, kellerjordan.github.io/posts/muon, and AdamW (Loshchilov and Hutter 2019) for the
  rest. The authors round to bfloat16 within the iteration; here as there in float64.
- SAM: Foret et al. 2021, "Sharpness-Aware Minimization", algorithm 1 with p = 2, over SGD with momentum.
- Restarts: the stepwise rule of torch.optim.lr_scheduler.CosineAnnealingWarmRestarts (Loshchilov and Hutter 2017).
"""

import json
import math

import numpy as np

WIDTHS = [2, 4, 3, 1]
STEPS = 30


def blocks(theta):
    """(name, array) in PyTorch's order, each a view of theta."""
    at = 0
    for layer, (inputs, outputs) in enumerate(zip(WIDTHS, WIDTHS[1:]), 1):
        yield f"fc{layer}.weight", theta[at:at + outputs * inputs].reshape(outputs, inputs)
        at += outputs * inputs
        yield f"fc{layer}.bias", theta[at:at + outputs]
        at += outputs


def loss_and_grad(theta, x, y):
    """Mean squared error of a network of sigmoids, and its gradient."""
    named = [array for _, array in blocks(theta)]
    layers = list(zip(named[::2], named[1::2]))
    outputs = [x]
    for weight, bias in layers:
        outputs.append(1 / (1 + np.exp(-(outputs[-1] @ weight.T + bias))))
    error = outputs[-1] - y
    grads, delta = [], 2 * error / error.size
    for (weight, _), below, out in zip(layers[::-1], outputs[-2::-1], outputs[:0:-1]):
        delta = delta * out * (1 - out)
        grads = [(delta.T @ below).ravel(), delta.sum(axis=0)] + grads
        delta = delta @ weight
    return float(np.mean(error ** 2)), np.concatenate(grads)


def lion(theta, lr, betas, weight_decay):
    m = np.zeros_like(theta)

    def step(grad):
        update = np.sign(betas[0] * m + (1 - betas[0]) * grad(theta))
        m[:] = betas[1] * m + (1 - betas[1]) * grad(theta)
        theta[:] = theta - lr * (update + weight_decay * theta)
    return step


def sam(theta, lr, rho, momentum, weight_decay):
    velocity = np.zeros_like(theta)

    def step(grad):
        here = grad(theta)
        there = grad(theta + rho * here / np.linalg.norm(here)) + weight_decay * theta
        velocity[:] = momentum * velocity + there
        theta[:] = theta - lr * velocity
    return step


def newton_schulz(g, steps=5, eps=1e-7):
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g / (np.linalg.norm(g) + eps)
    if g.shape[0] > g.shape[1]:
        x = x.T
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if g.shape[0] > g.shape[1] else x


def muon(theta, lr, momentum, weight_decay, adamw_share):
    m, mean, square = (np.zeros_like(theta) for _ in range(3))
    betas, eps, rate, count = (0.9, 0.95), 1e-10, lr * adamw_share, [0]

    def adamw(p, g, mean, square):
        p *= 1 - rate * weight_decay
        mean[:] = betas[0] * mean + (1 - betas[0]) * g
        square[:] = betas[1] * square + (1 - betas[1]) * g * g
        unbiased = [mean / (1 - betas[0] ** count[0]), square / (1 - betas[1] ** count[0])]
        p -= rate * unbiased[0] / (np.sqrt(unbiased[1]) + eps)

    def orthogonal(p, g, m):
        m[:] = momentum * m + (1 - momentum) * g
        ahead = (1 - momentum) * g + momentum * m
        p *= 1 - lr * weight_decay
        p -= lr * max(1, p.shape[0] / p.shape[1]) ** 0.5 * newton_schulz(ahead)

    def step(grad):
        count[0] += 1
        four = [blocks(array) for array in (theta, grad(theta), m, mean, square)]
        for (name, p), (_, g), (_, m_), (_, mean_), (_, square_) in zip(*four):
            is_hidden_weight = name.endswith("weight") and name != f"fc{len(WIDTHS) - 1}.weight"
            orthogonal(p, g, m_) if is_hidden_weight else adamw(p, g, mean_, square_)
    return step


def restarts(base, t_0, t_mult, eta_min, steps):
    lrs, t_cur, t_i = [], 0, t_0
    for _ in range(steps):
        lrs.append(eta_min + (base - eta_min) * (1 + math.cos(math.pi * t_cur / t_i)) / 2)
        t_cur += 1
        if t_cur >= t_i:
            t_cur, t_i = t_cur - t_i, t_i * t_mult
    return lrs


RUNS = [
    ("lion", lion, {"lr": 0.01, "betas": [0.9, 0.99], "weight_decay": 0.0}),
    ("lion_weight_decay", lion, {"lr": 0.02, "betas": [0.95, 0.98], "weight_decay": 0.3}),
    ("muon", muon, {"lr": 0.02, "momentum": 0.95, "weight_decay": 0.0, "adamw_share": 0.015}),
    ("muon_weight_decay", muon, {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.2, "adamw_share": 0.5}),
    ("sam", sam, {"lr": 0.5, "rho": 0.05, "momentum": 0.0, "weight_decay": 0.0}),
    ("sam_weight_decay", sam, {"lr": 0.2, "rho": 0.3, "momentum": 0.9, "weight_decay": 0.01}),
]


def main():
    known = json.load(open("optimizers.json"))["optimizers"]
    x, y = np.array(known["x"]), np.array(known["y"])
    start = np.random.default_rng(1).normal(size=sum((i + 1) * o for i, o in zip(WIDTHS, WIDTHS[1:])))
    runs = []
    for name, make, settings in RUNS:
        theta = start.copy()
        step, thetas, losses = make(theta, **settings), [start.tolist()], []
        for _ in range(STEPS):
            losses.append(loss_and_grad(theta, x, y)[0])
            step(lambda at: loss_and_grad(at, x, y)[1])
            thetas.append(theta.tolist())
        runs.append({"name": name, "settings": settings, "theta": thetas, "loss_before_step": losses})
    layers = [{"in": i, "out": o, "activation": "sigmoid", "bias": True, "skip": False}
              for i, o in zip(WIDTHS, WIDTHS[1:])]
    schedules = {"restarts_t_0_5_t_mult_2_eta_min_0.01": restarts(0.1, 5, 2, 0.01, 20),
                 "restarts_t_0_6": restarts(0.1, 6, 1, 0.0, 20)}
    papers = {"layers": layers, "loss_fn": "mse", "x": x.tolist(), "y": y.tolist(), "runs": runs,
              "schedules": schedules}
    json.dump({"versions": {"numpy": np.__version__}, "seed": 1, "optimizers": papers}, open("papers.json", "w"))


main()
