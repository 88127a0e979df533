"""Changes of licences under failures: all kinds at once, by two administrators of each item (I9, row 52).

A change is done within its request or by licensing's reconciler; increases are bought by the order service, and the
money for all of them goes through the pipeline.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from tests.chaos.bed import PIPELINE
from tests.chaos.checker import unfinished
from tests.chaos.licensee import KINDS, Licensee, mixed
from tests.chaos.run import Run
from tests.chaos.scenario import Findings, Scenario
from tests.chaos.scenarios import unwanted_ends
from tests.chaos.storms import each_second
from tests.chaos.waiting import in_time

SERVICES = ("licensing", *PIPELINE)
STOCK = 4
"""Licences of each item at the beginning."""
MOST_ITEMS = 8
"""One for each customer of the demo."""
RIVALS = 2
"""Administrators of each item."""
TICK_SECONDS = 1.0

POINTS = tuple(f"C{number}" for number in (23, 24, 25, 26, 27, 28, 30))
"""Where licensing dies while somebody waits for it, or asks for the credit notes."""
LEFT_ALONE = ("C25", "C29")
"""Where it dies with a change that nobody asks for again, and where it does in the reconciler that has found it."""

Drive = Callable[[Run], Findings]


@dataclass(frozen=True)
class Wanted:
    """How many changes, by whom, and before which CCP.

    Attributes:
        items: each of one customer.
        each: changes by each administrator.
        kinds: what each asks for, in some order.
        patient: they repeat what got no answer.
        switches: of the CCP while changes are asked for.
        clock: the services' pauses run out all the time. A lease ends too then, at times under whoever has it: two are
            at work on one change, as after a long stop of the first. Before a CCP that ignores keys that is too much.
        seconds: until all of it has to be settled.
    """

    items: int = 2
    each: int = 4
    kinds: tuple[str, ...] = KINDS
    patient: bool = True
    switches: Mapping[str, object] = field(default_factory=dict)
    clock: bool = True
    seconds: float = 60.0


def changes(wanted: Wanted, storm: Callable[[Run], AbstractContextManager[None]] | None = None) -> Drive:
    """Has the changes made in the storm, and wants each of them done, with its money."""

    def drive(run: Run) -> Findings:
        _stock(run, wanted.items)
        licensees = [
            Licensee(who, partial(run.pods.next_url, "licensing"), Random(f"{run.seed}-{place}"), wanted.patient)
            for place, who in enumerate(run.customers[: wanted.items] * RIVALS)
        ]
        with _time_passing(run) if wanted.clock else nullcontext():
            with storm(run) if storm else nullcontext():
                run.bed.provider(wanted.switches)
                _work(licensees, wanted)
                run.bed.provider({})
            in_time(lambda: _settled(run), wanted.seconds)
        return [*run.settled(wanted.seconds), *unwanted_ends(run), *_promises(run, licensees), *_outcomes(run, wanted)]

    return drive


def _stock(run: Run, items: int) -> None:
    """Buys some licences for each; whoever orders is answered when they are there."""

    def buy(place: int) -> int:
        return run.customers[place].order(run.order_url, f"stock-{place}", STOCK).status

    with ThreadPoolExecutor(items) as pool:
        assert set(pool.map(buy, range(items))) == {201}


def _work(licensees: list[Licensee], wanted: Wanted) -> None:
    def work(licensee: Licensee) -> None:
        for kind in mixed(licensee.dice, wanted.kinds, wanted.each):
            licensee.change(kind)

    with ThreadPoolExecutor(len(licensees), thread_name_prefix="licensee") as pool:
        list(pool.map(work, licensees))


@contextmanager
def _time_passing(run: Run) -> Iterator[None]:
    stop = threading.Event()

    def tick() -> None:
        while not stop.wait(TICK_SECONDS):
            for service in ("licensing", "order"):
                run.time_passes(service)

    thread = threading.Thread(target=tick, name="clock", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _settled(run: Run) -> bool:
    open_changes = run.books.rows("SELECT 1 FROM licence_change WHERE state IN ('RESERVED', 'CONFIRMED')")
    return not open_changes and unfinished(run.books) == 0


def _promises(run: Run, licensees: list[Licensee]) -> Findings:
    """What was accepted is stored, told again to whoever asks, and nothing else is stored unless somebody gave up."""
    for licensee in licensees:
        licensee.repeat()
    stored = {row["change"] for row in run.books.rows("SELECT id::text AS change FROM licence_change")}
    told = {change for licensee in licensees for _, change in licensee.accepted}
    strange = stored - told if all(licensee.patient for licensee in licensees) else ()
    return [
        *(f"I9: the change {change} was accepted and is not stored" for change in told - stored),
        *(f"I9: the change {change} was told to nobody" for change in strange),
        *(fault for licensee in licensees for fault in licensee.faults),
    ]


def _outcomes(run: Run, wanted: Wanted) -> Findings:
    """Changes that did not end as they should when nothing was wrong with them, and kinds of which none was made."""
    rows = run.books.rows("SELECT id, kind, state, reason FROM licence_change")
    return [
        *(
            f"{row['kind']} {row['id']} ended {row['state']}: {row['reason']}"
            for row in rows
            if row["state"] in ("PARKED", "REFUSED")
        ),
        *(f"no change was of the kind {kind}" for kind in wanted.kinds if kind not in {row["kind"] for row in rows}),
    ]


def change_points(times: int) -> Scenario:
    """Every point of a change in one run; each change dies once at each point that still strikes."""
    wanted = Wanted(items=min(MOST_ITEMS, 1 + times), each=3 + times, seconds=60.0 + 30 * times)
    name = f"changes of licences, SIGKILL at {', '.join(POINTS)}, {times} x"
    return Scenario(name, changes(wanted), dict.fromkeys(POINTS, times), services=SERVICES)


def left_alone(times: int) -> Scenario:
    """Nobody repeats a request, and the CCP errs in 30 % of its calls: the reconciler finishes what is left.

    Increases are the order service's to finish, and have no part in it.
    """
    errs = {"errorRate": 0.15, "dropAfterAcceptRate": 0.15}
    items, seconds = min(MOST_ITEMS, 1 + times), 60.0 + 30 * times
    wanted = Wanted(items, 1 + times, ("RETURN", "EXTEND"), patient=False, switches=errs, seconds=seconds)
    name = f"changes that nobody repeats, a CCP that errs in 30 %, SIGKILL at {', '.join(LEFT_ALONE)}, {times} x"
    return Scenario(name, changes(wanted), dict.fromkeys(LEFT_ALONE, times), services=SERVICES)


def extensions(point: str, times: int, switches: Mapping[str, object] | None = None) -> Scenario:
    """Licences are extended, and licensing dies at the point; with the CCP's switches set."""
    wanted = Wanted(each=times, kinds=("EXTEND",), switches=switches or {}, clock=False)
    name = f"{wanted.items * RIVALS * times} extensions of licences, SIGKILL at {point}, {times} x"
    return Scenario(name, changes(wanted), {point: times}, services=SERVICES)


