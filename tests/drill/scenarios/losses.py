"""A region is lost: all its processes and its PostgreSQL."""

import time
from datetime import timedelta

from tests.chaos.waiting import in_time
from tests.drill import hands
from tests.drill.events import Kind, Window
from tests.drill.performance import Play
from tests.drill.scenario import Scenario
from tests.drill.sun import SILENCE
from tests.drill.verdict import missing

LEFT_SECONDS = 90.0
"""In which the health check has to notice; it takes three answers, ten seconds apart."""
AFTER_SECONDS = 10.0
PEOPLE = ("anna", "ben")
TICK = timedelta(minutes=5)


def _standby(play: Play) -> None:
    writer = play.stage.writer
    lost = play.stage.other(writer)
    _kill(play, lost.name)
    _until_left(play, lost.name)
    play.rest(AFTER_SECONDS)
    if play.stage.writer != writer:
        play.find(f"the writer has moved from {writer}, and was not lost")
    bring_back(play, lost.name)


def _kill(play: Play, name: str) -> None:
    play.lost_at = play.mark(f"{name} is killed", Kind.FAULT)
    play.figures["processes killed"] = str(play.stage.site(name).kill())


def _until_left(play: Play, name: str) -> None:
    """Returns when the health check has noticed, so that requests go elsewhere."""

    def left() -> bool:
        return any(record.region == name and record.well is False for record in play.stage.zone().records())

    if in_time(left, LEFT_SECONDS):
        play.mark(f"health check: {name} is out")
    else:
        play.find(f"the health check does not notice that {name} is lost")


def bring_back(play: Play, name: str) -> None:
    """`make up`, as a person types it."""
    began = play.mark(f"make up, to bring {name} back", Kind.BACK)
    play.stage.up()
    play.stage.wait_until_well()
    play.figures[f"{name} brought back"] = f"{play.recorder.now - began:.0f} s"
    play.mark(f"{name} is back", Kind.BACK)


STANDBY = Scenario(
    "kill-standby",
    "The region that does not write is killed",
    "All of its processes and its PostgreSQL. Requests leave it by its health check, and nobody moves the writer. "
    "`make up` brings it back.",
    _standby,
)


def writer(lag: float) -> Scenario:
    """The region that writes is killed, when what the other one has of it is so many seconds old."""

    def drive(play: Play) -> None:
        lost = play.stage.writer
        if lag:
            with hands.frozen_log(play.stage.site(lost)):
                play.mark(f"nothing of {lost} is copied from now on", Kind.FAULT)
                time.sleep(lag)
                _kill(play, lost)
        else:
            _kill(play, lost)
        target = play.stage.other(lost).name
        _until_left(play, lost)
        give_up(play, lost, target)
        play.missing = len(missing(play.stage.books))
        play.mark(f"{play.missing} accepted orders are missing")
        play.rest(AFTER_SECONDS)
        bring_back(play, lost)

    if not lag:
        return Scenario(
            "kill-writer",
            "The region that writes is killed",
            "Two witnesses say that it is lost, a person approves, and the controller lets the other region write.",
            drive,
        )
    return Scenario(
        f"lag-{lag:g}",
        f"The region that writes is killed, {lag:g} s after its last word to the other",
        "What sends its log is frozen first, so that the last orders exist there alone. They are lost with it, found "
        "by what the CCP has sold and S3 keeps, and restored or parked.",
        drive,
    )


def give_up(play: Play, source: str, target: str) -> None:
    """The failover: the controller of the target's region sees two witnesses at two ticks, and two people approve."""
    sun = play.stage.sun
    reasons: list[str] = []
    for approved in (False, False, True):
        wait = TICK if reasons else SILENCE
        sun.clock.leap(sun.clock.now() + wait)
        play.leapt += wait.total_seconds()
        if approved:
            for person in PEOPLE:
                sun.approve(person, source, target)
            play.mark(f"{' and '.join(PEOPLE)} approve")
        begun = play.recorder.now
        reasons.append(sun.tick(target).reason)
    play.recorder.windows.append(Window(begun, play.recorder.now))
    play.figures["the controller's words"] = " / ".join(reasons)
    writers = [site.name for site in play.stage.sites if site.writes]
    if writers != [target]:
        play.find(f"{target} should write, and {writers} do: {reasons[-1]}")
    play.mark(f"{target} writes")
