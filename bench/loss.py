"""What a region takes with it when its writer is lost, and what of that is found again: `python -m bench.loss`."""

import argparse
import logging
import os
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.common.pipeline import queues
from tests.integration.conftest import Aws, fake_aws, region_of
from tests.support import pair as pairs
from tests.support.calamity import Clocked, Site, Told, cut_off, seed
from tests.support.losses import APAC
from tests.support.pair import Pair, wait

STEADY_SECONDS = 2.0
FOUND_SECONDS = 300


@dataclass
class Figures:
    """One loss."""

    lag: float
    acknowledged: int
    lost: int
    found: int
    restored: int
    parked: int
    silent: int
    seconds: float
    settled: float
    reused: int
    second_invoices: int
    second_mails: int
    second_sales: int

    @property
    def clean(self) -> bool:
        """Whether nothing is missing and nothing is there twice."""
        twice = (self.reused, self.second_invoices, self.second_mails, self.second_sales)
        return self.silent == 0 and not any(twice) and self.seconds <= FOUND_SECONDS


def main() -> int:
    """Prints a line for each loss; 1 if one was not made good."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--losses", type=int, default=20)
    parser.add_argument("--lags", type=float, nargs=2, default=(0.5, 5.0), help="seconds in which nothing is copied")
    given = parser.parse_args()
    losses, (shortest, longest) = given.losses, given.lags
    os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    logging.disable(logging.CRITICAL)
    queues.WAIT_SECONDS = 1
    clean = True
    all_figures = []
    for place in range(losses):
        lag = shortest + (longest - shortest) * place / max(1, losses - 1)
        with pairs.running() as pair, fake_aws() as aws:
            figures = lose(pair, aws, lag)
        print(figures, flush=True)
        all_figures.append(figures)
        clean = clean and figures.clean
    for name in ("acknowledged", "lost", "found", "restored", "parked", "silent", "reused", "second_invoices",
                 "second_mails", "second_sales"):  # fmt: skip
        print(f"{name:16} {sum(getattr(one, name) for one in all_figures)}")
    print(f"all found after  {max(one.seconds for one in all_figures):.1f} s at most")
    print(f"all settled after {max(one.settled for one in all_figures):.1f} s at most")
    return 0 if clean else 1


def lose(pair: Pair, aws: Aws, lag: float) -> Figures:
    """Loses the writer with what it wrote last; half of the customers concerned repeat their requests."""
    told, ccp = Told(), Clocked()
    seed(pair)
    pair.wait_for_standby()
    eu = Site(pair, aws, ccp, told)
    eu.open(buying=True)
    time.sleep(STEADY_SECONDS)
    with cut_off(pair, eu) as copied:
        time.sleep(lag)
    began = time.monotonic()
    acknowledged = dict(told.orders)
    eu.close()
    lost = {key: order for key, order in acknowledged.items() if order not in copied}
    apac = Site(pair, region_of(APAC), ccp, told)
    apac.open(buying=False)
    for key in list(lost)[::2]:
        apac.order(key)
    found = wait(lambda: set(acknowledged.values()) <= _ids(pair, "SELECT id FROM sales_order"), FOUND_SECONDS)
    seconds = time.monotonic() - began if found else float("inf")
    wait(lambda: _open(pair) == 0, FOUND_SECONDS)
    settled = time.monotonic() - began
    apac.close()
    with pair.writer.connect() as connection:
        states: dict[UUID, str] = dict(connection.execute("SELECT id, state FROM sales_order").fetchall())
        invoices = connection.execute("SELECT invoice_number, order_id FROM invoice").fetchall()
    told_of, taken = set(acknowledged.values()), set(lost.values())
    numbers = Counted.of(invoices, told)
    return Figures(
        lag=round(lag, 2),
        acknowledged=len(told_of),
        lost=len(taken),
        found=len(taken & set(states)),
        restored=sum(states.get(order) not in (None, "PARKED") for order in taken),
        parked=sum(states.get(order) == "PARKED" for order in taken),
        silent=len(told_of - set(states)) + _open(pair),
        seconds=round(seconds, 1),
        settled=round(settled, 1),
        reused=numbers.reused,
        second_invoices=numbers.second_invoices,
        second_mails=numbers.second_mails,
        second_sales=sum(told.orders[key] != order for key, order in acknowledged.items())
        + len(set(ccp.sales) - told_of - set(states)),
    )


@dataclass(frozen=True)
class Counted:
    """Numbers that stand for two orders, orders with two numbers, and mails that came twice."""

    reused: int
    second_invoices: int
    second_mails: int

    @classmethod
    def of(cls, invoices: Sequence[tuple[str, UUID]], told: Told) -> "Counted":
        """From what the database has, and what customers have got."""
        holders, given = defaultdict(set), defaultdict(set)
        mailed = told.mailed()
        for number, order in [*invoices, *((number, one) for number, orders in mailed.items() for one in orders)]:
            holders[number].add(order)
            given[order].add(number)
        return cls(
            sum(len(orders) > 1 for orders in holders.values()),
            sum(len(numbers) > 1 for numbers in given.values()),
            len(told.outbound.accepted) - len(mailed),
        )


def _ids(pair: Pair, query: str) -> set[UUID]:
    with pair.writer.connect() as connection:
        return {row[0] for row in connection.execute(query.encode()).fetchall()}


def _open(pair: Pair) -> int:
    return len(_ids(pair, "SELECT id FROM sales_order WHERE state NOT IN ('EMAILED', 'PARKED', 'REJECTED')"))


if __name__ == "__main__":
    sys.exit(main())