def without_keys(times: int) -> Scenario:
    """A CCP that ignores keys has extended, and licensing dies: the change is looked for, and not asked for again."""
    scenario = extensions("C26", times, {"ignoreIdempotencyKeys": True})
    return replace(scenario, name=f"{scenario.name}, a CCP without keys")


def change_deaths(each: int) -> Scenario:
    """SIGKILL for a random pod each second while licences are changed, with two pods of each service."""

    def storm(run: Run) -> AbstractContextManager[None]:
        return each_second(run, lambda dice: run.pods.kill(dice.randrange(1000)))

    wanted = Wanted(items=MOST_ITEMS, each=each, seconds=120.0 + 10 * each)
    name = f"{wanted.items * RIVALS * each} changes of licences, SIGKILL of a random pod each second"
    return Scenario(name, changes(wanted, storm), services=SERVICES, replicas=2)


def erring_provider(each: int) -> Scenario:
    """The CCP errs in 30 % of its calls while licences are changed, and whoever gets no answer repeats his request."""
    errs = {"errorRate": 0.12, "dropAfterAcceptRate": 0.12, "hangAfterAcceptRate": 0.06, "hangSeconds": 10}
    wanted = Wanted(items=MOST_ITEMS, each=each, switches=errs, seconds=120.0 + 10 * each)
    name = f"{wanted.items * RIVALS * each} changes of licences, the CCP errs in 30 % of its calls"
    return Scenario(name, changes(wanted), services=SERVICES)


SHORT = (change_points(1), left_alone(1))
"""What runs with every test."""
