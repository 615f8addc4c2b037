"""Makes the checkpoints beside it: `python make.py`, with numpy and h5py, without PyTorch or Keras.

A pickle names classes by their modules, so classes of those names are enough to write what torch.save writes: the
instructions are those that PyTorch 2 gives for the same objects. Numbers are small and exact in 16 bits.
"""

import collections
import io
import json
import pickle
import struct
import sys
import types
import zipfile

import h5py
import numpy as np


def module(name, **names):
    made = types.ModuleType(name)
    for key, value in names.items():
        value.__module__, value.__qualname__ = name, key
        setattr(made, key, value)
    sys.modules[name] = made
    return made


def called():
    def call(*arguments):
        raise AssertionError("only written, never called")

    return call


kinds = {"f4": "FloatStorage", "f8": "DoubleStorage", "f2": "HalfStorage", "i8": "LongStorage"}
torch = module("torch", **{name: type(name, (), {}) for name in [*kinds.values(), "BFloat16Storage"]})
utils = module("torch._utils", _rebuild_tensor_v2=called(), _rebuild_parameter=called())
net = module("shop", Net=type("Net", (), {}))


class Storage:
    def __init__(self, key, kind, array):
        self.key, self.kind, self.array = key, kind, array


class Tensor:
    """A view of a storage; how it is pickled is how torch.Tensor is."""

    def __init__(self, storage, shape, strides, offset=0):
        self.storage, self.shape, self.strides, self.offset = storage, shape, strides, offset

    def __reduce__(self):
        view = (self.storage, self.offset, self.shape, self.strides, False, collections.OrderedDict())
        return utils._rebuild_tensor_v2, view


class Parameter:
    def __init__(self, tensor):
        self.tensor = tensor

    def __reduce__(self):
        return utils._rebuild_parameter, (self.tensor, True, collections.OrderedDict())


class Pickler(pickle.Pickler):
    def __init__(self, file, storages):
        super().__init__(file, 2)
        self.storages = storages

    def persistent_id(self, value):
        if not isinstance(value, Storage):
            return None
        self.storages[value.key] = value
        return ("storage", getattr(torch, value.kind), value.key, "cpu", value.array.size)


def save(path, value):
    text, storages = io.BytesIO(), {}
    Pickler(text, storages).dump(value)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", text.getvalue())
        archive.writestr("archive/byteorder", "little")
        for key, storage in storages.items():
            archive.writestr(f"archive/data/{key}", storage.array.tobytes())
        archive.writestr("archive/version", "3\n")


def tensor(key, array):
    array = np.ascontiguousarray(array)
    strides = tuple(step // array.itemsize for step in array.strides)
    storage = Storage(str(key), kinds[array.dtype.str[1:]], array)
    return Tensor(storage, array.shape, strides)


def values(step, kind):
    """A network of 3 inputs, 2 hidden units and 1 output, moving by a quarter a step."""
    place = lambda at, shape: (np.arange(at, at + int(np.prod(shape)), dtype=kind) + kind(step) / 4).reshape(shape)
    return {"fc1.weight": place(0, (2, 3)), "fc1.bias": place(6, (2,)), "fc2.weight": place(8, (1, 2)), "fc2.bias": place(10, (1,))}


def state(step, kind=np.float32):
    entries = {name: tensor(key, array) for key, (name, array) in enumerate(values(step, kind).items())}
    entries["bn.running_mean"] = tensor(7, np.full(2, 100 * step, np.float32))
    entries["bn.num_batches_tracked"] = tensor(8, np.array(step))
    return collections.OrderedDict(entries)


def lightning(step):
    optimizer = {"state": {0: {"step": tensor(20, np.float32(step)), "exp_avg": tensor(21, np.ones(6, np.float32))}}}
    return {"epoch": step // 10, "global_step": step, "state_dict": state(step), "optimizer_states": [optimizer]}


def views(step):
    """fc1.weight in columns, and fc2 as two views of one storage."""
    own = values(step, np.float32)
    entries = state(step)
    entries["fc1.weight"] = Parameter(Tensor(Storage("0", "FloatStorage", own["fc1.weight"].T.copy()), (2, 3), (1, 2)))
    both = Storage("2", "FloatStorage", np.concatenate([own["fc2.weight"].ravel(), own["fc2.bias"]]))
    entries["fc2.weight"], entries["fc2.bias"] = Tensor(both, (1, 2), (2, 1)), Tensor(both, (1,), (1,), 2)
    return entries


def safetensors(path, arrays, metadata):
    table, body = {"__metadata__": metadata}, b""
    for name, (kind, array) in arrays.items():
        data = array.tobytes()
        table[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(table).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


def upper_half(array):
    return (array.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)


def keras(path, step):
    """What model.save_weights of Keras 3 writes for two dense layers and a normalisation, trained with momentum."""
    own = values(step, np.float32)
    with h5py.File(path, "w") as file:
        def layer(name, *arrays, **options):
            group = file.create_group(f"layers/{name}/vars")
            for at, array in enumerate(arrays):
                group.create_dataset(str(at), data=array, **options)

        layer("dense", own["fc1.weight"].T, own["fc1.bias"])
        layer("dense_1", own["fc2.weight"].T, own["fc2.bias"], compression="gzip", chunks=True)
        layer("batch_normalization", *(np.full(2, value, np.float32) for value in (1, 0, step, step)))
        file.create_group("optimizer/vars").create_dataset("0", data=np.int64(step))
        file["optimizer/vars"].create_dataset("1", data=np.ones(6, np.float32))


def main():
    for step in (5, 10):
        save(f"step-{step}.pt", state(step))
        save(f"views-{step}.pth", views(step))
        save(f"lightning-step={step}.ckpt", lightning(step))
        kind = {5: "F16", 10: "BF16"}[step]
        short = {5: lambda array: array.astype(np.float16), 10: upper_half}[step]
        arrays = {name: (kind, short(array)) for name, array in values(step, np.float32).items()}
        arrays["bn.num_batches_tracked"] = ("I64", np.array(step))
        safetensors(f"step-{step}.safetensors", arrays, {"format": "pt", "step": str(step)})
        packed = {5: np.savez, 10: np.savez_compressed}[step]
        packed(f"step-{step}.npz", **values(step, np.float64))
        keras(f"step-{step}.weights.h5", step)
    with zipfile.ZipFile("model.pt", "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(net.Net(), 2))


main()
