"""What theta is of a model: blocks of weights, and how they are read into one vector.

`parameters_of` takes a torch module, a Keras model, any pytree of arrays that JAX knows, a mapping, a list or an array of
numpy, or a function without arguments that returns one of these.
"""

import sys

import numpy as np

from . import layout
from .layout import Block, chosen, dim_of, kind_by_name, slices

FLOATS = ("float16", "bfloat16", "float32", "float64")


class NotAModel(TypeError):
    """What was handed over is nothing that weights can be read from."""


class Parameters:
    """Blocks, what was left out, the precision, and `read(theta)`, which fills a vector `[dim]` of that precision."""

    def __init__(self, name, blocks, left_out, dtype, read_blocks):
        self.name, self.blocks, self.left_out, self.dtype = name, blocks, left_out, dtype
        self.dim = dim_of(blocks)
        self._slices = list(slices(blocks))
        self._read_blocks = read_blocks

    def empty(self):
        """A theta to read into."""
        return np.empty(self.dim, np.float64 if self.dtype == "f64" else np.float32)

    def read(self, theta):
        """Copies the weights as they are now into theta."""
        self._read_blocks([theta[place].reshape(block.shape) for place, block in zip(self._slices, self.blocks)])


def parameters_of(model, kinds=None):
    """The parameters of a model. `kinds` {pattern of names: kind} says what names do not."""
    if hasattr(model, "named_parameters"):
        return of_torch(unwrapped(model), kinds)
    if hasattr(model, "trainable_weights") and hasattr(model, "non_trainable_weights"):
        return of_keras(model, kinds)
    if leaves_of(model):
        return of_arrays(lambda: model, kinds)
    if callable(model):
        return of_arrays(model, kinds)
    raise NotAModel(
        f"a model of type {type(model).__name__}; expected a torch module, a Keras model, a pytree, mapping, list or "
        "array of floating-point numbers, or a function that returns one"
    )


# Torch


def unwrapped(model):
    """The module within what distributes or compiles it."""
    while True:
        if type(model).__name__ == "FullyShardedDataParallel":
            raise NotAModel("a model sharded by FSDP, of which each process holds a part only; expected a whole one")
        if type(model).__name__ in ("DistributedDataParallel", "DataParallel"):
            model = model.module
        elif hasattr(model, "_orig_mod"):
            model = model._orig_mod
        else:
            return model


def of_torch(module, kinds=None):
    """The parameters of a torch module, in its own order."""
    import torch

    named, turned = [], []
    owners = dict(module.named_modules())
    blocks = []
    for name, parameter in module.named_parameters():
        if type(parameter).__name__ == "DTensor" or hasattr(parameter, "device_mesh"):
            raise NotAModel(f"{name}, a tensor that is spread over devices; expected a whole one")
        owner = type(owners[name.rpartition(".")[0]]).__name__
        # The one of transformers keeps its weight as [in, out].
        is_turned = owner == "Conv1D" and parameter.dim() == 2
        shape = tuple(parameter.shape)[::-1] if is_turned else tuple(parameter.shape)
        blocks.append(Block(name, chosen(kind_in_torch(name, shape, owner), name, kinds), shape))
        named.append(parameter)
        turned.append(is_turned)

    def read_blocks(views):
        with torch.no_grad():
            for view, parameter, is_turned in zip(views, named, turned):
                torch.from_numpy(view).copy_(parameter.t() if is_turned else parameter)

    left_out = [described(name, buffer.shape) for name, buffer in module.named_buffers()]
    is_double = any(parameter.dtype == torch.float64 for parameter in named)
    return Parameters(type(module).__name__, blocks, left_out, "f64" if is_double else "f32", read_blocks)


def kind_in_torch(name, shape, owner):
    """The kind of a parameter by its name, its shape and the class of the module it belongs to."""
    last = name.rsplit(".", 1)[-1]
    if "bias" in last:
        return layout.BIAS
    if "Norm" in owner and len(shape) == 1:
        return layout.NORM_SCALE
    # A transposed convolution keeps its weight as [in, out, ...]: its rows are no filters.
    if "Embedding" in owner or "Transpose" in owner:
        return layout.OTHER
    if "Conv" in owner and len(shape) >= 3:
        return layout.CONVOLUTION
    return layout.DENSE if len(shape) == 2 and "weight" in last else layout.OTHER


# Keras


def of_keras(model, kinds=None):
    """The trainable weights of a Keras model; its kernels are turned to `[out, in, ...]`."""
    weights = list(model.trainable_weights)
    names = [getattr(weight, "path", None) or weight.name for weight in weights]
    blocks = [turned_block(name, tuple(weight.shape), kinds) for name, weight in zip(names, weights)]

    def read_blocks(views):
        # On JAX the weights of the model lag behind those that are trained.
        getattr(model, "jax_state_sync", lambda: None)()
        for view, name, weight in zip(views, names, weights):
            view[...] = turned(name, to_numpy(weight))

    left_out = [described(getattr(w, "path", None) or w.name, w.shape) for w in model.non_trainable_weights]
    is_double = any("float64" in str(weight.dtype) for weight in weights)
    return Parameters(getattr(model, "name", "model"), blocks, left_out, "f64" if is_double else "f32", read_blocks)


