"""One switch of the writer: begun in writing, asked for once, followed to its end, and given up to a person."""

from datetime import timedelta

from services.sun.control.book import Entry, Hold, Memory, Note, Page, Switch
from services.sun.control.context import Turn
from services.sun.control.facts import Cluster
from services.sun.control.memory import began, moved
from services.sun.control.ports import Refused

POLL_SECONDS = 5.0
PROMPT = timedelta(seconds=30)
"""How long after it was written down a switch may still be asked for: who was held up for longer, is not sure any more
that nobody else acts."""
BY = "controller"
"""Who holds, where no person does."""


def begin(turn: Turn, memory: Memory, switch: Switch) -> str:
    """Write down, ask, follow; answers with what became of it."""
    memory = began(memory, switch.begun)
    told: dict[str, object] = {"source": switch.source, "target": switch.target}
    turn.write(Entry((Note("switch begun", told),), memory, opened=switch))
    if turn.now - switch.begun > PROMPT:
        return fail(turn, switch, "it was held up before it was asked for")
    try:
        turn.world.database.switch(switch.source, switch.target)
    except Refused as error:
        return fail(turn, switch, f"AWS refuses: {error}")
    return follow(turn, memory, switch, turn.world.database.read())


def follow(turn: Turn, memory: Memory, switch: Switch, cluster: Cluster | None, *, held: bool = False) -> str:
    """Look until the writer has moved, the deadline is past, or there is no time left in this tick."""
    while True:
        if cluster is not None and _arrived(cluster, switch):
            return _finish(turn, memory, switch)
        if turn.now > switch.deadline:
            return fail(turn, switch, f"the writer has not moved by {switch.deadline:%H:%M} UTC", held=held)
        if turn.now + timedelta(seconds=POLL_SECONDS) > turn.until:
            return f"{switch.target} is to write; it is looked for again at the next tick"
        turn.world.sleep(POLL_SECONDS)
        cluster = turn.world.database.read()


def fail(turn: Turn, switch: Switch, reason: str, *, held: bool = False) -> str:
    """Stop, hold, and call a person. Nothing is tried again before that person takes the hold away."""
    told: dict[str, object] = {"source": switch.source, "target": switch.target, "reason": reason}
    text = (
        f"At {switch.begun:%Y-%m-%d %H:%M} UTC the writer was to move from {switch.source} to {switch.target}, "
        f"but {reason}.\n"
        "Nothing is switched until the hold is taken away: docs/follow-the-sun.md says what to look at, and how."
    )
    hold = None if held else Hold(BY, reason)
    page = Page(f"{switch.begun.isoformat()}#failed", f"Follow the sun: {switch.target} does not write", text)
    turn.send(Entry((Note("switch failed", told),), closed=True, hold=hold, pages=(page,)))
    return f"failed and held: {reason}"


def _finish(turn: Turn, memory: Memory, switch: Switch) -> str:
    now = turn.now
    told: dict[str, object] = {
        "source": switch.source,
        "target": switch.target,
        "seconds": round((now - switch.begun).total_seconds(), 1),
    }
    turn.write(Entry((Note("switch finished", told),), moved(memory, switch.target, now), closed=True))
    return f"{switch.target} writes"


def _arrived(cluster: Cluster, switch: Switch) -> bool:
    return cluster.writer == switch.target and cluster.settled
