from random import Random

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from local.ccp.faults import Ending, Switches, decide, filled
from local.ccp.switchboard import Switchboard


def test_all_switches_off_leave_every_call_alone() -> None:
    plan = decide(Switches(), lambda: 0.0)
    assert (plan.refused, plan.ending, plan.fill) == (False, Ending.ANSWER, None)


def test_a_rate_of_one_strikes_every_call() -> None:
    luckiest = 0.999999
    plan = decide(Switches(error_rate=1, drop_after_accept_rate=1, partial_fill_rate=1), lambda: luckiest)
    assert (plan.refused, plan.ending, plan.fill) == (True, Ending.DROP, luckiest)
    assert decide(Switches(hang_after_accept_rate=1), lambda: luckiest).ending is Ending.HANG


def test_rates_are_met_and_endings_exclude_each_other() -> None:
    switches = Switches(error_rate=0.3, hang_after_accept_rate=0.25, drop_after_accept_rate=0.25)
    dice = Random(7)
    plans = [decide(switches, dice.random) for _ in range(4000)]
    assert 0.27 < sum(plan.refused for plan in plans) / 4000 < 0.33
    assert 0.22 < sum(plan.ending is Ending.HANG for plan in plans) / 4000 < 0.28
    assert 0.22 < sum(plan.ending is Ending.DROP for plan in plans) / 4000 < 0.28


def test_one_sale_cannot_end_twice() -> None:
    with pytest.raises(ValidationError, match="only once"):
        Switches(hang_after_accept_rate=0.6, drop_after_accept_rate=0.6)


def test_a_seed_repeats_the_luck() -> None:
    board = Switchboard()
    switches = Switches(error_rate=0.5, partial_fill_rate=0.5, seed=42)
    board.turn(switches)
    first = [board.plan() for _ in range(50)]
    board.turn(switches)
    assert [board.plan() for _ in range(50)] == first
    assert {plan.refused for plan in first} == {True, False}


@given(st.integers(2, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_partial_fill_sells_less_but_something(amount: int, fill: float) -> None:
    assert 1 <= filled(amount, fill) < amount
    assert filled(amount, None) == amount


def test_switches_are_set_shown_and_turned_off(client: FlaskClient) -> None:
    chosen = {"latencyMs": 5, "errorRate": 0.5, "errorStatus": 429, "retryAfterSeconds": 2, "seed": 1}
    assert client.put("/simulator/faults", json=chosen).status_code == 200
    shown = client.get("/simulator/faults").json
    assert shown is not None
    assert chosen.items() <= shown.items()
    assert shown["partialFillRate"] == 0
    assert client.delete("/simulator/faults").status_code == 204
    assert client.get("/simulator/faults").text == Switches().model_dump_json()


@pytest.mark.parametrize(
    "body",
    [
        '{"errorRate": 1.5}',
        '{"errorRate": NaN}',
        '{"errorRate": "1"}',
        '{"errorrate": 1}',
        '{"error_rate": 1}',
        '{"latencyMs": -1}',
        '{"latencyMs": 1.5}',
        '{"ignoreIdempotencyKeys": 1}',
        '{"errorStatus": 200}',
        "[]",
        "",
    ],
)
def test_a_mistyped_switch_is_refused_and_changes_nothing(client: FlaskClient, body: str) -> None:
    before = client.get("/simulator/faults").data
    response = client.put("/simulator/faults", data=body, content_type="application/json")
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    assert client.get("/simulator/faults").data == before
