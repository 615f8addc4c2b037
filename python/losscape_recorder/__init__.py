"""Records training runs for Losscape, and evaluates slices of their landscapes where the network lives.

    from losscape_recorder import Recorder
    with Recorder("run.lsr", model) as r:
        for x, y in data:
            ...
            loss.backward()
            r.step(loss)
            optimizer.step()

The formats are described in docs/recordings.md. numpy is all it needs; frameworks are used where the script has
imported them.
"""

__version__ = "0.1.0"

from .batches import Batches  # noqa: E402
from .evaluation import TorchLoss, VectorLoss, mean_loss  # noqa: E402
from .recorder import Recorder  # noqa: E402
from .recording import Recording  # noqa: E402
from .server import serve  # noqa: E402

__all__ = ["Batches", "Recorder", "Recording", "TorchLoss", "VectorLoss", "mean_loss", "serve"]
