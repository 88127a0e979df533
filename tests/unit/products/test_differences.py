"""Reading the CCP's catalogue, and what it says that ours does not."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.products.ccp import Listing, Service, listing_of
from services.products.differences import FEW, Known, differences

ENTRY: dict[str, Any] = {
    "id": "2786d9fb-aa4e-4778-8abb-11a546852728",
    "vendor": "Nimbus",
    "name": "Nimbus Office Business",
    "description": "Desktop applications and calls.",
    "unitPrice": "11.70",
    "currency": "EUR",
    "unit": "user/month",
}


def service(**changes: object) -> Service:
    return Service.model_validate({**ENTRY, "id": str(uuid4()), **changes})


def known(of: Service, *, withdrawn: bool = False) -> Known:
    return Known(
        uuid4(), of.id, of.vendor, of.name, of.description, of.unit, of.unit_price, of.currency, withdrawn=withdrawn
    )


def test_entries_are_read_as_they_stand_and_new_members_are_none_of_our_business() -> None:
    [read] = listing_of([{**ENTRY, "rating": 5}]).services
    assert read.id == UUID(ENTRY["id"])
    assert (read.name, read.unit_price, read.currency) == ("Nimbus Office Business", Decimal("11.70"), "EUR")


ODD: dict[str, dict[str, object]] = {
    "a price that is a JSON number": {"unitPrice": 11.7},
    "a negative price": {"unitPrice": "-1"},
    "a price with an exponent": {"unitPrice": "1e9"},
    "a price finer than we keep": {"unitPrice": "0.00001"},
    "a price larger than we keep": {"unitPrice": "12345678901"},
    "a currency that there is not": {"currency": "XYZ"},
    "a name that prints nothing": {"name": "\u202e"},
    "a name that is too long": {"name": "x" * 201},
    "no vendor": {"vendor": None},
    "a NUL in its description": {"description": "a\0b"},
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_entry_is_set_aside_and_the_others_are_read(name: str) -> None:
    good = {**ENTRY, "id": str(uuid4())}
    listing = listing_of([{**ENTRY, **ODD[name]}, good])
    assert [read.id for read in listing.services] == [UUID(str(good["id"]))]
    assert listing.unreadable == {UUID(ENTRY["id"])}
    assert listing.length == 2


def test_an_id_that_stands_twice_says_nothing_for_sure() -> None:
    listing = listing_of([ENTRY, {**ENTRY, "unitPrice": "1.00"}])
    assert listing.services == ()
    assert listing.unreadable == {UUID(ENTRY["id"])}


@pytest.mark.parametrize("odd", [{}, {"id": "mine"}, {"id": 7}])
def test_an_entry_without_an_id_is_counted(odd: dict[str, Any]) -> None:
    assert listing_of([odd, ENTRY]).nameless == 1


def test_what_is_new_changed_gone_and_back_is_told_apart() -> None:
    new, same, renamed, dearer, gone, back = (service() for _ in range(6))
    ours = [known(same), known(renamed), known(dearer), known(gone), known(back, withdrawn=True)]
    listed = (
        new,
        same,
        renamed.model_copy(update={"name": "Nimbus Suite"}),
        dearer.model_copy(update={"unit_price": Decimal("12.00")}),
        back,
    )
    found = differences(Listing(listed), ours)
    assert found.added == (new,)
    assert [product.service_id for product, _ in found.described] == [renamed.id]
    assert [product.service_id for product, _ in found.charged] == [dearer.id]
    assert [product.service_id for product in found.withdrawn] == [gone.id]
    assert [product.service_id for product in found.returned] == [back.id]
    assert found.held_back == ()


def test_what_cannot_be_read_stays_as_it_is() -> None:
    one = service()
    found = differences(Listing((), frozenset({one.id})), [known(one)])
    assert (found.withdrawn, found.held_back, found.described, found.charged) == ((), (), (), ())


def test_nothing_is_withdrawn_while_an_entry_could_be_any_of_them() -> None:
    product = known(service())
    found = differences(Listing((), nameless=1), [product], accept_withdrawals=True)
    assert (found.withdrawn, found.held_back) == ((), (product,))


@given(st.integers(0, 40), st.integers(0, 40), st.booleans())
def test_no_half_of_the_catalogue_vanishes_without_a_person(staying: int, missing: int, accepted: bool) -> None:
    there = [service() for _ in range(staying)]
    gone = [known(service()) for _ in range(missing)]
    found = differences(Listing(tuple(there)), [*map(known, there), *gone], accept_withdrawals=accepted)
    harmless = missing <= FEW or missing <= (staying + missing) // 2
    assert found.withdrawn == (tuple(gone) if accepted or harmless else ())
    assert found.held_back == (() if accepted or harmless else tuple(gone))


def test_an_empty_catalogue_takes_nothing_off_sale_by_itself() -> None:
    assert differences(Listing(()), [known(service()) for _ in range(FEW + 1)]).withdrawn == ()


@given(st.lists(st.sampled_from(["listed", "ours", "both", "both, withdrawn", "ours, withdrawn"]), max_size=20))
def test_after_what_has_to_be_done_there_is_nothing_left_to_do(kinds: list[str]) -> None:
    listed, ours = [], []
    for kind in kinds:
        one = service()
        if not kind.startswith("ours"):
            listed.append(one)
        if kind != "listed":
            ours.append(known(one, withdrawn="withdrawn" in kind))
    found = differences(Listing(tuple(listed)), ours, accept_withdrawals=True)
    done = [known(one, withdrawn=all(one.id != here.id for here in listed)) for one in listed]
    gone = [product for product in ours if product.service_id not in {one.id for one in listed}]
    after = differences(
        Listing(tuple(listed)),
        [*done, *(Known(**{**vars(product), "withdrawn": True}) for product in gone)],
    )
    assert {product.product_id for product in found.withdrawn} == {p.product_id for p in gone if not p.withdrawn}
    assert after == type(after)()
