from decimal import Decimal
from uuid import UUID

import pytest

from services.common.ccp.client import CcpNotCalled, CcpOutcomeUnknown, CcpRefused
from services.licensing.asking import Done, NotAsAsked, RestRefused, obtain
from tests.unit.licensing.desk import LICENCES, Desk, change, did_some, lost, made

UNKNOWN = CcpOutcomeUnknown("no answer")
REFUSED = CcpRefused("the licence was given back")
CLOSED = CcpNotCalled("the CCP is not called for now", 5)


def licences(done: Done) -> list[UUID]:
    return [one for each in done for one in each.license_ids]


def test_the_first_attempt_asks_without_looking() -> None:
    desk = Desk()
    desk.hidden = AssertionError("nobody can have asked before")
    assert licences(obtain(desk, change(), 0)) == list(LICENCES)
    assert desk.asked == [(0, LICENCES)]


def test_a_later_attempt_looks_first_and_finds_what_is_done() -> None:
    desk = Desk()
    desk.ledger = [made(LICENCES)]
    assert licences(obtain(desk, change(attempt=2), 0)) == list(LICENCES)
    assert desk.asked == []


@pytest.mark.parametrize("fault", [UNKNOWN, REFUSED, CLOSED], ids=["unclear", "refused", "not called"])
def test_a_later_attempt_that_may_not_look_asks_nothing(fault: Exception) -> None:
    desk = Desk()
    desk.hidden = fault
    with pytest.raises(type(fault)):
        obtain(desk, change(attempt=2), 0)
    assert desk.asked == []


def test_a_lost_answer_is_looked_for_before_anything_is_asked_again() -> None:
    desk = Desk(lost(UNKNOWN))
    assert licences(obtain(desk, change(), 0)) == list(LICENCES)
    assert len(desk.asked) == len(desk.ledger) == 1


def test_what_was_not_done_is_asked_again_under_the_same_key() -> None:
    desk = Desk(UNKNOWN)
    obtain(desk, change(), 0)
    assert desk.asked == [(0, LICENCES)] * 2


def test_a_ccp_that_wants_to_be_left_alone_is_left_alone() -> None:
    desk = Desk(CcpOutcomeUnknown("429", 30))
    with pytest.raises(CcpOutcomeUnknown) as left:
        obtain(desk, change(), 0)
    assert (left.value.retry_in, len(desk.asked)) == (30, 1)


def test_the_rest_of_a_part_is_asked_for_under_the_next_key() -> None:
    desk = Desk(did_some(2), did_some(1))
    assert licences(obtain(desk, change(), 0)) == list(LICENCES)
    assert desk.asked == [(0, LICENCES), (1, LICENCES[2:]), (2, LICENCES[3:])]


def test_a_part_whose_rest_was_not_asked_is_unclear_and_counts_as_an_attempt() -> None:
    desk = Desk(did_some(2), CLOSED)
    with pytest.raises(CcpOutcomeUnknown) as unclear:
        obtain(desk, change(), 0)
    assert not isinstance(unclear.value, CcpNotCalled)
    with pytest.raises(CcpNotCalled):
        obtain(Desk(CLOSED), change(), 0)


def test_a_refusal_is_final_only_if_the_ledger_has_nothing() -> None:
    with pytest.raises(CcpRefused):
        obtain(Desk(REFUSED), change(), 0)
    with pytest.raises(CcpRefused):
        obtain(Desk(REFUSED), change(attempt=2), 0)
    late = Desk(UNKNOWN, lost(REFUSED))
    assert licences(obtain(late, change(), 0)) == list(LICENCES), "it was done while we looked, and refused for that"


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_part_whose_rest_is_refused_waits_for_a_person(attempt: int) -> None:
    desk = Desk(did_some(2), REFUSED)
    with pytest.raises(RestRefused, match="2 of 5"):
        obtain(desk, change(attempt=attempt), 0)


def test_a_ccp_that_changes_something_else_is_not_asked_for_more() -> None:
    other = made((UUID(int=77),))
    for strange in (Desk(lambda *_: other), Desk(lambda *_: made(()))):
        with pytest.raises(NotAsAsked):
            obtain(strange, change(), 0)
        assert len(strange.asked) == 1
    known = Desk()
    known.ledger = [other]
    with pytest.raises(NotAsAsked):
        obtain(known, change(attempt=2), 0)
    assert known.asked == []


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"valid_to": None}, "without its day"),
        ({"total_price": None}, "without its day"),
        ({"valid_to": "2026-09-29"}, "extended to 2026-09-29"),
        ({"price_per_item": Decimal("12")}, "charges 12 a term"),
        ({"total_price": Decimal("0.98")}, "charges 0.98 for days that cost 0.96"),
    ],
)
def test_an_extension_that_is_not_as_asked_waits_for_a_person(fault: dict[str, object], why: str) -> None:
    desk = Desk(lambda _, ids: made(ids, **fault))
    with pytest.raises(NotAsAsked, match=why):
        obtain(desk, change(extend=True), 0)


def test_days_that_the_ccp_has_sold_before_cost_nothing_and_none_are_paid_twice() -> None:
    free = Desk(lambda _, ids: made(ids, total_price=Decimal(0)))
    assert len(obtain(free, change(extend=True), 0)) == 1
    twice = Desk()
    twice.ledger = [made(LICENCES[:1])] * 2
    with pytest.raises(NotAsAsked, match=r"1\.92"):
        obtain(twice, change(extend=True, attempt=2), 0)
