"""How a switch of the writer begins: written down, the services stopped, and AWS asked once.

A planned one stops if any of that cannot be done. A lossy one tells the lost region to write no more, if it hears that.
"""

from contextlib import suppress
from datetime import timedelta

from services.sun.control.admitting import open_again, stop
from services.sun.control.book import Approval, Entry, Memory, Note, Switch
from services.sun.control.context import Turn
from services.sun.control.facts import Cluster, Facts
from services.sun.control.following import fail, follow_on
from services.sun.control.gates import objections
from services.sun.control.loss import BACK_AFTER, Loss
from services.sun.control.memory import began
from services.sun.control.ports import Refused, Unavailable

PROMPT = timedelta(seconds=15)
"""How long after it was written down a switch may still be asked for: who was held up for longer, is not sure any more
that nobody else acts. The lease is brief by then (`lease.py`)."""
ROOM = timedelta(seconds=60)
"""The time that a tick should have left for a switch; who has less leaves it to the next."""


def against(turn: Turn, memory: Memory, target: str, facts: Facts) -> tuple[str, ...]:
    """Everything that stands against a planned switch at this moment."""
    now, back = turn.now, memory.given_up
    found = objections(facts, memory.state.tenure.writer, target, turn.world.database.lag(target, now))
    if back and back.region == target and now - back.at < BACK_AFTER:
        found = (*found, f"{target} was given up at {back.at:%H:%M} UTC")
    if turn.until - turn.now < ROOM:
        found = (*found, "too little time is left in this tick")
    return found


def warm(turn: Turn, target: str, cluster: Cluster) -> None:
    """Ask once what is asked while requests wait, so that connections are there by then. No answer is needed."""
    turn.world.database.glance()
    member = cluster.member(target)
    if member is not None:
        with suppress(Refused, Unavailable):
            turn.world.admission.read(member.arn)


def begin(turn: Turn, memory: Memory, switch: Switch, cluster: Cluster) -> str:
    """A planned switch; answers with what became of it."""
    memory = _write_down(turn, memory, switch, {})
    if _held_up(turn, switch):
        return fail(turn, switch, cluster, "it was held up before it was asked for")
    (writer,) = cluster.writers
    try:
        left = stop(turn, writer.arn, switch.epoch)
    except (Refused, Unavailable) as error:
        return fail(turn, switch, cluster, f"the services could not be stopped: {error}")
    except Exception:
        open_again(turn, cluster)
        raise
    if _held_up(turn, switch):
        return fail(turn, switch, cluster, "it was held up before it was asked for")
    try:
        turn.world.database.switch(switch.source, switch.target)
    except Refused as error:
        return fail(turn, switch, cluster, f"AWS refuses: {error}")
    told: dict[str, object] = {"callsLeft": left[0].ccp_calls, "transactionsLeft": left[1].transactions}
    return follow_on(turn, memory, switch, told)


def give_up(turn: Turn, memory: Memory, switch: Switch, cluster: Cluster, loss: Loss) -> str:
    """A failover that may lose what was not copied; answers with what became of it."""
    lag = turn.world.database.lag(switch.target, turn.now)
    why = {**loss.told, "lagSeconds": lag and lag.total_seconds()}
    memory = _write_down(turn, memory, switch, why, loss.approvals)
    source, heard = cluster.member(switch.source), False
    if source is not None and not _held_up(turn, switch):
        heard = _silenced(turn, source.arn, switch.epoch)
    if _held_up(turn, switch):
        return fail(turn, switch, cluster, "it was held up before it was asked for")
    try:
        turn.world.database.give_up(switch.source, switch.target)
    except Refused as error:
        return fail(turn, switch, cluster, f"AWS refuses: {error}")
    return follow_on(turn, memory, switch, {"sourceHeard": heard})


def _write_down(
    turn: Turn, memory: Memory, switch: Switch, why: dict[str, object], used: tuple[Approval, ...] = ()
) -> Memory:
    memory = began(memory, switch.begun)
    note = Note(f"{switch.name} begun", {**switch.told, **why})
    turn.write(Entry((note,), memory, opened=switch, used=used))
    return memory


def _held_up(turn: Turn, switch: Switch) -> bool:
    return turn.now - switch.begun > PROMPT


def _silenced(turn: Turn, arn: str, epoch: int) -> bool:
    """Whether a region that is lost has heard that it is to write no more: what it takes from now on would be lost."""
    try:
        stop(turn, arn, epoch)
    except (Refused, Unavailable):
        return False
    return True