# Arrays


def of_arrays(function, kinds=None):
    """The floating-point arrays of what a function returns, named by the way to them."""
    leaves = leaves_of(function())
    places = [place for place, (_, array) in enumerate(leaves) if is_float(array)]
    if not places:
        raise NotAModel("a model without a floating-point array; expected one at least")
    floats = [leaves[place] for place in places]
    blocks = [turned_block(name, tuple(array.shape), kinds) for name, array in floats]

    def read_blocks(views):
        now = arrays_of(function())
        for view, block, place in zip(views, blocks, places):
            array = turned(block.name, to_numpy(now[place]))
            if array.shape != view.shape:
                raise ValueError(f"{block.name} has become {list(array.shape)}; expected {list(view.shape)}")
            view[...] = array

    left_out = [described(name, array.shape) for name, array in leaves if not is_float(array)]
    is_double = any(str(array.dtype) == "float64" for _, array in floats)
    return Parameters("model", blocks, left_out, "f64" if is_double else "f32", read_blocks)


def leaves_of(tree):
    """The arrays of a tree with their names: in JAX's order where they are JAX's, else as they stand."""
    if (jax := jax_of(tree)) is not None:
        leaves = [(joined(path), leaf) for path, leaf in jax.tree_util.tree_flatten_with_path(tree)[0]]
    else:
        leaves = list(walked(tree, ()))
    return [(name or "theta", leaf) for name, leaf in leaves if is_array(leaf)]


def arrays_of(tree):
    """The arrays alone, in the same order."""
    jax = jax_of(tree)
    leaves = jax.tree_util.tree_leaves(tree) if jax is not None else [leaf for _, leaf in walked(tree, ())]
    return [leaf for leaf in leaves if is_array(leaf)]


def jax_of(tree):
    """JAX, where the script has imported it and the tree is not of numpy alone."""
    jax = sys.modules.get("jax")
    if jax is None or all(isinstance(leaf, np.ndarray) for _, leaf in walked(tree, ())):
        return None
    return jax


def is_array(leaf):
    """Whether a leaf is an array of any framework."""
    return hasattr(leaf, "shape") and hasattr(leaf, "dtype")


def walked(tree, path):
    """Mappings and sequences, in their own order."""
    if hasattr(tree, "items"):
        for key, child in tree.items():
            yield from walked(child, (*path, str(key)))
    elif isinstance(tree, (list, tuple)):
        keys = getattr(tree, "_fields", range(len(tree)))
        for key, child in zip(keys, tree):
            yield from walked(child, (*path, str(key)))
    else:
        yield ".".join(path), tree


def joined(path):
    """A path of JAX as `params.Dense_0.kernel`."""
    parts = (next((getattr(key, name) for name in ("key", "name", "idx") if hasattr(key, name)), key) for key in path)
    return ".".join(str(part) for part in parts)


# What they share


def turned_block(name, shape, kinds):
    """The block of an array as theta has it."""
    is_turned = turns(name, len(shape))
    shape = tuple(np.moveaxis(np.empty(shape, np.bool_), (-1, -2), (0, 1)).shape) if is_turned else shape
    kind = kind_by_name(name, shape)
    if is_turned:
        kind = layout.DENSE if len(shape) == 2 else layout.CONVOLUTION
    elif "kernel" in last_of(name):
        kind = layout.OTHER
    return Block(name, chosen(kind, name, kinds), shape)


def last_of(name):
    """The last part of a name."""
    return name.replace("/", ".").rsplit(".", 1)[-1]


def turns(name, rank):
    """Whether it is a kernel as Keras and Flax keep it: `[..., in, out]`."""
    is_kernel = last_of(name) in ("kernel", "recurrent_kernel")
    return is_kernel and rank >= 2 and "transpose" not in name.lower() and "depthwise" not in name.lower()


def turned(name, array):
    """The array as theta has it: kernels with their outputs first."""
    return np.moveaxis(array, (-1, -2), (0, 1)) if turns(name, array.ndim) else array


def is_float(array):
    """Whether it is of floating-point numbers; others are no parameters."""
    return str(array.dtype).rsplit(".", 1)[-1] in FLOATS


def to_numpy(array):
    """An array or variable of any framework as numpy's."""
    if hasattr(array, "detach"):
        array = array.detach().cpu()
        return array.float().numpy() if "bfloat16" in str(array.dtype) else array.numpy()
    return array.numpy() if hasattr(array, "numpy") and not isinstance(array, np.ndarray) else np.asarray(array)


def described(name, shape):
    """What was left out, as headers write it."""
    return {"name": name, "shape": [int(side) for side in shape]}
