"""What a person is called for because of what a tick finds, once: again only if it had passed."""

from dataclasses import replace
from datetime import datetime

from services.sun.control.book import Memory, Page
from services.sun.control.facts import Facts
from services.sun.control.gates import several_write
from services.sun.control.loss import candidate
from services.sun.control.ports import Ledger
from services.sun.schedule.regions import Health


def alarmed(memory: Memory, facts: Facts, ledger: Ledger, now: datetime) -> tuple[Memory, tuple[Page, ...]]:
    """The calls of this moment, and the memory that they were made."""
    memory, lost = _lost(memory, facts, ledger, now)
    memory, split = _split(memory, facts, now)
    return memory, (*lost, *split)


def _lost(memory: Memory, facts: Facts, ledger: Ledger, now: datetime) -> tuple[Memory, tuple[Page, ...]]:
    writer = memory.state.tenure.writer
    health = facts.health.get(writer, Health.UNKNOWN)
    if health is Health.HEALTHY:
        return replace(memory, lost=None), ()
    if health is Health.UNKNOWN or memory.lost == writer:
        return memory, ()
    text = (
        f"{writer}, whose database is the one that writes, was found not to answer at {now:%Y-%m-%d %H:%M} UTC.\n"
        "Requests go to the other regions. The writer stays: moving it without the region's help may lose orders, "
        "and is for two people to decide. docs/follow-the-sun.md says what to look at first.\n"
    )
    if target := candidate(facts, writer):
        text += (
            f"If {writer} is to be given up for {target}, each of them says so, under their own name, within half an "
            f"hour:\n{ledger.approving(writer, target, memory.epoch)}\n"
        )
    page = Page(f"{now.isoformat()}#lost", f"Follow the sun: {writer} writes, and does not answer", text)
    return replace(memory, lost=writer), (page,)


def _split(memory: Memory, facts: Facts, now: datetime) -> tuple[Memory, tuple[Page, ...]]:
    if facts.cluster is None:
        return memory, ()
    several = several_write(facts.cluster)
    if not several or memory.split:
        return replace(memory, split=bool(several)), ()
    text = (
        f"Found at {now:%Y-%m-%d %H:%M} UTC: {several}. Nothing is moved. The services stay with the later epoch, and "
        "write nothing to the other one. docs/follow-the-sun.md says how it is made one again.\n"
    )
    page = Page(f"{now.isoformat()}#split", "Follow the sun: more than one region writes", text)
    return replace(memory, split=True), (page,)
