"""The long scenarios: load with random deaths, repeated messages, an outage of AWS, a provider that errs.

Each takes its size, and is drawn from the run's seed.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

from tests.chaos.bed import ALL, CALM
from tests.chaos.proxy import Weather
from tests.chaos.run import Run
from tests.chaos.scenario import Findings, Scenario
from tests.chaos.scenarios import after_a_while, replay, unwanted_ends

PATIENCE_SECONDS = 120.0
CLIENTS = 8
SHUFFLED = Weather(copies=5, window_seconds=10)
PATIENT = {"MAIL_EVIDENCE_SECONDS": "30"}
"""Under a long load the evidence of a mail takes its time; the design waits for it for 15 minutes."""


def random_deaths(orders: int) -> Scenario:
    """SIGKILL for a random pod each second for as long as an order is on its way, with two pods of each service."""

    def drive(run: Run) -> Findings:
        _killedeach_second(run, orders)
        return [*run.settled(PATIENCE_SECONDS), *unwanted_ends(run)]

    return Scenario(f"{orders} orders, SIGKILL of a random pod each second", drive, replicas=2)


def duplicates(orders: int) -> Scenario:
    """Every message 1 to 5 times, each copy up to ten seconds later, to two pods of each service."""

    def drive(run: Run) -> Findings:
        run.aws.weather = SHUFFLED
        run.load(orders, clients=CLIENTS).wait()
        run.ended(PATIENCE_SECONDS + orders)
        run.aws.weather = CALM
        return [*run.settled(PATIENCE_SECONDS), *unwanted_ends(run)]

    return Scenario(f"{orders} orders, every message 1 to 5 times, shuffled", drive, replicas=2)


def everything(orders: int) -> Scenario:
    """Both at once."""

    def drive(run: Run) -> Findings:
        run.aws.weather = SHUFFLED
        _killedeach_second(run, orders)
        run.aws.weather = CALM
        return [*run.settled(PATIENCE_SECONDS), *unwanted_ends(run)]

    name = f"{orders} orders, SIGKILL of a random pod each second, every message 1 to 5 times, shuffled"
    return Scenario(name, drive, replicas=2, environment=PATIENT)


def _killedeach_second(run: Run, orders: int) -> None:
    with each_second(run, lambda dice: run.pods.kill(dice.randrange(1000))):
        run.load(orders, clients=CLIENTS).wait()
        run.ended(PATIENCE_SECONDS + orders)


def replayed(orders: int) -> Scenario:
    """Every finished order restarted from every stage."""

    def drive(run: Run) -> Findings:
        run.load(orders, clients=CLIENTS).wait()
        return [*run.settled(PATIENCE_SECONDS + orders), *unwanted_ends(run), *replay(run)]

    return Scenario(f"{orders} orders, each restarted from every stage when finished", drive, services=ALL)


def erring_provider(orders: int) -> Scenario:
    """The CCP refuses for now, loses answers after selling, or hangs: about every third call."""

    def drive(run: Run) -> Findings:
        run.bed.provider(
            {"errorRate": 0.12, "dropAfterAcceptRate": 0.12, "hangAfterAcceptRate": 0.06, "hangSeconds": 10}
        )
        run.load(orders, clients=CLIENTS).wait()
        run.bed.provider({})
        return [*after_a_while(run, PATIENCE_SECONDS + orders), *unwanted_ends(run), *unreserved(run)]

    return Scenario(f"{orders} orders, the CCP errs in 30 % of its calls", drive)


def aws_down(orders: int, seconds: float) -> Scenario:
    """S3 and SQS cannot be reached for a while, and orders go on."""

    def drive(run: Run) -> Findings:
        load = run.load(orders, clients=CLIENTS, over_seconds=seconds * 1.5)
        time.sleep(seconds / 4)
        run.aws.weather = Weather(cut=True)
        time.sleep(seconds)
        before = load.accepted
        run.aws.weather = CALM
        load.wait()
        found = [*run.settled(PATIENCE_SECONDS + orders), *unwanted_ends(run)]
        return found if before > orders / 4 else [*found, f"only {before} orders were accepted before the end"]

    return Scenario(f"{orders} orders, S3 and SQS down for {seconds:.0f} s", drive)


def unreserved(run: Run) -> Findings:
    """Calls of the CCP, whatever came of them, under a reference that is no stored order."""
    stored = {row["order"] for row in run.books.rows("SELECT id::text AS order FROM sales_order")}
    return [f"I2: the CCP was asked for {one}, which is no order" for one in run.bed.purchases.references - stored]


@contextmanager
def each_second(run: Run, strike: Callable[[Random], object]) -> Iterator[None]:
    """Strikes once a second from entering the block to leaving it."""
    stop, dice = threading.Event(), Random(run.seed)

    def work() -> None:
        while not stop.wait(1.0):
            strike(dice)

    thread = threading.Thread(target=work, name="killer", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
