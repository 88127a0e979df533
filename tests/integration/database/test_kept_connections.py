"""Connections are kept between transactions, and given up when they are broken, too old or of a former writer."""

from collections.abc import Iterator
from functools import partial

import psycopg
import pytest

from local.machine.postgres import SUPERUSER, Postgres
from services.common.connections import Connection, Connections, Exhausted
from services.common.endpoint import connect
from tests.support.postgres import settings_of


def connections(server: Postgres, size: int = 2, lifetime: float = 60) -> Connections:
    return Connections(partial(connect, settings_of(server)), size, lifetime)


@pytest.fixture
def kept(server: Postgres) -> Iterator[Connections]:
    kept = connections(server)
    yield kept
    kept.close()


def pid(connections: Connections) -> int:
    loan = connections.take(1)
    found = loan.connection.info.backend_pid
    connections.give_back(loan)
    return found


def test_the_one_that_was_used_last_is_used_again(kept: Connections) -> None:
    assert pid(kept) == pid(kept)


def test_what_was_left_open_is_rolled_back(kept: Connections) -> None:
    loan = kept.take(1)
    loan.connection.execute("BEGIN; SELECT 1")
    kept.give_back(loan)
    again = kept.take(1)
    assert again.connection is loan.connection
    assert again.connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
    kept.give_back(again)


def test_one_that_broke_is_not_kept(kept: Connections, server: Postgres) -> None:
    loan = kept.take(1)
    with server.connect(SUPERUSER) as superuser:
        superuser.execute("SELECT pg_terminate_backend(%s)", (loan.connection.info.backend_pid,))
    with pytest.raises(psycopg.OperationalError):
        loan.connection.execute("BEGIN; SELECT 1")
    kept.give_back(loan)
    assert kept.take(1).fresh


def test_discarded_ones_are_closed_at_once_or_when_they_come_back(kept: Connections) -> None:
    used, idle = kept.take(1), kept.take(1)
    kept.give_back(idle)
    kept.discard()
    assert idle.connection.closed
    assert not used.connection.closed
    kept.give_back(used)
    assert used.connection.closed


def test_one_that_is_too_old_is_replaced(server: Postgres) -> None:
    kept = connections(server, lifetime=0)
    assert pid(kept) != pid(kept)
    kept.close()


def test_more_than_there_are_wait_and_then_hear_so(server: Postgres) -> None:
    kept = connections(server, size=1)
    loan = kept.take(1)
    with pytest.raises(Exhausted):
        kept.take(0.01)
    kept.give_back(loan)
    assert pid(kept) == loan.connection.info.backend_pid
    kept.close()


def test_a_server_that_does_not_answer_costs_no_place(server: Postgres) -> None:
    answers = iter([psycopg.OperationalError("nobody listens")])

    def refused() -> Connection:
        raise next(answers)

    kept = Connections(refused, 1, 60)
    with pytest.raises(psycopg.OperationalError):
        kept.take(0)
    with pytest.raises(StopIteration):  # the place was free
        kept.take(0)
