"""Both regions believe that they are the writer."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.machine.aurora import endpoint
from local.machine.aurora.failover import rejoin
from local.machine.emulator import Emulator
from local.machine.stand_ins import StandIns
from tests.drill import hands
from tests.drill.events import Kind
from tests.drill.performance import Play
from tests.drill.scenario import Scenario
from tests.drill.sites import Site
from tests.drill.sun import SILENCE

BOTH_SECONDS = 12.0
WRITTEN = """
    SELECT (SELECT count(*) FROM sales_order) AS orders, (SELECT count(*) FROM order_event) AS events,
        (SELECT count(*) FROM invoice) AS invoices, (SELECT count(*) FROM outbox) AS payloads
"""


def _drive(play: Play) -> None:
    """The standby is promoted behind everybody's back, and then customers' region led to one of an earlier epoch."""
    stage = play.stage
    true = stage.site(stage.writer)
    false = stage.other(true.name)
    hands.promote(false)
    play.mark(f"{false.name} is promoted behind everybody's back", Kind.FAULT)
    # As a controller does that knows of the loss of nobody: the true one's epoch goes on, the other's is a stale one.
    hands.begin_epoch(true)
    before = hands.rows(false, WRITTEN)[0]
    called = len(stage.sun.bell.rung)
    play.rest(3.0)
    with _led_to(play, false, true):
        play.mark(f"the endpoint leads to {false.name}, of a stale epoch", Kind.FAULT)
        play.rest(BOTH_SECONDS)
    play.mark(f"the endpoint leads to {true.name} again", Kind.BACK)
    stage.sun.clock.leap(stage.sun.clock.now() + SILENCE)
    outcome = stage.sun.tick(true.name)
    play.figures["what the controller says of two writers"] = outcome.reason
    play.figures["people called"] = str(len(stage.sun.bell.rung) - called)
    play.rest(2.0)
    written = {name: count - before[name] for name, count in hands.rows(false, WRITTEN)[0].items()}
    play.figures["writes accepted with a stale epoch"] = str(sum(written.values()))
    if any(written.values()):
        play.find(f"{false.name} has taken writes in a stale epoch: {written}")
    rejoin(false.server, _endpoint(play))
    stage.wait_until_following()
    play.mark(f"{false.name} follows again", Kind.BACK)


@contextmanager
def _led_to(play: Play, site: Site, back: Site) -> Iterator[None]:
    """While the block lasts, whoever connects anew comes to that region's server, as by a name that is out of date."""
    endpoint.lead(_endpoint(play), site.server)
    try:
        hands.disconnect(back)
        yield
    finally:
        endpoint.lead(_endpoint(play), back.server)


def _endpoint(play: Play) -> Path:
    return Path(StandIns.load(Emulator(play.stage.machine).stand_ins).writer)


MINDS = Scenario(
    "two-writers",
    "Both regions believe that they write",
    "The standby is promoted behind everybody's back, and the true writer begins an epoch. Then the endpoint leads to "
    "the false one, and every connection to the true one is ended: services that have met the later epoch have nobody "
    "else to ask. They refuse.",
    _drive,
)
