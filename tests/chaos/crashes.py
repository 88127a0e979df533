"""The long scenarios in which it is the database that fails: it is killed, its sessions are ended, many draw numbers.

Each takes its size, and is drawn from the run's seed.
"""

import threading
import time
from contextlib import suppress
from random import Random

from local.machine.postgres import DATABASE, OWNER, SUPERUSER
from services.common.database import Database
from services.common.errors import Unavailable
from services.invoice import numbering
from tests.chaos.run import Run
from tests.chaos.scenario import Findings, Scenario
from tests.chaos.scenarios import after_a_while, unwanted_ends
from tests.chaos.storms import CLIENTS, PATIENCE_SECONDS, each_second, unreserved
from tests.support import postgres


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
