"""One key, one order: whoever repeats, how often, how late, and whatever breaks between."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from services.common.api import idempotency
from services.common.api.idempotency import Claim, Key
from services.order import confirmation
from tests.support.market import MIX, Market

ROUNDS, AT_ONCE = 6, 50
SEED = 20261122


def later(market: Market) -> None:
    """The lease of whoever had the order ends."""
    market.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")


@pytest.mark.parametrize("keys", ["keys", "no keys"])
def test_fifty_at_once_round_after_round_have_one_effect_each(market: Market, keys: str) -> None:
    market.simulator.misbehave(**MIX, ignoreIdempotencyKeys=keys == "no keys", latencyMs=20, seed=SEED)
    told: Counter[int] = Counter()
    for number in range(ROUNDS):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            amounts = [3 if place % 10 == 9 else 2 for place in range(AT_ONCE)]
            answers = list(pool.map(lambda amount, key=f"round-{number}": market.order(key, amount), amounts))
        told.update(answer.status_code for answer in answers)
        assert len({answer.data for answer in answers if answer.status_code == 201}) <= 1
        assert market.world.value("SELECT count(*) FROM sales_order") == number + 1
    assert set(told) <= {201, 202, 409, 422}
    assert told[422] > 0
    market.settle_all()
    market.simulator.behave()
    market.compare()
    assert market.accounts().violations == []


def test_a_key_never_gets_too_old_to_be_known(market: Market) -> None:
    first = market.order("k1")
    market.world.admin.execute(
        "UPDATE idempotency_key SET created_at = now() - interval '10 years', updated_at = now()"
    )
    market.world.admin.execute("UPDATE sales_order SET created_at = now() - interval '10 years'")
    again = market.order("k1")
    assert (again.status_code, again.data, again.headers["Location"]) == (201, first.data, first.headers["Location"])
    assert market.order("k1", 7).status_code == 422
    assert len(market.simulator.live()) == 1


def test_a_key_of_another_route_is_another_key(market: Market) -> None:
    customer = market.world.value("SELECT customer_id FROM app_user WHERE subject = %s", market.world.subject("liffey"))
    with market.world.database.transaction() as connection:
        claim = Claim("POST /elsewhere", Key(market.key("k1")), "another body", customer=customer)  # type: ignore[arg-type]
        idempotency.begin(connection, claim)
    assert market.order("k1").status_code == 201
    assert market.order("k1").status_code == 201
    assert len(market.simulator.live()) == 1


def test_an_empty_key_is_refused(market: Market) -> None:
    assert market.order("").status_code == 400
    assert market.world.value("SELECT count(*) FROM sales_order") == 0


def test_a_database_that_dies_while_the_sale_is_recorded_loses_nothing(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(point: str, _: object) -> None:
        if point == "C3":
            with market.world.database.transaction() as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"
                )

    monkeypatch.setattr(confirmation, "crash_point", dies)
    died = market.order("k1")
    assert died.status_code == 503
    assert died.headers["Retry-After"]
    assert len(market.simulator.live()) == 1
    monkeypatch.undo()
    waiting = market.order("k1")
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (409, "2")
    later(market)
    assert market.order("k1").status_code == 201
    assert market.accounts().violations == []


ADMISSION = 1
"""Transactions of a request before its own: the caller is looked up."""


class LostAnswers:
    """Lets so many commits through, and loses the answer of the next one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, spared: int) -> None:
        self.left = spared
        commit = psycopg.Connection.commit

        def lossy(connection: "psycopg.Connection[object]") -> None:
            commit(connection)
            if connection.info.user != "cloudsales_app":
                return
            self.left -= 1
            if self.left < 0:
                self.left = 1_000_000
                connection.close()
                raise psycopg.OperationalError("the connection broke after COMMIT was sent")

        monkeypatch.setattr(psycopg.Connection, "commit", lossy)


def test_a_reservation_whose_commit_went_unanswered_is_one_order(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        LostAnswers(broken, ADMISSION)
        assert market.order("k1").status_code == 503
    assert market.simulator.live() == []
    assert market.world.value("SELECT state FROM sales_order") == "RESERVED"
    assert market.order("k1").status_code == 409
    later(market)
    assert market.order("k1").status_code == 201
    assert market.accounts().states == {"CONFIRMED": 1}
    assert market.accounts().violations == []


def test_a_confirmation_whose_commit_went_unanswered_is_found_in_the_same_request(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        LostAnswers(broken, ADMISSION + 1)
        first = market.order("k1")
    assert market.world.value("SELECT state FROM sales_order") == "CONFIRMED"
    second = market.order("k1")
    assert (first.status_code, first.data) == (201, second.data)
    assert market.accounts().violations == []
    assert market.world.value("SELECT count(*) FROM outbox") == 1


def test_whoever_takes_over_while_the_first_answer_is_under_way_gets_the_same_sale(market: Market) -> None:
    """The first caller's lease ends while the CCP still works on its call; both come back with an answer."""
    market.simulator.misbehave(latencyMs=150)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(market.order, "k1")
        while not market.world.value("SELECT count(*) FROM sales_order"):
            pass
        later(market)
        second = pool.submit(market.order, "k1")
        answers = [first.result(), second.result()]
    assert {answer.status_code for answer in answers} <= {201, 202}
    market.simulator.behave()
    market.settle_all()
    market.compare()
    assert market.accounts().states == {"CONFIRMED": 1}
    assert market.accounts().violations == []
    assert len({answer.data for answer in answers if answer.status_code == 201} | {market.order("k1").data}) == 1
