"""How many resources each stack has, and how long its program takes in process: `python -m bench.building`."""

import argparse
import resource
import subprocess
import sys
import time
from collections import Counter
from statistics import median

from local.host import Model, capture
from local.host.capture import ROOT

_LINE = "{:10} {:>9} {:>10} {:>7}   {:>14} {:>14}"
_SPLIT = "{:>6.2f} s {:>4.2f} s"

# What a first run pays before the program's first line: the SDK alone, and the SDK's modules that the program uses.
_SDK = "import pulumi, pulumi_aws, pulumi_kubernetes"
_PROGRAM = "import stacks.region, stacks.worldwide"


def main() -> int:
    """Prints the tables. Beside other work compare CPU, not wall time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="of each stack, once the first is over")
    runs = parser.parse_args().runs
    stacks = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))
    print(_LINE.format("stack", "resources", "components", "types", "cold wall, CPU", "warm wall, CPU"))
    for stack in stacks:
        model, cold = cold_run(stack)
        warm = [timed(stack)[1] for _ in range(runs)]
        managed = [one for one in model if one.id is not None]
        print(
            _LINE.format(
                stack,
                len(managed),
                len(model.resources) - len(managed),
                len({one.type for one in managed}),
                _SPLIT.format(*cold),
                _SPLIT.format(*(median(figures) for figures in zip(*warm, strict=True))),
            )
        )
        common = Counter(one.type for one in managed).most_common(5)
        print("  most:", ", ".join(f"{count} {kind.rpartition(':')[2]}" for kind, count in common))
    sdk, program = imported(_SDK), imported(f"{_SDK}; {_PROGRAM}")
    print(f"of a cold run: {sdk:.2f} s CPU to import the SDKs, {program - sdk:.2f} s for the modules that are used")
    return 0


def cold_run(stack: str) -> tuple[Model, tuple[float, float]]:
    """The stack's model, and what its first run takes in a process of its own, interpreter included."""
    before, started = children(), time.perf_counter()
    run(f"from local.host import capture; capture({stack!r})")
    figures = time.perf_counter() - started, children() - before
    return capture(stack), figures


def timed(stack: str) -> tuple[Model, tuple[float, float]]:
    """The stack's model, and the wall and CPU time of a run."""
    wall, cpu = time.perf_counter(), time.process_time()
    model = capture(stack)
    return model, (time.perf_counter() - wall, time.process_time() - cpu)


def imported(statement: str) -> float:
    """The CPU time of a process that does nothing else."""
    before = children()
    run(statement)
    return children() - before


def run(statement: str) -> None:
    """Run Python in a process of its own."""
    subprocess.run([sys.executable, "-c", statement], check=True, cwd=ROOT)  # noqa: S603 - of this file alone


def children() -> float:
    """The CPU time of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
