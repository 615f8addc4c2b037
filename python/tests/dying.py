"""Model 3's loss in a process that dies: at its cell number DYING_AT, once for each file that can be taken from DYING_FOLDER."""

import os
import signal
from pathlib import Path

from . import model3

seen = 0


def loss(theta):
    global seen
    seen += 1
    if seen == int(os.environ.get("DYING_AT", 0)):
        for life in Path(os.environ["DYING_FOLDER"]).glob("life*"):
            try:
                life.unlink()
            except FileNotFoundError:
                continue
            os.kill(os.getpid(), signal.SIGKILL)
    return model3.loss(theta)
