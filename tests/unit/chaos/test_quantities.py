"""I9 is broken once in each way, and the checker has to say so."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.chaos.quantities import Holdings, Made, Row, faults


@dataclass
class Shelf:
    """Books that add up: two licences were bought and one was given back, with its credit note."""

    item: dict[str, Any] = field(default_factory=lambda: {"item": "I", "quantity": 1, "live": 1, "deltas": 1})
    licences: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"licence": "L1", "sale": "S", "live": True, "ends": "2027-11-23"},
            {"licence": "L2", "sale": "S", "live": False, "ends": "2027-11-23"},
        ]
    )
    change: dict[str, Any] = field(
        default_factory=lambda: {
            "change": "C",
            "kind": "RETURN",
            "state": "FINISHED",
            "reason": None,
            "licences": ["L2"],
            "transactions": ["T"],
            "kept": True,
        }
    )
    credit: dict[str, Any] = field(
        default_factory=lambda: {
            "order": "O",
            "notes": 1,
            "pieces": 1,
            "owed_notes": 1,
            "owed_pieces": 1,
            "unprinted": 0,
        }
    )
    live: dict[tuple[str, str], str] = field(default_factory=lambda: {("S", "L1"): "2027-11-23"})
    made: list[Made] = field(default_factory=lambda: [Made("T", "C", ("L2",))])

    def wrong(self) -> list[str]:
        rows: dict[str, Sequence[Row]] = {
            "items": [self.item],
            "licences": self.licences,
            "changes": [self.change],
            "credits": [self.credit],
        }
        return list(faults(rows, Holdings(self.live, self.made)))


def test_books_that_add_up_break_nothing() -> None:
    assert Shelf().wrong() == []


@pytest.mark.parametrize("name", ["quantity", "live", "deltas"])
def test_a_quantity_that_its_licences_or_its_changes_do_not_come_to(name: str) -> None:
    shelf = Shelf()
    shelf.item[name] = 2
    [fault] = shelf.wrong()
    assert fault.startswith("item I has the quantity")


def test_a_licence_that_is_live_on_one_side_alone() -> None:
    assert Shelf(live={}).wrong() == ["licence L1 is live here, and not at the CCP"]
    both = {("S", "L1"): "2027-11-23", ("S", "L2"): "2027-11-23"}
    assert Shelf(live=both).wrong() == ["licence L2 is live at the CCP, and not here"]
    assert Shelf(live={**Shelf().live, ("another", "L3"): "2027-11-23"}).wrong() == [], "no order names that sale"


def test_a_licence_that_runs_longer_here_than_at_the_ccp() -> None:
    shelf = Shelf()
    shelf.licences[0]["ends"] = "2027-12-23"
    assert shelf.wrong() == ["licence L1 is valid to 2027-12-23 here, and to 2027-11-23 at the CCP"]
    assert Shelf(live={("S", "L1"): "2028-01-01"}).wrong() == []


@pytest.mark.parametrize("state", ["RESERVED", "CONFIRMED"])
def test_a_change_that_stays_open(state: str) -> None:
    shelf = Shelf()
    shelf.change["state"] = state
    assert f"RETURN C stays {state}" in shelf.wrong()


def test_a_parked_change_needs_a_reason_and_is_unclear_with_it() -> None:
    shelf = Shelf()
    shelf.change |= {"state": "PARKED", "reason": "nobody knows"}
    shelf.licences[1]["live"] = True
    assert shelf.wrong() == []
    shelf.change["reason"] = None
    assert shelf.wrong() == ["RETURN C is PARKED without a reason"]


@pytest.mark.parametrize(
    "made",
    [
        [],
        [Made("T", "C", ("L2",)), Made("U", "C", ("L2",))],
        [Made("T", "C", ("L1", "L2"))],
        [Made("U", "C", ("L2",))],
    ],
    ids=["never", "twice", "of another licence too", "in another transaction"],
)
def test_a_change_that_the_ccp_has_made_otherwise(made: list[Made]) -> None:
    [fault] = Shelf(made=made).wrong()
    assert fault.startswith("RETURN C ")


def test_an_extension_that_is_done_and_not_charged() -> None:
    shelf = Shelf()
    shelf.change["kept"] = False
    [fault] = shelf.wrong()
    assert "no order charges for it" in fault


def test_a_refused_change_that_was_made_and_one_of_nobody() -> None:
    shelf = Shelf()
    shelf.change["state"] = "REFUSED"
    assert len(shelf.wrong()) == 1
    stray = Shelf(made=[*Shelf().made, Made("U", "nobody", ("L1",))])
    assert stray.wrong() == ["the CCP has changed licences for nobody, which is no change of ours"]


@pytest.mark.parametrize(
    "wrong", [{"notes": 0, "pieces": 0}, {"notes": 2, "pieces": 2}, {"pieces": 2}, {"unprinted": 1}], ids=str
)
def test_money_that_is_missing_twice_or_not_printed(wrong: dict[str, int]) -> None:
    shelf = Shelf()
    shelf.credit |= wrong
    [fault] = shelf.wrong()
    assert fault.startswith("order O has")
