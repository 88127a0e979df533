"""How long a preview of a region takes: in process, as `make preview`, and by the Pulumi engine, with the policies and
without: `python -m bench.previewing [eu]`. The engine has to be built (`make engine`).
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from local.host import Cloud, capture
from local.host import state as states
from local.host.preview import preview
from local.host.realise import beside
from tests.support.emulator import running_emulator
from tests.support.engine import POLICIES, Engine, home
from tests.support.stacks import WORLDWIDE

IN_PROCESS = "in process, judged"
_PACK = [str(POLICIES)]


def main() -> int:
    """Prints medians for a region of which nothing stands yet, over a `global` that does, as wall time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stack", nargs="?", default="eu")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    if home() is None:
        print("there is no `pulumi`: `make engine` builds it", file=sys.stderr)
        return 1
    with TemporaryDirectory() as folder, running_emulator(Path(folder)) as url:
        cloud = Cloud(url, "/run/database", 5432, "http://127.0.0.1:8080")
        engine = Engine(Path(folder), cloud)
        engine.stack(WORLDWIDE).up()
        stack = engine.stack(given.stack)
        state = Path(folder) / "model.json"
        states.save(beside(state, WORLDWIDE), capture(WORLDWIDE))
        ways: dict[str, Callable[[], object]] = {
            IN_PROCESS: lambda: preview(given.stack, None, url, state),
            "engine": stack.preview,
            "engine, judged": lambda: stack.preview(policy_packs=_PACK),
        }
        # In turns: what else the machine does then falls upon all of them.
        took = [{name: timed(way) for name, way in ways.items()} for _ in range(given.runs)]
    quick = median(one[IN_PROCESS] for one in took)
    for name in ways:
        seconds = [one[name] for one in took]
        print(f"{name:20} {median(seconds):5.1f} s, least {min(seconds):5.1f} s, {median(seconds) / quick:4.1f} times")
    return 0


def timed(way: Callable[[], object]) -> float:
    """How long it takes, in seconds."""
    started = time.perf_counter()
    way()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
