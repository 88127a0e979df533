"""What is slow, full or asked to be left alone stays where it is: everything else goes on."""

import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import uuid4

import pytest

from local.machine.postgres import Postgres
from services.common.api.webserver import THREADS
from services.common.ccp.client import CcpNotCalled, CcpOutcomeUnknown
from services.common.ccp.gate import CALLS, Gate
from services.common.ccp.pauses import Pauses
from services.common.ccp.transport import Patience
from services.common.database import Database
from services.order.ccp import CcpClient
from services.order.reconciler import reconcile
from tests.integration.conftest import World
from tests.support.ccp import Simulator, running
from tests.support.market import Market
from tests.support.postgres import settings_of


@pytest.fixture
def market(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """With a simulator of its own, whose hanging calls bother nobody else, and a gate at the pace of the wall."""
    with running(tmp_path_factory.mktemp("ccp") / "sales.sqlite3") as simulator:
        made = Market(world, simulator, read_seconds=8)
        made.gate._clock = time.monotonic
        yield made


def test_a_ccp_that_hangs_leaves_threads_for_everybody_else(market: Market) -> None:
    kept = market.order("before").headers["Location"]
    headers = {"Authorization": f"Bearer {market.world.subject('liffey')}"}
    market.simulator.misbehave(latencyMs=10_000)
    with ThreadPoolExecutor(THREADS) as threads:
        orders = [threads.submit(market.order, f"k{number}") for number in range(8 * THREADS)]
        others = [
            threads.submit(market.app.test_client().get, path, headers=headers)
            for path in ("/healthz", "/readyz", kept)
        ]
        assert [other.result().status_code for other in others] == [200, 200, 200]
        hanging = sum(not order.done() for order in orders)
        assert hanging >= CALLS, "they were served only after the CCP's calls had ended"
        market.simulator.behave()
        assert {order.result().status_code for order in orders} <= {201, 202}
    assert market.world.value("SELECT count(*) FROM sales_order") == 1 + 8 * THREADS


def test_without_a_free_connection_nothing_is_bought_and_health_stays_green(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.common.search.ACQUIRE_SECONDS", 0.2)
    with ExitStack() as held:
        for _ in range(4):
            held.enter_context(market.world.database.transaction())
        refused = market.order("k1")
        assert refused.status_code == 503
        assert refused.headers["Retry-After"]
        assert market.app.test_client().get("/healthz").status_code == 200
    assert market.simulator.sales() == []
    assert market.order("k1").status_code == 201
    assert len(market.simulator.live()) == 1


def test_no_connection_is_held_while_the_ccp_is_waited_for(market: Market) -> None:
    market.simulator.misbehave(latencyMs=3_000)
    with ThreadPoolExecutor(CALLS) as threads:
        orders = [threads.submit(market.order, f"k{number}") for number in range(CALLS)]
        time.sleep(1.5)
        with market.world.database.transaction() as connection:
            row = connection.execute(
                """
                SELECT count(*) AS all, count(*) FILTER (WHERE state = 'idle in transaction') AS held
                FROM pg_stat_activity WHERE usename = current_user AND state IS NOT NULL
                """
            ).fetchone()
        assert row is not None
        assert row["all"] > 0
        assert row["held"] == 0
        assert sum(not order.done() for order in orders) == CALLS
        assert {order.result().status_code for order in orders} == {201}


@dataclass(frozen=True)
class Pod:
    """What another process needs to call the CCP once."""

    server: Postgres
    url: str

    def call(self) -> str:
        database = Database(settings_of(self.server), size=1)
        try:
            ccp = CcpClient(self.url, Patience(), Gate(), Pauses(database))
            ccp.sales_of(uuid4(), ccp.deadline())
        except CcpNotCalled:
            return "not called"
        except CcpOutcomeUnknown:
            return "called"
        else:
            return "answered"
        finally:
            database.close()


def call(pod: Pod) -> str:
    return pod.call()


def test_what_the_ccp_asks_of_one_process_holds_for_all(server: Postgres, world: World, process: Simulator) -> None:
    process.misbehave(errorRate=1, errorStatus=429, retryAfterSeconds=600)
    pod = Pod(server, process.url)
    assert call(pod) == "called"
    with multiprocessing.get_context("spawn").Pool(4) as pods:
        assert pods.map(call, [pod] * 8) == ["not called"] * 8
    process.behave()
    assert call(pod) == "not called"
    left = float(str(world.value("SELECT extract(epoch FROM until - now()) FROM ccp_pause")))
    assert 500 < left <= 600
    world.admin.execute("UPDATE ccp_pause SET until = now()")
    assert call(pod) == "answered"


def test_orders_of_a_pod_that_was_not_refused_wait_as_well(world: World, process: Simulator) -> None:
    first, second = (Market(world, process) for _ in range(2))
    for market in (first, second):
        market.gate._clock = lambda: 0.0
        market.ccp._pauses = Pauses(world.database)
    process.misbehave(errorRate=1, errorStatus=429, retryAfterSeconds=30)
    assert first.order("k1").status_code == 202
    process.behave()
    assert second.order("k2").status_code == 202
    second.hurry()
    assert reconcile(world.database, second.settlement, second.ccp) == 0
    attempts = "SELECT array_agg(ccp_attempts ORDER BY created_at) FROM sales_order"
    assert world.value(attempts) == [1, 1]
    assert process.live() == []


@pytest.mark.parametrize(("asked", "seconds"), [(float("inf"), 3600), (1e300, 3600), (10.0, 60), (90.0, 90)])
def test_the_longest_wish_holds_but_no_longer_than_an_hour(world: World, asked: float, seconds: int) -> None:
    pauses = Pauses(world.database)
    assert pauses.left() == 0.0
    pauses.ask(60)
    pauses.ask(asked)
    assert seconds - 5 < pauses.left() <= seconds
