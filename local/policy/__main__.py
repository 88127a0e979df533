"""`python -m local.policy [stack ...] [--annotate]`: fails if a stack breaks a mandatory policy."""

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console

from local.cluster.errors import ClusterError
from local.host import HostError
from local.policy.annotations import annotations
from local.policy.stacks import case, stacks
from local.policy.table import findings, footer, table


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the stacks; 1 if one of them may not be built, 2 if one cannot be judged."""
    parser = argparse.ArgumentParser("python -m local.policy", description=__doc__)
    parser.add_argument("stacks", nargs="*", help="all that have a settings file, if left out")
    parser.add_argument("--annotate", action="store_true", help="tell GitHub as well")
    options = parser.parse_args(arguments)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    try:
        cases = [case(stack) for stack in options.stacks or stacks()]
    except (HostError, ClusterError) as error:
        console.print(f"✗ {error}")
        return 2
    results = [(one, one.judge()) for one in cases]
    console.print(table(results))
    for one, found in results:
        if text := findings(one, found):
            console.print(text)
    console.print(footer(results))
    if options.annotate:
        for one, found in results:
            for line in annotations(one.stack, found):
                console.print(line)
    return 1 if any(found.vetoes for _, found in results) else 0


if __name__ == "__main__":
    sys.exit(main())
