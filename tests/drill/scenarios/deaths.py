"""A controller dies at each of its steps, and the other region's goes on."""

import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from tests.chaos.waiting import in_time
from tests.drill.events import Kind, Window
from tests.drill.performance import Play
from tests.drill.scenario import Scenario
from tests.drill.sun import SILENCE
from tests.support.checkout import ROOT

FIRST = ("before admission.admit", "before database.switch")
"""Where a switch begins to be more than a line in a table: what comes earlier has no effect that lasts."""
TICK_SECONDS = 120
TICKS = 5
"""Of the other region's controller, five minutes apart, until nothing is open any more."""
ORDER_SECONDS = 30.0


def _drive(play: Play) -> None:
    places = chosen(_switch(play, ""))
    held = 0
    for place in places:
        name = place.partition("#")[0]
        play.stage.wait_until_following()
        play.rest(2.0)
        source = play.stage.writer
        came_to = _switch(play, place)
        if came_to[-1:] != [name]:
            play.find(f"the controller should have died {name}, and got to {came_to[-1:]}")
        held += _go_on(play, source, name)
        _takes_orders(play, name)
    play.figures["steps at which the controller was killed"] = str(len(places))
    play.figures["of them, held for a person"] = str(held)


def chosen(steps: Sequence[str]) -> list[str]:
    """The steps to die at, as `tick` understands them: from the first that has an effect on, of each name the first.

    Of what is written down, each time is another step.
    """
    begins = next((number for number, name in enumerate(steps) if name in FIRST), 0)
    times: Counter[str] = Counter()
    found: dict[str, None] = {}
    seen: set[str] = set()
    for number, name in enumerate(steps):
        times[name] += 1
        if number >= begins and ("ledger.write" in name or name not in seen):
            seen.add(name)
            found[f"{name}#{times[name]}"] = None
    return list(found)


def _switch(play: Play, die_at: str) -> list[str]:
    """The schedule's next switch in a process of its own; the steps that it came to."""
    stage = play.stage
    source = stage.writer
    stage.sun.wait_for_turn(source, stage.other(source).name)
    begun = play.recorder.now
    done = subprocess.run(
        [
            sys.executable, "-m", "tests.drill.tick", str(stage.checkout.root), source,
            "--regions", ",".join(stage.names), "--ahead", str(stage.sun.clock.ahead.total_seconds()),
            "--die-at", die_at,
        ],
        cwd=ROOT, capture_output=True, text=True, timeout=TICK_SECONDS, check=False,
    )  # fmt: skip
    play.recorder.windows.append(Window(begun, play.recorder.now))
    steps = done.stdout.splitlines()
    if not die_at and done.returncode:
        play.find(f"a tick without a death ended with {done.returncode}: {done.stderr[-400:]}")
    elif die_at:
        play.mark(f"killed {steps[-1] if steps else 'at once'}", Kind.FAULT)
    return steps


def _go_on(play: Play, source: str, name: str) -> int:
    """The other region's controller finishes, or holds; 1 if it holds, and then a person looks and releases."""
    sun = play.stage.sun
    other = play.stage.other(source).name
    sun.clock.leap(sun.clock.now() + SILENCE)
    for _ in range(TICKS):
        sun.tick(other)
        if sun.book(other).switch is None:
            break
        sun.clock.leap(sun.clock.now() + timedelta(minutes=5))
    else:
        play.find(f"killed {name}: the switch is still open")
    if sun.book(other).hold is None:
        return 0
    sun.release()
    return 1


def _takes_orders(play: Play, name: str) -> None:
    """One writer, and an order that is accepted from now on."""
    play.stage.wait_until_following()
    since = play.recorder.now

    def taken() -> bool:
        return any(one.accepted and one.at > since for one in play.recorder.attempts)

    if not in_time(taken, ORDER_SECONDS):
        play.find(f"killed {name}: no order is taken any more")


DEATHS = Scenario(
    "deaths",
    "The controller is killed at each step of a switch",
    "A process that runs one tick ends by SIGKILL, each time a step later; the other region's controller goes on. That "
    f"it waits for {SILENCE.total_seconds() / 60:.0f} minutes of silence first is leapt over, and with it that orders "
    "may be refused for so long.",
    _drive,
)
