"""Every list finds its page by an index: no plan reads a table that grows from one end to the other."""

import random
from collections.abc import Iterator
from contextlib import closing

import pytest

from bench.lists import watch
from bench.questions import QUESTIONS, Question, World
from bench.rows import BIG, fill
from bench.watching import WatchingDatabase, scanned
from local.machine.postgres import SUPERUSER, Postgres
from services.common.api import Customer
from tests.support import postgres

ROWS = 20_000
OFTEN = 8
"""From the fifth time on, a prepared statement may get one plan for all values."""
AS_IF_LARGE = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
"""What the planner takes for small tables, or to read whole ones; without them its plans are those of large tables."""


@pytest.fixture(scope="module")
def asked(server: Postgres) -> Iterator[tuple[WatchingDatabase, World]]:
    """A database with customers large and small, and chance, which is the same each time."""
    with server.connect(SUPERUSER) as superuser:
        superuser.execute("TRUNCATE legal_entity, sales_product, data_key CASCADE")
        fill(superuser, ROWS)
        for setting in AS_IF_LARGE:
            superuser.execute(f"ALTER DATABASE cloudsales SET {setting} = off".encode())
        with closing(WatchingDatabase(postgres.settings_of(server))) as database:
            yield database, World(ROWS, random.Random(7))
        superuser.execute("ALTER DATABASE cloudsales RESET ALL")
        superuser.execute("TRUNCATE legal_entity, sales_product, data_key CASCADE")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_list_reads_little_more_than_it_shows(asked: tuple[WatchingDatabase, World], question: Question) -> None:
    database, world = asked
    for _ in range(OFTEN):
        question.handler(question.ask(world, database))
    for _ in range(OFTEN):
        call = question.ask(world, database)
        watched = watch(question, call, database)
        assert watched.statements
        for table, rows in watched.read.items():
            assert table not in BIG or rows <= question.reads, (table, rows)
        customer = call.caller.customer_id if isinstance(call.caller, Customer) else None
        for plan in database.plans(customer):
            assert not set(scanned(plan)) & set(BIG), plan
