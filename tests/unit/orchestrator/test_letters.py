"""What a dead letter is taken for."""

import json
from uuid import UUID

import pytest

from services.orchestrator.held import Letter
from services.orchestrator.letters import Origin, judge

ORDER = UUID(int=1)
PATH = f"{ORDER}/{ORDER}/invoice/1-{'0' * 64}.json"
KNOWN = {PATH: Origin(ORDER, "invoice", "PARKED")}


def judged(body: str, queue: str = "invoice") -> tuple[UUID | None, str]:
    found = judge(queue, Letter("id", body, "receipt"), KNOWN)
    return found.order_id, found.why


def test_a_message_of_ours_names_its_order_and_where_that_stands() -> None:
    assert judged(json.dumps({"path": PATH})) == (ORDER, "its order is PARKED")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("poison", "the message is not JSON"),
        ("[" * 100_000, "the message is not JSON"),
        ("[]", 'not of the form {"path": ...}'),
        ('{"path": "../../etc/passwd"}', "not a payload's key"),
        (json.dumps({"path": PATH.replace("1-", "2-")}), "no payload of ours has this path"),
    ],
    ids=range(5),
)
def test_what_is_none_of_ours_is_told_with_the_way_out(body: str, why: str) -> None:
    order_id, told = judged(body)
    assert order_id is None
    assert why in told
    assert "discarded" in told


def test_a_message_on_the_wrong_queue_is_no_reason_to_restart() -> None:
    order_id, told = judged(json.dumps({"path": PATH}), "email")
    assert (order_id, "belongs to the queue 'invoice'" in told) == (None, True)
