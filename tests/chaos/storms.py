"""The long scenarios: load with random deaths, outages, crashes of the database, a provider that errs, many writers.

Each takes its size, and is drawn from the run's seed.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import Random

from local.machine.postgres import DATABASE, OWNER, SUPERUSER
from services.common.database import Database
from services.common.errors import Unavailable
from services.invoice import numbering
from tests.chaos.bed import ALL, CALM
from tests.chaos.proxy import Weather
from tests.chaos.run import Run
from tests.chaos.scenario import Findings, Scenario
from tests.chaos.scenarios import after_a_while, replay, unwanted_ends
from tests.support import postgres

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


def database_down(orders: int, seconds: float) -> Scenario:
    """PostgreSQL is killed and stays away for a while: 503 with Retry-After, and the CCP sells nothing unreserved."""

    def drive(run: Run) -> Findings:
        load = run.load(orders, clients=CLIENTS, over_seconds=seconds * 1.5)
        time.sleep(seconds / 4)
        run.crash_database()
        time.sleep(seconds)
        run.bed.start_database()
        run.time_passes("order")
        load.wait()
        found = [*after_a_while(run, PATIENCE_SECONDS + orders), *unwanted_ends(run), *unreserved(run)]
        if others := run.told.others.keys() - {"503", "409"}:
            found.append(f"clients were told {sorted(others)} while the database was down")
        if not run.told.others.get("503"):
            found.append("nobody noticed that the database was down")
        if run.told.unavailable_without_retry_after:
            found.append(f"{run.told.unavailable_without_retry_after} answers 503 without Retry-After")
        return found

    return Scenario(f"{orders} orders, PostgreSQL killed and down for {seconds:.0f} s", drive)


def unreserved(run: Run) -> Findings:
    """Calls of the CCP, whatever came of them, under a reference that is no stored order."""
    stored = {row["order"] for row in run.books.rows("SELECT id::text AS order FROM sales_order")}
    return [f"I2: the CCP was asked for {one}, which is no order" for one in run.bed.purchases.references - stored]


def backends_lost(orders: int) -> Scenario:
    """A random connection of the services is ended by PostgreSQL each second, often within a transaction (row 26)."""

    def drive(run: Run) -> Findings:
        with each_second(run, lambda _: _kill_backend(run)):
            run.load(orders, clients=CLIENTS, over_seconds=orders / 3).wait()
        found = [*after_a_while(run, PATIENCE_SECONDS + orders), *unwanted_ends(run), *unreserved(run)]
        others = sorted(run.told.others.keys() - {"503", "409"})
        return [*found, *(f"clients were told {what} when a connection was lost" for what in others)]

    return Scenario(f"{orders} orders, a random backend terminated each second", drive)


def database_crashes(orders: int, times: int) -> Scenario:
    """PostgreSQL is killed and started again, several times under load."""

    def drive(run: Run) -> Findings:
        load = run.load(orders, clients=CLIENTS, over_seconds=times * 5.0)
        for _ in range(times):
            time.sleep(4.0)
            run.crash_database()
            run.bed.start_database()
        load.wait()
        return [*after_a_while(run, PATIENCE_SECONDS + orders), *unwanted_ends(run), *unreserved(run)]

    return Scenario(f"{orders} orders, {times} crashes of PostgreSQL", drive)


def writers(numbers: int, count: int) -> Scenario:
    """Many writers draw numbers of one series, one transaction in ten fails, and backends are killed under them."""

    def drive(run: Run) -> Findings:
        with run.bed.database.connect(OWNER) as admin:
            admin.execute("CREATE TABLE chaos_number (number integer PRIMARY KEY)")
            admin.execute("GRANT ALL ON chaos_number TO cloudsales_app")
        try:
            with each_second(run, lambda _: _kill_backend(run)):
                _write(run, numbers, count)
            return _gaps(run)
        finally:
            with run.bed.database.connect(OWNER) as admin:
                admin.execute("DROP TABLE chaos_number")

    return Scenario(f"{count} writers draw {numbers} numbers", drive, services=())


def _write(run: Run, numbers: int, count: int) -> None:
    database = Database(postgres.settings_of(run.bed.database), size=count)
    entity = run.books.rows("SELECT id FROM legal_entity LIMIT 1")[0]["id"]
    shares = [numbers // count + (turn < numbers % count) for turn in range(count)]

    def write(dice: Random, share: int) -> None:
        done = 0
        while done < share:
            with suppress(_GivenUp, Unavailable), database.transaction() as connection:
                number = numbering.draw(connection, "CHAOS", entity)
                connection.execute("INSERT INTO chaos_number VALUES (%s)", (number.value,))
                if dice.random() < 0.1:
                    raise _GivenUp
                done += 1

    threads = [
        threading.Thread(target=write, args=(Random(run.seed + turn), share)) for turn, share in enumerate(shares)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()


class _GivenUp(Exception):
    """A transaction that fails after it has drawn its number."""


def _gaps(run: Run) -> Findings:
    (row,) = run.books.rows(
        """
        SELECT last_number AS last, (SELECT count(*) FROM chaos_number) AS kept,
            (SELECT coalesce(max(number), 0) FROM chaos_number) AS highest
        FROM invoice_series WHERE series = 'CHAOS'
        """
    )
    if row["last"] == row["kept"] == row["highest"]:
        return []
    return [f"I4: counted to {row['last']}, kept {row['kept']} numbers up to {row['highest']}"]


def _kill_backend(run: Run) -> None:
    with run.bed.database.connect(SUPERUSER, DATABASE) as admin:
        admin.execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE usename = 'cloudsales_app' ORDER BY random() LIMIT 1
            """
        )


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
