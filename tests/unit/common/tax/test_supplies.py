from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from pydantic import ValidationError

from services.common.errors import Park
from services.common.tax.countries import country_name
from services.common.tax.rates import Jurisdiction, standard_rate, table
from services.common.tax.supplies import OUTSIDE_EU, REVERSE_CHARGE, TaxParty, TaxTreatment, decide, tax_point_of
from services.manifests.invoice_document import TaxCategory
from tests.support.vat_ids import VAT_IDS

IE = TaxParty("IE", "IE3628739UH")
SG = TaxParty("SG", "M2-1234567-8")
DAY = date(2026, 11, 20)
EU = sorted(code for code, entry in table().jurisdictions.items() if entry.union == "EU")


def treated(seller: TaxParty, buyer: TaxParty, day: date = DAY) -> tuple[TaxCategory, Decimal, str | None]:
    treatment: TaxTreatment = decide(seller, buyer, day)
    return treatment.category, treatment.rate, treatment.note


@pytest.mark.parametrize(
    ("seller", "rate"),
    [("IE", "23"), ("DE", "19"), ("SG", "9"), ("AU", "10"), ("JP", "10"), ("NZ", "15")],
)
def test_at_home_the_standard_rate_applies(seller: str, rate: str) -> None:
    assert treated(TaxParty(seller, "1"), TaxParty(seller)) == (TaxCategory.STANDARD, Decimal(rate), None)


@pytest.mark.parametrize("country", sorted(set(EU) - {"IE"}))
def test_a_business_elsewhere_in_the_eu_accounts_for_the_vat_itself(country: str) -> None:
    expected = (TaxCategory.REVERSE_CHARGE, Decimal(0), REVERSE_CHARGE)
    assert treated(IE, TaxParty(country, VAT_IDS[country])) == expected


def test_without_a_vat_id_the_seller_charges_its_own_rate() -> None:
    assert treated(IE, TaxParty("DE")) == (TaxCategory.STANDARD, Decimal(23), None)


@pytest.mark.parametrize("vat_id", ["FR23334175221", "DE", "DE1", "136695976", "DE136695977", "DE12345\n678"])
def test_no_reverse_charge_without_a_valid_vat_id_of_the_buyers_country(vat_id: str) -> None:
    with pytest.raises(Park, match=r"no reverse charge: the buyer's VAT id .* is no tax ID of DE"):
        decide(IE, TaxParty("DE", vat_id), DAY)


@pytest.mark.parametrize("country", ["US", "GB", "SG", "TH", "CH"])
def test_outside_the_eu_is_outside_its_vat(country: str) -> None:
    assert treated(IE, TaxParty(country, "whatever")) == (TaxCategory.OUTSIDE_SCOPE, Decimal(0), OUTSIDE_EU)


@pytest.mark.parametrize("country", ["IE", "JP", "TH"])
def test_a_seller_outside_the_eu_follows_its_own_law_abroad(country: str) -> None:
    category, rate, note = treated(SG, TaxParty(country))
    assert (category, rate) == (TaxCategory.ZERO_RATED, Decimal(0))
    assert note is not None
    assert "section 21(3)" in note


@pytest.mark.parametrize("code", ["XX", "de", "", "DEU"])
def test_an_unknown_country_is_named(code: str) -> None:
    with pytest.raises(Park, match="buyer's country"):
        decide(IE, TaxParty(code), DAY)
    with pytest.raises(Park, match="no tax rules for a seller"):
        decide(TaxParty(code, "1"), TaxParty("IE"), DAY)


def test_a_seller_without_registration_may_not_invoice() -> None:
    with pytest.raises(Park, match="the seller in IE has no VAT ID"):
        decide(TaxParty("IE"), TaxParty("IE"), DAY)


def test_the_words_are_the_ones_of_the_country() -> None:
    wording = decide(SG, TaxParty("DE"), DAY).wording
    assert (wording.document_title, wording.tax_name, wording.seller_id_label, wording.buyer_id_label) == (
        "Tax invoice",
        "GST",
        "GST Reg. No.",
        "VAT ID",
    )
    assert decide(IE, TaxParty("TH"), DAY).wording.buyer_id_label == "Tax ID"


@pytest.mark.parametrize(
    ("country", "midnight", "before", "after"),
    [
        ("SG", "2024-01-01T00:00:00+08:00", "8", "9"),
        ("IE", "2021-03-01T00:00:00+00:00", "21", "23"),
        ("EE", "2025-07-01T00:00:00+03:00", "22", "24"),
        ("RO", "2025-08-01T00:00:00+03:00", "19", "21"),
        ("FI", "2024-09-01T00:00:00+03:00", "24", "25.5"),
    ],
)
def test_the_rate_changes_at_the_sellers_midnight(country: str, midnight: str, before: str, after: str) -> None:
    instant = datetime.fromisoformat(midnight).astimezone(UTC)
    days = [tax_point_of(instant + timedelta(seconds=shift), country) for shift in (-1, 0, 1)]
    assert [standard_rate(country, day) for day in days] == [Decimal(before), Decimal(after), Decimal(after)]


def test_an_instant_without_a_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="time zone"):
        tax_point_of(datetime(2026, 1, 1), "IE")  # noqa: DTZ001


def test_a_day_before_the_table_has_no_rate() -> None:
    with pytest.raises(Park, match="no tax rate of SG for 1999"):
        decide(SG, TaxParty("SG"), date(1999, 1, 1))


@pytest.mark.parametrize("country", sorted(table().jurisdictions))
def test_the_rates_of_a_country_follow_each_other_without_gap(country: str) -> None:
    rates = [rate for rate in table().rates if rate.country == country]
    assert rates[-1].valid_until is None
    for earlier, later in pairwise(rates):
        assert earlier.valid_until == later.valid_from - timedelta(days=1)
    assert all(0 < rate.rate <= 27 and rate.source for rate in rates)
    assert country_name(country)
    assert tax_point_of(datetime(2026, 6, 1, 12, tzinfo=UTC), country) >= date(2026, 6, 1)


def test_the_eu_has_27_members() -> None:
    assert len(EU) == 27


def test_a_jurisdiction_says_how_it_treats_services_abroad() -> None:
    with pytest.raises(ValidationError, match="give union and idPrefix"):
        Jurisdiction(time_zone="UTC", document_title="Invoice", tax_name="VAT", id_label="VAT ID")
