"""Two hundred orders by eight clients."""

from statistics import median

import pytest

from tests.chaos.load import Load
from tests.support.accounts import violations
from tests.support.platform import Platform

pytestmark = pytest.mark.chaos
ORDERS, CLIENTS = 200, 8


def test_all_are_invoiced_and_mailed_without_a_gap(platform: Platform) -> None:
    outcomes = Load(platform, orders=ORDERS, clients=CLIENTS).outcomes()
    assert [outcome.order["state"] for outcome in outcomes] == ["EMAILED"] * ORDERS
    assert violations(platform) == []
    seconds = sorted(outcome.seconds for outcome in outcomes)
    print(f"\n{ORDERS} orders, {CLIENTS} clients: order to mail p50 {median(seconds):.2f} s, max {seconds[-1]:.2f} s")
