import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.tax.countries import country_name
from services.common.tax.ids import InvalidTaxId, checked_tax_id
from services.common.tax.rates import table
from tests.support.vat_ids import VAT_IDS

MEMBERS = sorted(code for code, entry in table().jurisdictions.items() if entry.union == "EU")


@pytest.mark.parametrize("country", MEMBERS)
def test_an_id_of_every_member_of_the_eu_is_known(country: str) -> None:
    assert checked_tax_id(country, VAT_IDS[country]) == VAT_IDS[country]


@pytest.mark.parametrize("country", MEMBERS)
def test_it_is_stored_without_its_separators(country: str) -> None:
    vat_id = VAT_IDS[country]
    assert checked_tax_id(country, f" {vat_id[:2].lower()} {vat_id[2:5]}.{vat_id[5:8]}-{vat_id[8:]}") == vat_id


@pytest.mark.parametrize("country", MEMBERS)
def test_a_wrong_digit_is_found(country: str) -> None:
    place = next(index for index in range(6, len(VAT_IDS[country])) if VAT_IDS[country][index].isdigit())
    digit = VAT_IDS[country][place]
    changed = (f"{VAT_IDS[country][:place]}{other}{VAT_IDS[country][place + 1 :]}" for other in "0123456789")
    refused = 0
    for vat_id in changed:
        try:
            checked_tax_id(country, vat_id)
        except InvalidTaxId:
            refused += 1
    assert refused >= 8, f"{country}: a digit other than {digit} passes"


@pytest.mark.parametrize(
    ("country", "text", "stored"),
    [
        ("SG", "M2-1234567-8", "M212345678"),
        ("SG", "197401143C", "197401143C"),
        ("JP", "T7000012050002", "T7000012050002"),
        ("JP", "7000012050002", "T7000012050002"),
        ("AU", "83 914 571 673", "83914571673"),
        ("NZ", "49-098-576", "49098576"),
        ("CH", "CHE-107.787.577 MWST", "CHE107787577MWST"),
        ("CN", "91310000MA1FL2XX0P", "91310000MA1FL2XX0P"),
        ("US", "12-3456789", "123456789"),
    ],
)
def test_ids_of_other_countries(country: str, text: str, stored: str) -> None:
    assert checked_tax_id(country, text) == stored


@pytest.mark.parametrize(
    ("country", "text", "why"),
    [
        ("DE", "136695976", "must begin with DE"),
        ("GR", "GR094259216", "must begin with EL"),
        ("DE", "FR23334175221", "must begin with DE"),
        ("DE", "DE", "format"),
        ("DE", "DE136695977", "check digit"),
        ("IE", "IE7654321W", "check digit"),
        ("JP", "T1234567890123", "check digit"),
        ("TH", "0105556123456", "check digit"),
        ("SG", "201912345K", "check digit"),
        ("US", "12", "4 to 20 letters and digits"),
        ("US", "", "4 to 20 letters and digits"),
        ("US", "12345\u0661", "4 to 20 letters and digits"),
    ],
)
def test_a_refusal_says_what_is_wrong(country: str, text: str, why: str) -> None:
    with pytest.raises(InvalidTaxId, match=f"is no tax ID of {country}: .*{why}"):
        checked_tax_id(country, text)


@given(st.sampled_from([*MEMBERS, "JP", "SG", "TH", "CN", "AU", "CH", "GB", "US", "ZZ"]), st.text(max_size=40))
def test_any_text_is_an_id_or_refused_and_what_is_stored_stays(country: str, text: str) -> None:
    try:
        stored = checked_tax_id(country, text)
    except InvalidTaxId:
        return
    assert checked_tax_id(country, stored) == stored


def test_every_country_of_the_world_has_an_answer() -> None:
    for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        for second in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            code = first + second
            try:
                country_name(code)
            except ValueError:
                continue
            with pytest.raises(InvalidTaxId):
                checked_tax_id(code, "?")
