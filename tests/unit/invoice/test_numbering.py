"""The names of series."""

import re

from hypothesis import given
from hypothesis import strategies as st

from services.invoice.numbering import credit_series, series_since

OWN = re.compile(r"[A-Z0-9]{1,8}")
own = st.from_regex(OWN, fullmatch=True).filter(lambda name: not name.endswith("C"))
losses = st.none() | st.integers(1, 10**9)


@given(st.lists(st.tuples(own, losses), min_size=2, max_size=2, unique=True))
def test_no_two_series_have_one_name_be_they_of_invoices_or_credit_notes(pair: list[tuple[str, int | None]]) -> None:
    names = [name for series in pair for name in (series_since(*series), credit_series(series_since(*series)))]
    assert len(set(names)) == 4


@given(own, losses)
def test_a_number_stays_within_what_a_document_can_bear(series: str, loss: int | None) -> None:
    text = f"{credit_series(series_since(series, loss))}-{999_999_999:06d}"
    assert re.fullmatch(r"[A-Z0-9][A-Z0-9-]{0,39}", text)


def test_without_a_loss_a_series_is_the_legal_entity_s_own() -> None:
    assert series_since("EU", None) == "EU"
    assert series_since("EU", 7) == "EU-7"
