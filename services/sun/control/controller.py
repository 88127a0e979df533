"""One tick: look, decide, write down, then act. An open switch comes before everything, for requests wait for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.sun.control import switching
from services.sun.control.alarms import alarmed
from services.sun.control.book import Book, Entry, Memory, Note, Page, Switch
from services.sun.control.context import Turn, World
from services.sun.control.facts import Facts
from services.sun.control.following import follow
from services.sun.control.looking import look
from services.sun.control.loss import Loss, judged, watched
from services.sun.control.memory import began, first, moved, put_right
from services.sun.control.ports import Overtaken
from services.sun.control.reopening import reopen
from services.sun.schedule.decision import Decision, State, decide
from services.sun.schedule.regions import Region
from services.sun.schedule.writer import Verdict

LAST_WORDS = timedelta(seconds=30)
"""What a tick may take beyond its time, to write down how it ends."""
SOON = timedelta(seconds=60)
"""How long an open switch is followed before the rest of the tick, which then goes on following."""
_WATCH_SECONDS = 5.0


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
        self._world.ledger.beat(self._world.clock())
        token = self._token(until)
        if token is None:
            return Outcome(acted=False, reason="another controller has the lease")
        try:
            outcome = self._act(Turn(self._world, token, until))
            self._world.ledger.release(token)
        except Overtaken as error:
            return Outcome(acted=False, reason=f"overtaken: {error}")
        return outcome

    def _token(self, until: datetime) -> int | None:
        """At once or not at all; only while another has a switch open it waits, to go on with it if that one dies."""
        ledger, clock = self._world.ledger, self._world.clock
        while (token := ledger.acquire(clock(), until + LAST_WORDS)) is None:
            if clock() + timedelta(seconds=_WATCH_SECONDS) > until or not ledger.read().switch:
                return None
            self._world.sleep(_WATCH_SECONDS)
        return token

    def _act(self, turn: Turn) -> Outcome:
        book, ended = self._world.ledger.read(), None
        if self._acts and book.switch and book.memory:
            ended = follow(replace(turn, until=min(turn.until, turn.now + SOON)), book.memory, book.switch)
            book = self._world.ledger.read()
        if self._acts:
            turn.deliver(book.pages)
        now = turn.now
        facts = look(self._world, self._regions, now)
        memory = book.memory or first(facts, now)
        if memory is None:
            return Outcome(acted=False, reason="it is not known who writes, and never was")
        reason = self._decide(turn, book, facts, memory)
        return Outcome(acted=True, reason=ended if ended and not book.switch else reason)

    def _decide(self, turn: Turn, book: Book, facts: Facts, memory: Memory) -> str:
        now = turn.now
        notes: tuple[Note, ...] = ()
        pages: tuple[Page, ...] = ()
        if self._acts:
            memory, notes = put_right(memory, book, facts, now)
            memory = watched(memory, facts, book.beats, now)
            memory, pages = alarmed(memory, facts, self._world.ledger, now)
        loss = judged(memory, book, facts, now)
        decision = self._decided(book, memory.state, facts, now)
        memory = replace(memory, state=decision.state)
        against = self._against(turn, book, decision, facts, memory)
        turn.send(Entry((*notes, Note("tick", _told(decision, facts, against, loss))), memory, pages=pages))
        if self._acts:
            self._world.traffic.write(decision.state.weights)
        if self._acts and book.switch:
            return follow(turn, memory, book.switch)
        if self._acts:
            reopen(turn, book, facts)
        if loss:
            return self._give_up(turn, memory, facts, loss)
        if decision.verdict.goal is None or against:
            return "; ".join((decision.verdict.reason, *against))
        return self._switch(turn, memory, decision.verdict.goal, facts)

    def _decided(self, book: Book, state: State, facts: Facts, now: datetime) -> Decision:
        """While somebody holds, the schedule stands still: what was decided last is kept true."""
        if book.hold:
            return Decision(state, Verdict(None, f"held by {book.hold.by}: {book.hold.reason}"))
        return decide([region for region in self._regions if region.name in facts.weights], state, facts.health, now)

    def _against(self, turn: Turn, book: Book, decision: Decision, facts: Facts, memory: Memory) -> tuple[str, ...]:
        goal = decision.verdict.goal
        if goal is None or (self._acts and book.switch):
            return ()
        return switching.against(turn, memory, goal, facts)

    def _switch(self, turn: Turn, memory: Memory, target: str, facts: Facts) -> str:
        if self._acts and facts.cluster:
            switching.warm(turn, target, facts.cluster)
        switch = Switch(memory.state.tenure.writer, target, turn.now, memory.epoch)
        if self._acts and facts.cluster:
            return switching.begin(turn, memory, switch, facts.cluster)
        would = moved(began(memory, switch.begun), switch.target, switch.begun)
        turn.write(Entry((Note("would switch", {"source": switch.source, "target": switch.target}),), would))
        return f"{switch.target} would write"

    def _give_up(self, turn: Turn, memory: Memory, facts: Facts, loss: Loss) -> str:
        if loss.against or loss.target is None or facts.cluster is None:
            return f"{loss.source} is lost; {'; '.join(loss.against)}"
        switch = Switch(loss.source, loss.target, turn.now, memory.epoch, lossy=True)
        return switching.give_up(turn, memory, switch, facts.cluster, loss)


def _told(decision: Decision, facts: Facts, against: tuple[str, ...], loss: Loss | None) -> dict[str, object]:
    return {
        "weights": dict(decision.state.weights),
        "health": dict(facts.health),
        "writer": decision.state.tenure.writer,
        "epoch": facts.state and facts.state.epoch,
        "admits": facts.state and facts.state.admits,
        "verdict": decision.verdict.reason,
        "against": list(against),
        **({"lost": loss.told} if loss else {}),
    }
