"""Whether a region that writes is lost, and may be given up: two witnesses for some time, and two people's word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.sun.control.book import Approval, Book, Memory, Page, Since, Switch
from services.sun.control.facts import AVAILABLE, Facts
from services.sun.schedule.regions import Health

GONE_FOR = timedelta(minutes=4)
"""For how long both witnesses have to say so: a tick, less what a call may come early, and so at two ticks at least."""
SILENT_FOR = timedelta(minutes=11)
"""After how long without a sign of life a region's controller is taken for lost: two ticks, and some."""
VALID_FOR = timedelta(minutes=30)
"""How long a person's word is good for."""
PEOPLE = 2
"""How many have to say so."""
BACK_AFTER = timedelta(hours=12)
"""The schedule gives the writer to a region that was given up no sooner: not while the same sun is up."""


@dataclass(frozen=True)
class Loss:
    """A region that writes and is lost.

    Attributes:
        target: for which it may be given up; None if there is none.
        witnesses: who says that it is lost.
        approvals: those that count, one for each person.
        against: all that is missing.
    """

    source: str
    target: str | None
    witnesses: tuple[str, ...]
    approvals: tuple[Approval, ...]
    against: tuple[str, ...]

    @property
    def told(self) -> dict[str, object]:
        """For the trail."""
        return {
            "target": self.target,
            "witnesses": list(self.witnesses),
            "approvedBy": [approval.by for approval in self.approvals],
            "against": list(self.against),
        }


def witnesses(facts: Facts, region: str, beats: Mapping[str, datetime], now: datetime) -> tuple[str, ...]:
    """Who says that the region is lost, each by another way: those who ask its edge, and those behind it."""
    return (*_outside(facts, region), *_inside(facts, region, beats, now))


def watched(memory: Memory, facts: Facts, beats: Mapping[str, datetime], now: datetime) -> Memory:
    """With since when the region that writes is lost by both kinds of witness without a break."""
    region = memory.state.tenure.writer
    both = any(_outside(facts, region)) and any(_inside(facts, region, beats, now))
    if not both:
        return replace(memory, gone=None)
    since = memory.gone if memory.gone and memory.gone.region == region else Since(region, now)
    return replace(memory, gone=since)


def candidate(facts: Facts, source: str) -> str | None:
    """The first of the other regions that is fit; else the first that has a member."""
    others = [one.region for one in facts.cluster.members if one.region != source] if facts.cluster else []
    fit = [region for region in others if not any(_unfit(facts, region))]
    return next(iter(fit or others), None)


def judged(memory: Memory, book: Book, facts: Facts, now: datetime) -> Loss | None:
    """What is known of the loss; None as long as the region is not known to be lost."""
    if memory.gone is None:
        return None
    source = memory.gone.region
    valid = [one for one in book.approvals if _counts(one, source, memory.epoch, now)]
    asked = sorted({one.target for one in valid}, key=lambda target: -len(_people(valid, target)))
    target = next(iter(asked), None) or candidate(facts, source)
    people = _people(valid, target) if target else ()
    against = (*_against(memory.gone, book, facts, now), *_unready(facts, target, people))
    return Loss(source, target, witnesses(facts, source, book.beats, now), people, against)


def given_up(switch: Switch, epoch: int, now: datetime) -> Page:
    """The call that tells what happened."""
    text = (
        f"At {now:%Y-%m-%d %H:%M} UTC {switch.target} took the writer over from {switch.source}, which was lost, and "
        f"epoch {epoch} began. What {switch.source} had taken and not copied yet is not in the database: the loss is "
        "looked for from the CCP's sales and the stored messages, and new invoices have a series of their own.\n"
        f"The schedule leaves the writer there for {BACK_AFTER / timedelta(hours=1):.0f} hours at least. "
        "docs/follow-the-sun.md says what to look at before the region comes back.\n"
    )
    return Page(f"{switch.begun.isoformat()}#given-up", f"Follow the sun: {switch.source} was given up", text)


def _outside(facts: Facts, region: str) -> Iterator[str]:
    if facts.health.get(region) is Health.UNHEALTHY:
        yield f"Route 53 finds {region} sick"


def _inside(facts: Facts, region: str, beats: Mapping[str, datetime], now: datetime) -> Iterator[str]:
    member = facts.cluster.member(region) if facts.cluster else None
    if member is not None and member.status != AVAILABLE:
        yield f"RDS finds the cluster of {region} {member.status}"
    if region in beats and now - beats[region] >= SILENT_FOR:
        yield f"the controller of {region} is silent since {beats[region]:%H:%M} UTC"


def _counts(approval: Approval, source: str, epoch: int, now: datetime) -> bool:
    fresh = timedelta() <= now - approval.at < VALID_FOR
    return fresh and (approval.source, approval.epoch) == (source, epoch)


def _people(approvals: list[Approval], target: str) -> tuple[Approval, ...]:
    """One for each name; who writes theirs in another case is the same."""
    return tuple({one.by.strip().casefold(): one for one in approvals if one.target == target}.values())


def _against(gone: Since, book: Book, facts: Facts, now: datetime) -> Iterator[str]:
    if book.hold:
        yield f"held by {book.hold.by}: {book.hold.reason}"
    if now - gone.at < GONE_FOR:
        yield f"lost only since {gone.at:%H:%M} UTC"
    if facts.cluster is None or facts.cluster.moving or facts.cluster.writer != gone.region:
        yield f"the global cluster is not at rest with {gone.region} as its one writer"


def _unready(facts: Facts, target: str | None, people: tuple[Approval, ...]) -> Iterator[str]:
    yield from _unfit(facts, target) if target else ["no other region has a member"]
    if len(people) < PEOPLE:
        yield f"approved by {len(people)} of {PEOPLE} people"


def _unfit(facts: Facts, target: str) -> Iterator[str]:
    if facts.health.get(target) is not Health.HEALTHY:
        yield f"the health of {target} is {facts.health.get(target, Health.UNKNOWN)}"
    member = facts.cluster.member(target) if facts.cluster else None
    if member is None:
        yield f"{target} has no member of the global cluster"
    elif member.status != AVAILABLE or not member.instances:
        yield f"the cluster of {target} is {member.status}, with {member.instances} instances"
