"""How long the policies take for each stack, and which rules take longest: `python -m bench.policy`."""

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median

from local.policy.stacks import case, stacks
from policies.catalogue import all_rules
from policies.judge import judgement
from policies.model import Stack
from policies.registry import Rule

_LINE = "{:10} {:>9} {:>7} {:>9} {:>11} {:>12}"
_SLOWEST = 3


def main() -> int:
    """Prints the table. Beside other work compare CPU, not wall time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="of the judge on each stack")
    runs = parser.parse_args().runs
    print(_LINE.format("stack", "resources", "rules", "judge ms", "build CPU s", "render wall s"))
    for stack in stacks():
        cpu = time.process_time()
        one = case(stack)
        cpu = time.process_time() - cpu
        took = timed(partial(judgement, one.resources, one.settings), runs)
        rules = len(all_rules())
        print(
            _LINE.format(stack, len(one.resources), rules, f"{took:.1f}", f"{cpu:.2f}", f"{one.seconds['render']:.2f}")
        )
        whole = Stack(one.resources)
        by_rule = {rule.name: timed(partial(_findings, rule, whole), runs) for rule in all_rules()}
        slowest = sorted(by_rule, key=by_rule.__getitem__, reverse=True)[:_SLOWEST]
        print("  slowest:", ", ".join(f"{name} {by_rule[name]:.2f} ms" for name in slowest))
    return 0


def _findings(rule: Rule, stack: Stack) -> None:
    list(rule.findings(stack))


def timed(step: Callable[[], object], runs: int) -> float:
    """The median CPU time of a run, in milliseconds."""
    figures = []
    for _ in range(runs):
        started = time.process_time()
        step()
        figures.append((time.process_time() - started) * 1000)
    return median(figures)


if __name__ == "__main__":
    sys.exit(main())
