"""Does a part of a plan: `python -m losscape_recorder.eval plan/ my_model:loss --part 3/8`.

Without --part it is taken from what started it (a Slurm array, torchrun, MPI), else it does all. Started again, it does what is
missing.
"""

import argparse
import os
import sys

from .plan import BadPlan, Plan, parse_part, part_of
from .worker import BadTarget, Progress, load

# Names of a process's number, counted from 0, and of how many there are.
RANKS = [("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"), ("RANK", "WORLD_SIZE")]


def part_from(environment):
    """(part, parts), counted from 0, by what started the process."""
    if "SLURM_ARRAY_TASK_ID" in environment:
        number, first, step, parts = (
            int(environment.get(f"SLURM_ARRAY_TASK_{name}", default))
            for name, default in [("ID", 0), ("MIN", 0), ("STEP", 1), ("COUNT", 1)]
        )
        return (number - first) // step, parts
    for rank, size in RANKS:
        if rank in environment and size in environment:
            return int(environment[rank]), int(environment[size])
    if int(environment.get("SLURM_NTASKS", 1)) > 1 and "SLURM_PROCID" in environment:
        return int(environment["SLURM_PROCID"]), int(environment["SLURM_NTASKS"])
    return 0, 1


def parser(description):
    """What all engines are asked with."""
    arguments = argparse.ArgumentParser(description=description)
    arguments.add_argument("plan", help="the folder that losscape plan wrote")
    arguments.add_argument("loss", help="module:name of a loss function of theta, or of an evaluation such as TorchLoss")
    return arguments


def main(arguments=None):
    """Exit codes: 0 done, 2 the request was wrong."""
    asked = parser(__doc__.splitlines()[0])
    asked.add_argument("--part", help="i/n: the i-th of n parts, from 1")
    asked = asked.parse_args(arguments)
    try:
        part, parts = parse_part(asked.part) if asked.part else part_from(os.environ)
        plan = Plan(asked.plan)
        tiles = part_of(plan.tiles, part, parts)
        plan.work(load(asked.loss), tiles, Progress(plan, tiles))
    except (BadPlan, BadTarget) as error:
        print(f"losscape-recorder: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
