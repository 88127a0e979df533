"""One tick: look, decide, write down, then act.

What is out of its hands: to give up a region that is lost with what it has not copied yet. It calls a person for that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.sun.control import switching
from services.sun.control.book import Book, Entry, Memory, Note, Page, Switch
from services.sun.control.context import Turn, World
from services.sun.control.facts import Facts
from services.sun.control.gates import objections
from services.sun.control.memory import alarmed, began, first, moved, put_right
from services.sun.control.ports import Overtaken
from services.sun.schedule.decision import Decision, State, decide
from services.sun.schedule.regions import Region
from services.sun.schedule.writer import Verdict

LAST_WORDS = timedelta(seconds=30)
"""What a tick may take beyond its time, to write down how it ends."""


@dataclass(frozen=True)
class Outcome:
    """What a tick came to, in words for its log."""

    acted: bool
    reason: str


class Controller:
    """A region's controller; at a time, one of all regions' has the lease.

    Args:
        world: what it sees and acts on.
        regions: those that there are, or will be.
        acts: whether it changes anything; otherwise it goes on as if it had, and writes that down.
    """

    def __init__(self, world: World, regions: Sequence[Region], *, acts: bool) -> None:
        self._world, self._regions, self._acts = world, regions, acts

    def tick(self, until: datetime) -> Outcome:
        """Act once, if it is this controller's turn, and wait for nothing beyond that time."""
        token = self._world.ledger.acquire(self._world.clock(), until + LAST_WORDS)
        if token is None:
            return Outcome(acted=False, reason="another controller has the lease")
        try:
            outcome = self._act(Turn(self._world, token, until))
            self._world.ledger.release(token)
        except Overtaken as error:
            return Outcome(acted=False, reason=f"overtaken: {error}")
        return outcome

    def _act(self, turn: Turn) -> Outcome:
        book, now = self._world.ledger.read(), turn.now
        if self._acts:
            turn.deliver(book.pages)
        facts = self._facts(now)
        memory = book.memory or first(facts, now)
        notes: tuple[Note, ...] = ()
        pages: tuple[Page, ...] = ()
        if memory is None:
            return Outcome(acted=False, reason="it is not known who writes, and never was")
        if self._acts:
            memory, notes = put_right(memory, book, facts, now)
            memory, pages = alarmed(memory, facts, now)
        decision = self._decided(book, memory.state, facts, now)
        memory = Memory(decision.state, memory.lost)
        against = self._against(book, decision, facts, now)
        turn.send(Entry((*notes, Note("tick", _told(decision, facts, against))), memory, pages=pages))
        if self._acts:
            self._world.traffic.write(decision.state.weights)
        if self._acts and book.switch:
            held = book.hold is not None
            return Outcome(acted=True, reason=switching.follow(turn, memory, book.switch, facts.cluster, held=held))
        if decision.verdict.goal is None or against:
            return Outcome(acted=True, reason="; ".join((decision.verdict.reason, *against)))
        switch = Switch(decision.state.tenure.writer, decision.verdict.goal, turn.now)
        return Outcome(acted=True, reason=self._switch(turn, memory, switch))

    def _facts(self, now: datetime) -> Facts:
        records = self._world.traffic.read()
        here = {region.name: records[region.name] for region in self._regions if region.name in records}
        return Facts(
            {name: record.weight for name, record in here.items()},
            {name: self._world.checks.health(record.health_check, now) for name, record in here.items()},
            self._world.database.read(),
        )

    def _decided(self, book: Book, state: State, facts: Facts, now: datetime) -> Decision:
        """While somebody holds, the schedule stands still: what was decided last is kept true."""
        if book.hold:
            return Decision(state, Verdict(None, f"held by {book.hold.by}: {book.hold.reason}"))
        return decide([region for region in self._regions if region.name in facts.weights], state, facts.health, now)

    def _against(self, book: Book, decision: Decision, facts: Facts, now: datetime) -> tuple[str, ...]:
        goal = decision.verdict.goal
        if goal is None or (self._acts and book.switch):
            return ()
        return objections(facts, decision.state.tenure.writer, goal, self._world.database.lag(goal, now))

    def _switch(self, turn: Turn, memory: Memory, switch: Switch) -> str:
        if self._acts:
            return switching.begin(turn, memory, switch)
        would = moved(began(memory, switch.begun), switch.target, switch.begun)
        turn.write(Entry((Note("would switch", {"source": switch.source, "target": switch.target}),), would))
        return f"{switch.target} would write"


def _told(decision: Decision, facts: Facts, against: tuple[str, ...]) -> dict[str, object]:
    return {
        "weights": dict(decision.state.weights),
        "health": dict(facts.health),
        "writer": decision.state.tenure.writer,
        "verdict": decision.verdict.reason,
        "against": list(against),
    }
