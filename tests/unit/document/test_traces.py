"""What the keys in a bucket tell after a loss."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from services.document.remains import Entry
from services.document.traces import Holder, Witness, traces

SINCE = datetime(2026, 11, 23, 9, tzinfo=UTC)
LOST = SINCE + timedelta(minutes=5)
CUSTOMER, ORDER = uuid4(), uuid4()
HASH = "0" * 64


def path(stage: str, order: UUID = ORDER) -> str:
    return f"{CUSTOMER}/{order}/{stage}/1-{HASH}.json"


def test_numbers_are_told_by_series_with_the_largest_whenever_it_was_given() -> None:
    old, new = SINCE - timedelta(days=3), SINCE + timedelta(seconds=1)
    found = traces(
        [Entry("numbers/EU/41", new), Entry("numbers/EU/107", old), Entry("numbers/EU-7C/3", new)], SINCE, LOST
    )
    assert found.witnesses == [Witness("EU", 41, new), Witness("EU-7C", 3, new)]
    assert found.largest == {"EU": 107, "EU-7C": 3}


def test_orders_are_told_by_what_was_handed_over_and_a_letter_is_none() -> None:
    letter = uuid4()
    entries = [Entry(path("document"), SINCE), Entry(path("email"), SINCE), Entry(path("email", letter), SINCE)]
    found = traces(entries, SINCE, LOST)
    assert found.orders == {ORDER}
    assert found.documents == {ORDER: [path("document")]}
    assert found.mails == {path("email"): ORDER, path("email", letter): letter}


def test_a_mail_of_after_the_loss_is_nobody_s_doubt_and_what_is_older_than_the_copy_neither() -> None:
    before = SINCE - timedelta(seconds=1)
    entries = [Entry(path("email"), LOST), Entry(path("invoice"), before), Entry("numbers/EU/1", before)]
    found = traces(entries, SINCE, LOST)
    assert (found.mails, found.orders, found.witnesses) == ({}, set(), [])


@pytest.mark.parametrize("key", ["numbers/EU/0", "numbers/EU/1/2", "numbers/eu/1", "inbound/1", "a/b/c/d.json", ""])
def test_what_is_not_ours_tells_nothing(key: str) -> None:
    found = traces([Entry(key, SINCE)], SINCE, LOST)
    assert (found.witnesses, found.orders, found.mails, found.largest) == ([], set(), {}, {})


def test_a_witness_names_an_order_or_a_credit_note_of_it_or_nobody() -> None:
    request = uuid4()
    assert Holder.of(str(ORDER)) == Holder(ORDER, None)
    assert Holder.of(f"{ORDER} {request}") == Holder(ORDER, request)
    assert Holder.of("somebody") is None
