"""What a scenario is, how it is played, and how its end is checked."""

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.clients import Acknowledgements
from tests.drill.events import Kind, Recorder, Recording
from tests.drill.figures import Figures, figures, recovery
from tests.drill.front_log import served
from tests.drill.performance import Play, performed
from tests.drill.stage import Stage
from tests.drill.verdict import doubled, missing, parked, settled, standing

WARM_SECONDS, COOL_SECONDS = 4.0, 6.0
"""Of load before anything happens, and after everything has."""
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
        parked: orders that wait for a person in the end. None of them is lost, and each tells why.
        explained: what a loss has left of orders that are back or wait for a person.
        rto: seconds without an accepted order after a loss; None where nothing was lost.
        leapt: seconds of the controllers' own waiting that `rto` does not have, for the drill leaps over them.
    """

    scenario: Scenario
    recording: Recording
    figures: Figures
    findings: Sequence[str]
    lost: int
    doubled: int
    missing: int | None = None
    rto: float | None = None
    parked: Mapping[str, int] = field(default_factory=dict)
    explained: Sequence[str] = ()
    leapt: float = 0.0
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def held(self) -> bool:
        """Whether no invariant is broken."""
        return not self.findings and not self.lost and not self.doubled


def play(stage: Stage, scenario: Scenario) -> Result:
    """Plays the scenario, waits until all is quiet again, and checks the books."""
    stage.wait_until_well()
    told = Acknowledgements()
    books = stage.books
    books.told = told
    before = standing(books)
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
    broken, explained = settled(books, before)
    findings += broken
    return Result(
        scenario,
        recording,
        found,
        findings,
        lost=len(missing(books)),
        doubled=doubled(books),
        missing=part.missing if part else None,
        rto=recovery(recording, part.lost_at) if part and part.lost_at is not None else None,
        parked=parked(books),
        explained=explained,
        leapt=part.leapt if part else 0.0,
        notes=part.figures if part else {},
    )
