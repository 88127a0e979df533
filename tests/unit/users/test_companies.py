"""What is checked of a company's own data."""

from collections.abc import Mapping

import pytest

from services.common.errors import InvalidRequest
from services.users.companies import columns

GREEK = {"country": "GR", "vat_id": "EL094014201"}


def refused(changes: Mapping[str, object], present: Mapping[str, object] | None = None) -> str:
    with pytest.raises(InvalidRequest) as refusal:
        columns(changes, present)
    assert isinstance(refusal.value.members["errors"], list)
    [error] = refusal.value.members["errors"]
    return str(error["field"])


def test_a_vat_id_is_stored_without_its_separators() -> None:
    assert columns({"country": "GR", "vat_id": " el 094-014.201"})["vat_id"] == "EL094014201"
    assert columns({"vat_id": "el094014201"}, GREEK) == {"vat_id": "EL094014201"}


def test_a_vat_id_can_be_taken_away_and_is_left_alone_otherwise() -> None:
    assert columns({"vat_id": None}, GREEK) == {"vat_id": None}
    assert columns({"company_name": "Ναυτιλία"}, GREEK) == {"company_name": "Ναυτιλία"}


def test_the_country_that_counts_is_the_one_that_comes() -> None:
    assert refused({"country": "DE", "vat_id": "EL094014201"}, GREEK) == "vatId"
    assert columns({"country": "DE", "vat_id": "DE136695976"}, GREEK)["country"] == "DE"


def test_with_another_country_the_vat_id_may_not_stay() -> None:
    assert refused({"country": "DE"}, GREEK) == "vatId"
    assert columns({"country": "DE", "vat_id": None}, GREEK) == {"country": "DE", "vat_id": None}
    assert columns({"country": "GR"}, GREEK) == {"country": "GR"}
    assert columns({"country": "DE"}, {"country": "GR", "vat_id": None}) == {"country": "DE"}


def test_a_country_has_to_be_one() -> None:
    assert refused({"country": "XY"}) == "country"


def test_an_address_is_stored_line_by_line() -> None:
    assert columns({"address": ("3 Dock Road", "Limerick")}) == {"address_lines": ["3 Dock Road", "Limerick"]}
