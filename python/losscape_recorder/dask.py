"""Does a plan on Dask: `python -m losscape_recorder.dask plan/ my_model:loss --scheduler tcp://host:8786`.

Workers hold the model; the plane is sent to each once. Tiles are written here. What died with a worker is done again.
"""

import os
import sys

from .eval import parser
from .evaluation import checked_losses
from .plan import BadPlan, Plan
from .worker import BadTarget, Progress, load

# How often a tile may die with its worker, and how often what is left is handed out anew.
RETRIES = ROUNDS = 10

_resident = {}


def losses_of(plane, key, target, folder, alphas):
    """On a worker: the losses at the alphas, and what they are of. Model and plane stay for the next."""
    evaluation = _resident.get((key, target))
    if evaluation is None:
        evaluation = load(target, folder)
        evaluation.set_plane(*plane)
        _resident.clear()
        _resident[key, target] = evaluation
    return checked_losses(evaluation, alphas), evaluation.described


def work(plan, target, client, folder=None, on_done=lambda tile: None):
    """Does what is missing of a plan on the Dask of a client. Raises what a loss raises."""
    for _ in range(ROUNDS):
        if not (tiles := plan.missing()):
            return
        failure = hand_out(plan, tiles, target, client, folder or os.getcwd(), on_done)
        if failure is not None and len(plan.missing()) == len(tiles):
            raise failure
    if plan.missing():
        raise failure


def hand_out(plan, tiles, target, client, folder, on_done):
    """Has the tiles done as far as that goes; gives back the last failure."""
    from distributed import as_completed

    [plane] = client.scatter([plan.plane()], broadcast=True, hash=False)
    tile_of, failure = {}, None
    for tile in tiles:
        arguments = (plane, plan.hash, target, folder, plan.cells(tile)[1])
        future = client.submit(losses_of, *arguments, pure=False, retries=RETRIES, priority=-tile)
        tile_of[future] = tile
    for future in as_completed(list(tile_of)):
        try:
            plan.write(tile_of[future], *future.result())
            on_done(tile_of[future])
        except Exception as error:  # Whatever it was, the next round tells whether it was the worker's.
            failure = error
    return failure


def main(arguments=None):
    """Exit codes: 0 done, 1 failed while working, 2 the request was wrong."""
    asked = parser(__doc__.splitlines()[0])
    asked.add_argument("--scheduler", help="its address; else a cluster is started on this machine")
    asked.add_argument("--workers", type=int, help="of a cluster on this machine; one a processor")
    asked = asked.parse_args(arguments)
    try:
        plan = Plan(asked.plan)
        plan.check(load(asked.loss))
        client = connected(asked.scheduler, asked.workers)
    except (BadPlan, BadTarget) as error:
        print(f"losscape-recorder: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        print(f"losscape-recorder: {error}; expected to be installed: pip install distributed", file=sys.stderr)
        return 2
    with client:
        work(plan, asked.loss, client, on_done=Progress(plan, list(plan.tiles)))
    return 0


def connected(scheduler, workers):
    """A client of that scheduler, or of a cluster on this machine."""
    from distributed import Client, LocalCluster

    if scheduler:
        return Client(scheduler)
    cluster = LocalCluster(n_workers=workers or os.cpu_count(), threads_per_worker=1, dashboard_address=None)
    return Client(cluster)


if __name__ == "__main__":
    sys.exit(main())
