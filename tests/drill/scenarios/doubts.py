"""Health that comes and goes, and switches that should not be: nothing moves."""

from datetime import timedelta
from itertools import pairwise

from tests.chaos.waiting import in_time
from tests.drill import hands
from tests.drill.events import Kind
from tests.drill.performance import Play
from tests.drill.scenario import Scenario

NOTICED_SECONDS = 60.0
"""Three answers, ten seconds apart, and some more."""
TURNS = 3
TICK = timedelta(minutes=5)


def _unhealthy(play: Play) -> None:
    stage, sun = play.stage, play.stage.sun
    source = stage.writer
    target = stage.other(source).name
    with hands.closed_edge(stage.site(target)):
        play.mark(f"the edge of {target} refuses", Kind.FAULT)
        _known(play, target, well=False)
        sun.wait_for_turn(source, target)
        outcome = sun.tick(source)
        play.mark("the schedule's switch is refused")
        play.figures["why not"] = outcome.reason
        _stays(play, source, outcome.reason)
    play.mark(f"the edge of {target} answers", Kind.BACK)
    _known(play, target, well=True)
    called = len(sun.bell.rung)
    with hands.closed_edge(stage.site(source)):
        play.mark(f"the edge of {source} refuses", Kind.FAULT)
        _known(play, source, well=False)
        for _ in range(2):
            sun.clock.leap(sun.clock.now() + TICK)
            outcome = sun.tick(source)
        _stays(play, source, outcome.reason)
        pages = sun.bell.rung[called:]
        if len(pages) != 1:
            play.find(f"a person should have been called once, and was {len(pages)} times")
        play.mark("a person is called")
        play.figures["a person was called"] = "; ".join(page.subject for page in pages)
    play.mark(f"the edge of {source} answers", Kind.BACK)
    _known(play, source, well=True)
    sun.clock.leap(sun.clock.now() + TICK)
    sun.tick(source)
    _stays(play, source, "both are well again")


def _flapping(play: Play) -> None:
    stage, sun = play.stage, play.stage.sun
    writer = stage.writer
    other = stage.other(writer).name
    sun.tick(writer)
    changes = 0
    for _ in range(TURNS):
        with hands.closed_edge(stage.site(other)):
            play.mark(f"{other} refuses", Kind.FAULT)
            play.rest(7.0)  # too short to be noticed
            changes += _tick(play, writer)
        play.mark(f"{other} answers", Kind.BACK)
        play.rest(7.0)
        changes += _tick(play, writer)
    if changes:
        play.find(f"{changes} times the weights turned because of refusals too short to count")
    for _ in range(TURNS - 1):
        with hands.closed_edge(stage.site(other)):
            play.mark(f"{other} refuses for long", Kind.FAULT)
            _known(play, other, well=False)
            _tick(play, writer)
        play.mark(f"{other} answers", Kind.BACK)
        _known(play, other, well=True)
        _tick(play, writer)
    _stays(play, writer, "only an edge refused")
    writers = {one.writers for one in play.recorder.sights}
    if writers != {(writer,)}:
        play.find(f"the writer flapped: {writers}")
    turns = _turns([sight.weights.get(other, 0) for sight in play.recorder.sights])
    play.figures["times the weights turned"] = str(turns)
    if turns > 2 * TURNS:
        play.find(f"the weights turned {turns} times, and health {2 * (TURNS - 1)} times")


def _tick(play: Play, region: str) -> int:
    """The next tick; 1 if it took the weights the other way than the schedule does."""
    sun = play.stage.sun
    before = {record.region: record.weight for record in play.stage.zone().records()}
    sun.clock.leap(sun.clock.now() + TICK)
    sun.tick(region)
    after = {record.region: record.weight for record in play.stage.zone().records()}
    return int(any(before[name] > 0 and after[name] == 0 for name in before))


def _turns(weights: list[int]) -> int:
    """How often what rose begins to fall, or what fell to rise."""
    moves = [other - one for one, other in pairwise(weights) if other != one]
    return sum((one > 0) != (other > 0) for one, other in pairwise(moves))


def _known(play: Play, name: str, *, well: bool) -> None:
    """Returns when the health check says so."""

    def known() -> bool:
        return any(record.region == name and record.well is well for record in play.stage.zone().records())

    if not in_time(known, NOTICED_SECONDS):
        play.find(f"the health check does not notice that {name} is {'well' if well else 'sick'}")


def _stays(play: Play, writer: str, reason: str) -> None:
    writers = [site.name for site in play.stage.sites if site.writes]
    if writers != [writer]:
        play.find(f"{writer} should still write, and {writers} do: {reason}")


UNHEALTHY = Scenario(
    "unhealthy",
    "A switch is due while a region is sick",
    "First the region to which the writer should go refuses its customers: the switch is refused, the writer stays. "
    "Then the region that writes does: it keeps the writer, and a person is called, once.",
    _unhealthy,
)
FLAPPING = Scenario(
    "flapping",
    "A region answers and refuses by turns",
    "Its edge is closed for 7 s three times, which no health check counts, and then twice until the check has noticed. "
    "The controller is called all along.",
    _flapping,
)
