"""The line between the regions is silent for a while."""

from tests.chaos.waiting import in_time
from tests.drill import hands
from tests.drill.events import Kind
from tests.drill.performance import Play
from tests.drill.scenario import Scenario
from tests.drill.sites import Site

SILENT_SECONDS = 30.0
CAUGHT_UP_SECONDS = 60.0
ORDERS = "SELECT id::text AS order FROM sales_order"


def _drive(play: Play) -> None:
    stage = play.stage
    writer = stage.site(stage.writer)
    standby = stage.other(writer.name)
    with hands.frozen_log(writer):
        play.mark(f"{writer.name} reaches {standby.name} no more", Kind.FAULT)
        play.rest(SILENT_SECONDS)
        behind = len(_orders(writer) - _orders(standby))
        play.figures["orders that the standby did not have in the end"] = str(behind)
        if not behind:
            play.find("the line was cut, and the standby had everything all the same")
    since = play.mark("the line is there again", Kind.BACK)
    wanted = _orders(writer)
    if in_time(lambda: wanted <= _orders(standby), CAUGHT_UP_SECONDS):
        play.figures["until it had them"] = f"{play.recorder.now - since:.1f} s"
    else:
        play.find(f"{standby.name} does not catch up")
    writers = {sight.writers for sight in play.recorder.sights}
    if writers != {(writer.name,)}:
        play.find(f"the writer moved because a line was silent: {writers}")


def _orders(site: Site) -> set[str]:
    return {str(row["order"]) for row in hands.rows(site, ORDERS)}


CUT = Scenario(
    "cut",
    f"The line between the regions is silent for {SILENT_SECONDS:.0f} s",
    "What sends the writer's log is frozen, so that the standby gets nothing and is not told why. Orders go on, for no "
    "write waits for the standby, and it catches up when the line is there again.",
    _drive,
)
