"""What a tick makes of what is remembered, before it decides and after."""

from dataclasses import replace
from datetime import datetime

from services.sun.control.book import Book, Memory, Note, Page
from services.sun.control.facts import Facts
from services.sun.schedule.decision import State
from services.sun.schedule.regions import Health
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
    known, writer = memory.state.tenure.writer, facts.cluster.writer if facts.cluster else None
    if book.switch or writer is None or writer == known:
        return memory, ()
    return moved(memory, writer, now), (Note("moved by others", {"source": known, "target": writer}),)


def alarmed(memory: Memory, facts: Facts, now: datetime) -> tuple[Memory, tuple[Page, ...]]:
    """A person is called once when the region that writes stops answering, and again only if it had come back."""
    writer = memory.state.tenure.writer
    health = facts.health.get(writer, Health.UNKNOWN)
    if health is Health.HEALTHY:
        return replace(memory, lost=None), ()
    if health is Health.UNKNOWN or memory.lost == writer:
        return memory, ()
    text = (
        f"{writer}, whose database is the one that writes, was found not to answer at {now:%Y-%m-%d %H:%M} UTC.\n"
        "Requests go to the other regions. The writer stays: moving it without the region's help may lose orders, "
        "and is for a person to decide. docs/follow-the-sun.md says what to look at first."
    )
    page = Page(f"{now.isoformat()}#lost", f"Follow the sun: {writer} writes, and does not answer", text)
    return replace(memory, lost=writer), (page,)
