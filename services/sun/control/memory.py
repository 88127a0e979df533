"""What a tick makes of what is remembered, before it decides and after."""

from dataclasses import replace
from datetime import datetime

from services.sun.control.book import Book, Memory, Note
from services.sun.control.facts import Facts
from services.sun.schedule.decision import State
from services.sun.schedule.writer import Tenure


def first(facts: Facts, now: datetime) -> Memory | None:
    """A memory of nothing but what is found; None where it is not known who writes."""
    writer = facts.cluster.writer if facts.cluster else None
    return Memory(State(facts.weights, now, Tenure(writer, now))) if writer else None


def moved(memory: Memory, writer: str, at: datetime) -> Memory:
    """With the writer in another region."""
    return replace(memory, state=replace(memory.state, tenure=memory.state.tenure.moved(writer, at)))


def began(memory: Memory, at: datetime) -> Memory:
    """With one switch more begun."""
    return replace(memory, state=replace(memory.state, tenure=memory.state.tenure.began(at)))


def put_right(memory: Memory, book: Book, facts: Facts, now: datetime) -> tuple[Memory, tuple[Note, ...]]:
    """As it is found, where somebody else moved the writer; whoever did, it stays there for a while."""
    memory = replace(memory, epoch=facts.state.epoch if facts.state else memory.epoch)
    known, writer = memory.state.tenure.writer, facts.cluster.writer if facts.cluster else None
    if book.switch or writer is None or writer == known:
        return memory, ()
    return moved(memory, writer, now), (Note("moved by others", {"source": known, "target": writer}),)
