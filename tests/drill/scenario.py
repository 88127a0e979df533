"""What a scenario is, how it is played, and how its end is checked."""

import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import psycopg

from tests.chaos.checker import Books, unfinished, violations
from tests.chaos.clients import Acknowledgements
from tests.chaos.waiting import in_time
from tests.drill.events import Kind, Recorder, Recording
from tests.drill.figures import Figures, figures, recovery
from tests.drill.front_log import served
from tests.drill.stage import Play, Stage, performed

WARM_SECONDS, COOL_SECONDS = 4.0, 6.0
"""Of load before anything happens, and after everything has."""
SETTLED_SECONDS = 240.0
STUCK_SECONDS = 40.0
"""What has not changed for so long will not: longer than a lease, and than a message in a dead worker's hands."""
FLUSHED_SECONDS = 1.0
"""What the front keeps before it writes it down, and more."""


@dataclass(frozen=True)
class Scenario:
    """Something that happens to two regions under load.

    Attributes:
        name: by which it is chosen.
        what: a sentence or two for the report.
        play: makes it happen, and notes what is not as it should be.
    """

    name: str
    title: str
    what: str
    play: Callable[[Play], None]


@dataclass(frozen=True)
class Result:
    """What came of a scenario.

    Attributes:
        findings: what is not as it should be; nothing, if all held.
        lost: orders that were accepted and are nowhere in the end.
        missing: orders that were accepted and were not in the database right after a failover (RPO in orders); None
            where there was none.
        doubled: orders that are there, sold, invoiced or mailed more than once.
        rto: seconds without an accepted order after a loss; None where nothing was lost.
    """

    scenario: Scenario
    recording: Recording
    figures: Figures
    findings: Sequence[str]
    lost: int
    doubled: int
    missing: int | None = None
    rto: float | None = None
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def held(self) -> bool:
        """Whether no invariant is broken."""
        return not self.findings and not self.lost and not self.doubled


def play(stage: Stage, scenario: Scenario) -> Result:
    """Plays the scenario, waits until all is quiet again, and checks the books."""
    stage.wait_until_well()
    told = Acknowledgements()
    books = stage.books(told)
    before = settled(books, (), STUCK_SECONDS)
    recorder = Recorder(stage.names)
    findings: list[str] = []
    part: Play | None = None
    try:
        with performed(stage, recorder, told) as part:
            time.sleep(WARM_SECONDS)
            scenario.play(part)
            time.sleep(COOL_SECONDS)
    except Exception as fault:  # noqa: BLE001 - told whole; the drill outlives one scenario
        traceback.print_exc()
        findings.append(f"not played to its end: {type(fault).__name__}: {fault}")
        recorder.mark("broken off", Kind.FAULT)
    time.sleep(FLUSHED_SECONDS)
    recording = recorder.recording(served(stage.machine.logs, recorder.began_at))
    found = figures(recording)
    findings += part.findings if part else []
    findings += [f"never accepted: {one}" for one in (part.load.given_up if part else ())]
    if found.faults:
        findings.append(f"{found.faults} answers were 5xx and not 503: {dict(found.statuses)}")
    findings += settled(books, before, SETTLED_SECONDS)
    return Result(
        scenario,
        recording,
        found,
        findings,
        lost=len(missing(books)),
        doubled=doubled(books),
        missing=part.missing if part else None,
        rto=recovery(recording, part.lost_at) if part and part.lost_at is not None else None,
        notes=part.figures if part else {},
    )


def settled(books: Books, before: Sequence[str], seconds: float) -> list[str]:
    """What breaks an invariant and did not before, once nothing does or it does not change any more."""
    end = time.monotonic() + seconds
    in_time(lambda: _quiet(books), seconds)
    found, since = _new(books, before), time.monotonic()
    while found and time.monotonic() < min(end, since + STUCK_SECONDS):
        time.sleep(2.0)
        now = _new(books, before)
        if now != found:
            found, since = now, time.monotonic()
    return found


def missing(books: Books) -> list[str]:
    """The orders that a customer was told of, and that the database does not have."""
    stored = {row["order"] for row in books.rows("SELECT id::text AS order FROM sales_order")}
    return sorted({order for replies in books.accepted().values() for order, _, _ in replies} - stored)


def doubled(books: Books) -> int:
    """How many orders are there, sold or mailed more often than once, of those that customers were told of."""
    replies = books.accepted()
    ours = {order for told in replies.values() for order, _, _ in told}
    sold = Counter(sale.reference for sale in books.sales())
    numbers = books.rows("SELECT order_id::text AS order, kind, revision FROM invoice")
    invoiced = Counter((row["order"], row["kind"], row["revision"]) for row in numbers)
    mailed = Counter(name for mail in books.mails() for name, _ in mail.files)
    return (
        sum(len({order for order, _, _ in told}) > 1 for told in replies.values())
        + sum(sold[order] > 1 for order in ours)
        + sum(count > 1 and name[0] in ours for name, count in invoiced.items())
        + sum(count > 1 for count in mailed.values())
    )


def _new(books: Books, before: Sequence[str]) -> list[str]:
    known = set(before)
    return [finding for finding in violations(books) if finding not in known]


def _quiet(books: Books) -> bool:
    try:
        return unfinished(books) == 0 and all(waiting == 0 for waiting, _ in books.depths().values())
    except psycopg.OperationalError:
        return False
