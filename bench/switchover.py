"""How long orders wait for a writer that moves, and what asking for its epoch costs: `python -m bench.switchover`."""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

from services.common.database import Connection, Database
from services.common.endpoint import connection_arguments
from services.common.pipeline import queues
from tests.integration.conftest import fake_aws
from tests.support import pair as pairs
from tests.support.pair import Pair
from tests.support.trading import Trading

PAUSE_SECONDS = 0.5
ROUNDS, TURNS = 20, 200


@dataclass(frozen=True)
class Move:
    """One switchover: how long it took, and the longest time without a sale around it, in seconds."""

    took: float
    gap: float


def main() -> int:
    """Prints both; 1 if an order was lost or doubled, or a customer saw an error other than 503."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--switches", type=int, default=50)
    switches = parser.parse_args().switches
    os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    queues.WAIT_SECONDS = 1  # the workers are to leave soon
    with pairs.running() as pair, fake_aws() as aws:
        compare(pair)
        trading = Trading(pair, aws)
        return 0 if report(trading, list(moves(pair, trading, switches))) else 1


def moves(pair: Pair, trading: Trading, switches: int) -> Iterator[Move]:
    """Moves the writer to and fro under load."""
    times: list[tuple[float, float]] = []
    with trading.open():
        for _ in range(switches):
            time.sleep(PAUSE_SECONDS)
            began = time.monotonic()
            pair.switch()
            times.append((began, time.monotonic()))
            pair.rejoin()
        time.sleep(2 * PAUSE_SECONDS)
    for began, ended in times:
        yield Move(ended - began, trading.seen.gap(began, ended))


def report(trading: Trading, done: list[Move]) -> bool:
    """Whether nothing was lost, doubled or answered with an error other than 503."""
    seen, orders = trading.seen, len(trading.seen.sold)
    print(f"{len(done)} switchovers: {orders} orders, answers {dict(seen.statuses)}, receives {dict(seen.receives)}")
    for name, values in (("switchover", [move.took for move in done]), ("no sale for", [move.gap for move in done])):
        cuts = statistics.quantiles(values, n=100, method="inclusive")
        print(f"{name:12} p50 {cuts[49]:.3f} s  p99 {cuts[98]:.3f} s  longest {max(values):.3f} s")
    facts = {
        "lost": len(set(seen.keys) - set(seen.sold)),
        "doubled at the CCP": len(trading.shop.ccp.sales) - orders,
        "doubled with us": _number(trading, "SELECT count(*) FROM sales_order") - orders,
        "invoices too many or too few": _number(trading, "SELECT count(*) FROM invoice") - orders,
        "numbers left out": _number(trading, "SELECT max(last_number) FROM invoice_series") - orders,
        "errors but 503": sum(count for status, count in seen.statuses.items() if status >= 500 and status != 503),
    }
    print(", ".join(f"{name}: {value}" for name, value in facts.items()))
    return not any(facts.values())


def compare(pair: Pair) -> None:
    """Prints how long a transaction of one statement takes, beside one that asks the pool's way and for no epoch."""
    settings = pair.settings()
    pool = ConnectionPool(
        connection_class=psycopg.Connection[DictRow],
        kwargs=connection_arguments(settings) | {"row_factory": dict_row},
        min_size=1, max_size=1, check=ConnectionPool.check_connection, open=True,
    )  # fmt: skip
    database = Database(settings, size=1)

    @contextmanager
    def pooled() -> Iterator[Connection]:
        with pool.connection() as connection:
            yield connection

    ways: dict[str, Callable[[], float]] = {
        "checked, no epoch": lambda: _turn(pooled),
        "epoch, in one go": lambda: _turn(database.transaction),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            times[name].append(way())
    medians = {name: statistics.median(found) for name, found in times.items()}
    for name, median in medians.items():
        print(f"{name:18} {median * 1e6:6.0f} us a transaction")
    before, after = medians.values()
    print(f"ratio              {after / before:.2f}")
    pool.close()
    database.close()


def _turn(transaction: Callable[[], AbstractContextManager[Connection]]) -> float:
    began = time.perf_counter()
    for _ in range(TURNS):
        with transaction() as connection:
            connection.execute("SELECT 1")
    return (time.perf_counter() - began) / TURNS


def _number(trading: Trading, query: str) -> int:
    found = trading.value(query)
    return found if isinstance(found, int) else 0


if __name__ == "__main__":
    sys.exit(main())
