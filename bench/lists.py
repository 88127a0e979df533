"""How long each list takes on so many rows: `python -m bench.lists --rows 1000000`."""

import argparse
import random
import sys
import time
from contextlib import closing
from statistics import quantiles

from bench.questions import QUESTIONS, Question, World
from bench.rows import BIG, fill
from bench.watching import Watched, WatchingDatabase, scanned
from local.machine.postgres import SUPERUSER
from services.common.api import Customer
from services.database import schema
from tests.support import postgres

REQUESTS = 300
WARM_UP = 20
HURRIED = ("fsync = off", "full_page_writes = off", "max_wal_size = '8GB'", "maintenance_work_mem = '256MB'")
"""For a server that nobody needs after a crash. The measurements only read."""
_LINE = "{:30} {:>8} {:>8} {:>9}  {}"


def main() -> int:
    """Prints the table; 1 if a list reads a big table from one end to the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of each big table")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="of each list")
    given = parser.parse_args()
    with postgres.running() as server:
        schema.upgrade(postgres.settings_of(server, owner=True))
        started = time.monotonic()
        with server.connect(SUPERUSER) as superuser:
            for setting in HURRIED:
                superuser.execute(f"ALTER SYSTEM SET {setting}".encode())
            superuser.execute("SELECT pg_reload_conf()")
            fill(superuser, given.rows)
        print(f"{given.rows:,} rows of each of {len(BIG)} tables, filled in {time.monotonic() - started:.0f} s")
        world = World(given.rows, random.Random(7))  # noqa: S311 - which request comes next is no secret
        print(_LINE.format("list", "p50 ms", "p99 ms", "rows read", "scanned from end to end"))
        with closing(WatchingDatabase(postgres.settings_of(server))) as database:
            faults = [question for question in QUESTIONS if not measured(question, world, database, given.requests)]
    return 1 if faults else 0


def measured(question: Question, world: World, database: WatchingDatabase, requests: int) -> bool:
    """Whether the list did without a scan; prints its line."""
    calls = [question.ask(world, database) for _ in range(WARM_UP + requests)]
    taken = []
    for call in calls:
        started = time.perf_counter()
        question.handler(call)
        taken.append((time.perf_counter() - started) * 1000)
    tables, most = set(), 0
    for call in calls[-WARM_UP:]:
        watched = watch(question, call, database)
        most = max([most, *watched.read.values()])
        customer = call.caller.customer_id if isinstance(call.caller, Customer) else None
        tables |= {table for plan in database.plans(customer) for table in scanned(plan)} & set(BIG)
    cuts = quantiles(taken[WARM_UP:], n=100)
    print(_LINE.format(question.name, f"{cuts[49]:.1f}", f"{cuts[98]:.1f}", most, ", ".join(sorted(tables)) or "none"))
    return not tables


def watch(question: Question, call: object, database: WatchingDatabase) -> Watched:
    """What the handler asked and read for the call."""
    database.watched, database.watching = Watched(), True
    try:
        question.handler(call)  # type: ignore[arg-type]
    finally:
        database.watching = False
    return database.watched


if __name__ == "__main__":
    sys.exit(main())
