"""`python -m tests.drill.tick ROOT REGION ...`: one call of a region's controller in a process of its own, which ends
by SIGKILL at one of its steps if it is told to.

A step is the moment before a call of one of the world's ports has its effect, or the moment after. Each is told on
standard output before anything else happens.
"""

import os
import signal
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from services.sun.control.context import World
from services.sun.control.controller import Controller
from tests.drill.sites import sites_of
from tests.drill.sun import ROOM, Sun, credentials

NO_PORTS = ("clock", "sleep")


class Deadly:
    """Counts how often it comes by each step, and ends the process at one of them.

    Args:
        at: the step's name and, after a #, the how manieth of that name: how often something is looked at on the way
            differs from one switch to the next. Empty: none.
    """

    def __init__(self, at: str) -> None:
        self._at = at
        self._steps: Counter[str] = Counter()

    def around(self, world: World) -> World:
        """The world with each of its ports watched."""
        ports = {one.name: getattr(world, one.name) for one in fields(world) if one.name not in NO_PORTS}
        return replace(world, **{name: self.watched(name, port) for name, port in ports.items()})

    def watched(self, name: str, port: object) -> Any:
        """The port, with a step before each of its calls and one after it."""
        return _Watched(name, port, self._step)

    def _step(self, name: str) -> None:
        self._steps[name] += 1
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()
        if f"{name}#{self._steps[name]}" == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


class _Watched:
    def __init__(self, name: str, port: object, step: Callable[[str], None]) -> None:
        self._name, self._port, self._step = name, port, step

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self._step(f"before {self._name}.{method}")
            answer = getattr(self._port, method)(*arguments, **named)
            self._step(f"after {self._name}.{method}")
            return answer

        return call


def main(arguments: list[str]) -> None:
    """One tick."""
    parser = ArgumentParser("python -m tests.drill.tick")
    parser.add_argument("root", type=Path)
    parser.add_argument("region")
    parser.add_argument("--regions", required=True)
    parser.add_argument("--ahead", type=float, required=True, help="how many seconds later than now it is")
    parser.add_argument(
        "--die-at", default="", metavar="NAME#NUMBER", help="the step, and the how manieth of that name"
    )
    told = parser.parse_args(arguments)
    sun = Sun(sites_of(told.root, told.regions.split(",")))
    sun.clock.ahead = timedelta(seconds=told.ahead)
    world = Deadly(told.die_at).around(sun.world(told.region))
    with credentials(sun.emulator):
        Controller(world, sun.regions, acts=True).tick(sun.clock.now() + ROOM)


if __name__ == "__main__":
    main(sys.argv[1:])
