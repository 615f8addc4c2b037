"""What the engines share: finding the loss by its name, and saying how far they are."""

import importlib
import os
import sys

from .evaluation import as_evaluation


class BadTarget(ValueError):
    """A name that leads to no loss, in words."""


def load(target, folder=None):
    """The evaluation that `module:name` names, looked for in the working folder first."""
    module, separator, name = target.partition(":")
    if not separator:
        raise BadTarget(f"{target!r}; expected module:name, as my_model:loss")
    folder = folder or os.getcwd()
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        found = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        raise BadTarget(f"{target}: {error}") from error
    except AttributeError as error:
        raise BadTarget(f"{target}: module {module} has no {name}") from error
    return as_evaluation(found)


class Progress:
    """Tells on standard error how many tiles are done."""

    def __init__(self, plan, tiles):
        self.all, self.done = len(tiles), len(tiles) - len(plan.missing(tiles))
        self.say()

    def say(self):
        """One line, written over itself on a terminal."""
        end = "\r" if sys.stderr.isatty() and self.done < self.all else "\n"
        print(f"{self.done} of {self.all} tiles", end=end, file=sys.stderr, flush=True)

    def __call__(self, tile):
        self.done += 1
        self.say()
