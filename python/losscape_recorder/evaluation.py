"""Losses at the points of a plane: theta = origin + sum of alpha_i direction_i.

An evaluation has `set_plane(origin, directions)` (any iterable of vectors), `losses(alphas [n, k]) -> [n]`, perhaps `gradient(alpha [k]) -> (loss, gradient)`,
and says what its losses are of in `described`.
"""

import numpy as np

from .batches import as_batches
from .layout import dim_of, slices
from .parameters import NotAModel, of_torch, parameters_of, unwrapped

# Numbers of theta that are worked on at once: they stay in the processor's cache.
AT_ONCE = 1 << 15


class VectorLoss:
    """A loss that is a function of one vector: `loss_at(theta [dim] f64) -> number`. The vector is filled anew for the next point.

    `layout` says what the vector is: its length, a recording's header, or anything `parameters_of` takes. `gradient_at(theta) -> (loss,
    gradient)` is optional. `described` says which data the loss is of, as docs/recordings.md writes it.
    """

    def __init__(self, loss_at, layout=None, gradient_at=None, described=None, name=None):
        self.loss_at, self.gradient_at, self.described = loss_at, gradient_at, described
        self.name = name or getattr(loss_at, "__name__", "loss")
        read = None if layout is None else parameters_of(layout)
        self.blocks, self.left_out = (read.blocks, read.left_out) if read else (None, [])

    @property
    def has_gradient(self):
        """Whether it can be asked for gradients."""
        return self.gradient_at is not None

    def set_plane(self, origin, directions):
        """The plane whose points are asked for; vectors `[dim]`."""
        self._plane = [np.asarray(vector, np.float64) for vector in (origin, *directions)]

    def losses(self, alphas):
        """The loss at each of the alphas `[n, k]`."""
        alphas, losses = np.asarray(alphas), np.empty(len(alphas))
        dim = len(self._plane[0])
        thetas = np.empty((min(max(AT_ONCE // dim, 1), len(alphas)), dim))
        for start in range(0, len(alphas), max(len(thetas), 1)):
            some = alphas[start : start + len(thetas)]
            found = map(self.loss_at, self._fill(thetas[: len(some)], some))
            losses[start : start + len(some)] = np.fromiter(found, np.float64, len(some))
        return losses

    def gradient(self, alpha):
        """Loss and gradient at a point."""
        [theta] = self._fill(np.empty((1, len(self._plane[0]))), np.asarray(alpha)[None])
        loss, gradient = self.gradient_at(theta)
        return float(loss), np.asarray(gradient, np.float64)

    def _fill(self, thetas, alphas):
        """The points `[n, dim]`. Each number is found in the same order whatever else is asked for."""
        for start in range(0, thetas.shape[1], AT_ONCE):
            place = slice(start, start + AT_ONCE)
            thetas[:, place] = self._plane[0][place]
            for alpha, direction in zip(alphas.T, self._plane[1:]):
                thetas[:, place] += alpha[:, None] * direction[place]
        return thetas


class TorchLoss:
    """The mean loss of a torch module on fixed batches, in evaluation mode. The module's weights are moved.

    `loss(output, target)` is a mean over a batch `(inputs..., target)`; a batch that is a mapping goes to the module by name, and the
    loss is what it returns as `.loss`, or `loss(output, batch)`.
    """

    has_gradient = True

    def __init__(self, model, loss, data):
        self.model, self.loss, self.batches = unwrapped(model), loss, as_batches(data)
        self._read = of_torch(self.model)
        self.name, self.blocks, self.left_out = self._read.name, self._read.blocks, self._read.left_out
        if any(dict(self.model.named_parameters())[block.name].shape != block.shape for block in self.blocks):
            raise NotAModel("a model whose weights are kept as [in, out]; these can be recorded but not served")
        self._parameters = list(self.model.parameters())

    @property
    def described(self):
        """What its losses are of."""
        return self.batches.described()

    def set_plane(self, origin, directions):
        """The plane whose points are asked for; its vectors are kept as the module keeps its weights."""
        self._origin = self._split(origin)
        self._directions = [self._split(direction) for direction in directions]

    def losses(self, alphas):
        """The loss at each of the alphas `[n, k]`, each set in place."""
        return np.array([self._loss_at(alpha) for alpha in np.asarray(alphas)])

    def gradient(self, alpha):
        """Loss and gradient at a point."""
        import torch

        self._move_to(alpha)
        total, weight = 0.0, 0
        self.model.zero_grad(set_to_none=True)
        with evaluating(self.model):
            for batch in self.batches:
                value, examples = loss_of(self.model, self.loss, batch)
                (value * (examples / self.batches.examples)).backward()
                total, weight = total + float(value) * examples, weight + examples
        parts = [torch.zeros_like(p) if p.grad is None else p.grad for p in self._parameters]
        gradient = np.concatenate([part.detach().double().cpu().numpy().ravel() for part in parts])
        self.model.zero_grad(set_to_none=True)
        return total / weight, gradient

    def _loss_at(self, alpha):
        self._move_to(alpha)
        return mean_loss(self.model, self.loss, self.batches)

    def _move_to(self, alpha):
        import torch

        with torch.no_grad():
            for place, parameter in enumerate(self._parameters):
                parameter.copy_(self._origin[place])
                for step, direction in zip(alpha, self._directions):
                    parameter.add_(direction[place], alpha=float(step))

    def _split(self, vector):
        import torch

        vector = np.asarray(vector)
        parts = zip(slices(self.blocks), self._parameters)
        return [torch.from_numpy(vector[place].copy()).view(p.shape).to(p.device, p.dtype) for place, p in parts]


def mean_loss(model, loss, batches):
    """The mean loss of a torch module on fixed batches, in evaluation mode: what `eval_loss` is to be."""
    import torch

    total, weight = 0.0, 0
    with torch.no_grad(), evaluating(model):
        for batch in batches:
            value, examples = loss_of(model, loss, batch)
            total, weight = total + float(value) * examples, weight + examples
    return total / weight


def loss_of(model, loss, batch):
    """The loss of a batch, and how many examples it has."""
    device = next(model.parameters()).device
    if hasattr(batch, "items"):
        batch = {key: value.to(device) if hasattr(value, "to") else value for key, value in batch.items()}
        output = model(**batch)
        return (output.loss if loss is None else loss(output, batch)), len(next(iter(batch.values())))
    *inputs, target = (value.to(device) if hasattr(value, "to") else value for value in batch)
    return loss(model(*inputs), target), len(target)


class evaluating:
    """Evaluation mode for a while, each module as it was afterwards."""

    def __init__(self, model):
        self.model = model

    def __enter__(self):
        self.modes = [(module, module.training) for module in self.model.modules()]
        self.model.eval()

    def __exit__(self, *_):
        for module, mode in self.modes:
            module.training = mode


def as_evaluation(target):
    """An evaluation, or a function of one vector as one."""
    if hasattr(target, "losses") and hasattr(target, "set_plane"):
        return target
    if not callable(target):
        raise TypeError(f"a loss of type {type(target).__name__}; expected a function of theta, or an evaluation")
    return VectorLoss(target)


def checked_losses(evaluation, alphas):
    """Its losses at the alphas, one each."""
    losses = np.asarray(evaluation.losses(alphas), np.float64)
    if losses.shape != (len(alphas),):
        raise ValueError(f"losses of shape {list(losses.shape)}; expected [{len(alphas)}]")
    return losses


def dim_of_evaluation(evaluation):
    """How long its theta is, or None where it does not say."""
    return dim_of(evaluation.blocks) if evaluation.blocks else None
