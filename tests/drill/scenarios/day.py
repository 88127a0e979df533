"""A day of the sun in 24 minutes: both controllers are called every five seconds, five minutes apart."""

import time

from services.sun.schedule.decision import TICK
from tests.drill.events import Window
from tests.drill.performance import Play
from tests.drill.scenario import Scenario
from tests.drill.sun import SILENCE

TICKS = 25 * 12
"""An hour more than a day: whenever it begins, the writer moves there and back."""
TICK_SECONDS = TICK.total_seconds() / 60


def _drive(play: Play) -> None:
    """Within a call the clock runs as any other: its waiting is real. Between two calls it leaps."""
    stage, sun = play.stage, play.stage.sun
    start, began = sun.clock.now() + SILENCE, time.monotonic()
    writer, switches = stage.writer, 0
    for number in range(TICKS):
        sun.clock.leap(start + number * TICK)
        begun = play.recorder.now
        reasons = [sun.tick(name).reason for name in stage.names]
        if (now := stage.writer) != writer:
            play.recorder.windows.append(Window(begun, play.recorder.now))
            play.mark(f"{sun.clock.now():%H:%M} UTC: {now} takes over")
            writer, switches = now, switches + 1
        if sun.book(writer).hold is not None:
            play.find(f"the controller holds: {reasons}")
            return
        time.sleep(max(0.0, began + (number + 1) * TICK_SECONDS - time.monotonic()))
    play.figures["switches in the day"] = str(switches)
    if switches < 2:
        play.find(f"the writer moved {switches} times in a day")


DAY = Scenario(
    "day",
    "A day, sixty times as fast",
    "Both regions' controllers are called every five minutes of a day that takes 24: the weights follow the people, "
    "and the writer follows the weights.",
    _drive,
)
