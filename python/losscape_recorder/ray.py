"""Does a plan on Ray: `python -m losscape_recorder.ray plan/ my_model:loss --gpus-per-worker 1`.

Workers hold the model and the plane; tiles are written here, so that they need no folder in common. A worker that dies is started again
and its tile with it.
"""

import os
import sys

from .eval import parser
from .evaluation import checked_losses
from .plan import BadPlan, Plan
from .worker import BadTarget, Progress, load

# Tiles that wait at each worker, so that it never waits for one.
AHEAD = 2


class Worker:
    """A process that holds the model, and the plane by reference to what was put once."""

    def __init__(self, target, folder, plane):
        import ray

        self.evaluation = load(target, folder)
        self.evaluation.set_plane(*ray.get(plane[0]))

    def losses(self, alphas):
        """The losses at the alphas, and what they are of."""
        return checked_losses(self.evaluation, alphas), self.evaluation.described


def work(plan, target, workers=None, cpus=1, gpus=0, folder=None, on_done=lambda tile: None):
    """Does what is missing of a plan on the Ray that is initialised. Without `workers` as many as it has room for."""
    import ray

    tiles = plan.missing()
    workers = min(workers or room(ray.cluster_resources(), cpus, gpus), max(len(tiles), 1))
    plane = [ray.put(plan.plane())]
    options = dict(num_cpus=cpus, num_gpus=gpus, max_restarts=-1, max_task_retries=-1)
    actor = ray.remote(Worker).options(**options)
    actors = [actor.remote(target, folder or os.getcwd(), plane) for _ in range(workers)]
    waiting, running = iter(tiles), {}

    def give(worker):
        if (tile := next(waiting, None)) is not None:
            running[worker.losses.remote(plan.cells(tile)[1])] = (tile, worker)

    for worker in actors * AHEAD:
        give(worker)
    while running:
        (done, *_), _ = ray.wait(list(running))
        tile, worker = running.pop(done)
        losses, described = ray.get(done)
        plan.write(tile, losses, described)
        on_done(tile)
        give(worker)


def room(resources, cpus, gpus):
    """How many workers there is room for."""
    by_cpu = int(resources.get("CPU", 1) // cpus) if cpus else sys.maxsize
    by_gpu = int(resources.get("GPU", 0) // gpus) if gpus else sys.maxsize
    if min(by_cpu, by_gpu) < 1:
        raise BadPlan(f"no room for a worker of {cpus} processors and {gpus} GPUs in {dict(resources)}")
    return min(by_cpu, by_gpu)


def main(arguments=None):
    """Exit codes: 0 done, 1 failed while working, 2 the request was wrong."""
    asked = parser(__doc__.splitlines()[0])
    asked.add_argument("--address", help="of a Ray that runs (auto: the one here); else one is started on this machine")
    asked.add_argument("--workers", type=int, help="how many; as many as there is room for")
    asked.add_argument("--cpus-per-worker", type=float, default=1)
    asked.add_argument("--gpus-per-worker", type=float, default=0)
    asked = asked.parse_args(arguments)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        plan = Plan(asked.plan)
        plan.check(load(asked.loss))
        import ray

        start(ray, asked)
        on_done = Progress(plan, list(plan.tiles))
        work(plan, asked.loss, asked.workers, asked.cpus_per_worker, asked.gpus_per_worker, on_done=on_done)
    except (BadPlan, BadTarget) as error:
        print(f"losscape-recorder: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        print(f"losscape-recorder: {error}; expected to be installed: pip install ray", file=sys.stderr)
        return 2
    return 0


def start(ray, asked):
    """Joins the Ray at an address, to which this folder is sent, or starts one on this machine."""
    if asked.address:
        ray.init(asked.address, runtime_env={"working_dir": "."}, log_to_driver=False)
    else:
        cpus = asked.workers and max(int(asked.workers * asked.cpus_per_worker), 1)
        ray.init(num_cpus=cpus, include_dashboard=False, log_to_driver=False)


if __name__ == "__main__":
    sys.exit(main())
