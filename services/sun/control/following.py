"""An open switch is followed to one of two ends, by whoever is alive.

The target writes in an epoch of its own, or all stays and a person is called.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from services.sun.control.admitting import begin_epoch, open_again
from services.sun.control.book import BY, Entry, Hold, Memory, Note, Page, Since, Switch
from services.sun.control.context import Turn
from services.sun.control.facts import Cluster, Member
from services.sun.control.loss import given_up
from services.sun.control.memory import moved
from services.sun.control.ports import Refused, Unavailable

AT_REST = timedelta(seconds=20)
"""For how long on end the writer has to be at rest where it was, before the switch is taken for one that AWS does not
do: it was not asked, did not hear, or has given up."""
ALIVE = timedelta(seconds=5)
"""How often who follows says so; others take over after half a minute (`lease.py`)."""
_PACE = ((timedelta(seconds=5), 0.05), (timedelta(minutes=1), 0.5), (timedelta.max, 5.0))
"""Until when it is looked for, and how many seconds apart: as long as nobody writes, requests wait."""


def follow(turn: Turn, memory: Memory, switch: Switch) -> str:
    """Look until it has ended, or there is no time left; answers with what became of it."""
    turn.go_on()
    return follow_on(turn, memory, switch, {})


def follow_on(turn: Turn, memory: Memory, switch: Switch, told: dict[str, object]) -> str:
    """The same, of who has given a sign of life just before."""
    begun = alive = turn.now
    rested: datetime | None = None
    while True:
        cluster = turn.world.database.glance()
        target = cluster and _arrived(cluster, switch)
        if target:
            try:
                return _finish(turn, memory, switch, begin_epoch(turn, target.arn, switch), told)
            except Refused as error:
                return _stuck(turn, switch, str(error))
            except Unavailable as error:
                if turn.now > switch.deadline:
                    return _stuck(turn, switch, str(error))
        elif turn.now > switch.deadline:
            return fail(turn, switch, cluster, f"the writer has not moved by {switch.deadline:%H:%M} UTC")
        rested = (rested or turn.now) if cluster and _rests(cluster, switch) else None
        if rested and turn.now - rested >= AT_REST:
            return fail(turn, switch, cluster, f"the writer is at rest in {switch.source}")
        pause = next(seconds for until, seconds in _PACE if turn.now - begun < until)
        if turn.now + timedelta(seconds=pause) > turn.until:
            return f"{switch.target} is to write; it is looked for again at the next tick"
        turn.world.sleep(pause)
        if turn.now - alive >= ALIVE:
            turn.go_on()
            alive = turn.now


def fail(turn: Turn, switch: Switch, cluster: Cluster | None, reason: str) -> str:
    """Open the services, hold, and call a person. Nothing is tried again before that person takes the hold away."""
    problem = open_again(turn, cluster)
    opened = (
        f"they could not be let in again ({problem}), which each tick tries" if problem else "they are let in again"
    )
    text = (
        f"At {switch.begun:%Y-%m-%d %H:%M} UTC the writer was to move from {switch.source} to {switch.target} "
        f"({switch.name}), but {reason}.\n"
        f"Requests that write had to wait meanwhile; {opened}.\n"
        "Nothing is switched until the hold is taken away: docs/follow-the-sun.md says what to look at, and how."
    )
    page = Page(f"{switch.begun.isoformat()}#failed", f"Follow the sun: {switch.target} does not write", text)
    note = Note(f"{switch.name} failed", {**switch.told, "reason": reason, "opened": problem or "yes"})
    hold = None if turn.world.ledger.read().hold else Hold(BY, reason)
    turn.send(Entry((note,), closed=True, hold=hold, pages=(page,)))
    return f"failed and held: {reason}"


def _stuck(turn: Turn, switch: Switch, reason: str) -> str:
    """The target writes and admits nothing: the switch stays open, and a person is called at each tick."""
    text = (
        f"{switch.target} has taken the writer over from {switch.source}, and nothing is admitted there, for its epoch "
        f"could not be begun: {reason}.\n"
        "No order is taken. Each tick tries again; docs/follow-the-sun.md says how a person does it."
    )
    page = Page(f"{turn.now.isoformat()}#stuck", f"Follow the sun: {switch.target} writes, and admits nothing", text)
    note = Note(f"{switch.name} stuck", {**switch.told, "reason": reason})
    turn.send(Entry((note,), pages=(page,), alive=True))
    return f"{switch.target} writes, and admits nothing: {reason}"


def _finish(turn: Turn, memory: Memory, switch: Switch, epoch: int, told: dict[str, object]) -> str:
    now = turn.now
    memory = replace(moved(memory, switch.target, now), epoch=epoch)
    pages: tuple[Page, ...] = ()
    if switch.lossy:
        memory = replace(memory, given_up=Since(switch.source, now))
        pages = (given_up(switch, epoch, now),)
    seconds = round((now - switch.begun).total_seconds(), 2)
    note = Note(f"{switch.name} finished", {**switch.told, **told, "begins": epoch, "seconds": seconds})
    turn.send(Entry((note,), memory, closed=True, pages=pages))
    return f"{switch.target} writes"


def _arrived(cluster: Cluster, switch: Switch) -> Member | None:
    """The target if it writes: alone, unless the other one was given up, which may come back and not know it."""
    here = next((member for member in cluster.writers if member.region == switch.target), None)
    return here if switch.lossy or len(cluster.writers) == 1 else None


def _rests(cluster: Cluster, switch: Switch) -> bool:
    at_rest = not cluster.moving if switch.lossy else cluster.settled
    return at_rest and cluster.writer == switch.source
