"""The tax table: jurisdictions a seller can be established in, and their standard rates over time.

The facts stand in `rates.json`, each rate with its first day, its last day if it has ended, and the
law it rests on.
"""

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import model_validator

from services.common.errors import Park
from services.manifests.base import Model
from services.manifests.invoice_document import TaxCategory
from services.manifests.values import Amount, CountryCode, Remark

_DATA = Path(__file__).with_name("rates.json")


class Abroad(Model):
    """How a jurisdiction outside the EU treats a service to a business in another country."""

    category: TaxCategory
    note: Remark


class Jurisdiction(Model):
    """A country's words for its tax, its calendar, and either its EU membership or its own rule for services abroad."""

    union: Literal["EU"] | None = None
    time_zone: str
    document_title: str
    credit_note_title: str = "Credit note"
    tax_name: str
    id_label: str
    id_prefix: str | None = None
    abroad: Abroad | None = None

    @model_validator(mode="after")
    def _union_or_own_rule(self) -> Self:
        if (self.union is None) != (self.id_prefix is None) or (self.union is None) != (self.abroad is not None):
            raise ValueError("give union and idPrefix for a member of the EU, abroad for any other country")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The time zone whose midnight changes the rate."""
        return ZoneInfo(self.time_zone)


class Rate(Model):
    """A standard rate in per cent; both ends of its validity are included."""

    country: CountryCode
    rate: Amount
    valid_from: date
    valid_until: date | None = None
    applies_to: Literal["domestic supplies by a seller established there"]
    source: str

    def covers(self, day: date) -> bool:
        """Whether the rate was in force on that day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class TaxTable(Model):
    """Everything in `rates.json`."""

    jurisdictions: dict[CountryCode, Jurisdiction]
    rates: tuple[Rate, ...]


@cache
def table() -> TaxTable:
    """The table, read once."""
    return TaxTable.model_validate_json(_DATA.read_bytes())


def jurisdiction_of_seller(country: str) -> Jurisdiction:
    """The seller's jurisdiction.

    Raises:
        Park: the table does not know the country.
    """
    found = table().jurisdictions.get(country)
    if found is None:
        known = ", ".join(sorted(table().jurisdictions))
        raise Park(f"no tax rules for a seller in {country!r}: add the country to rates.json (it knows {known})")
    return found


def standard_rate(country: str, day: date) -> Decimal:
    """The standard rate in per cent that a seller established in the country charges at home.

    Args:
        country: ISO 3166-1 alpha-2 of the seller.
        day: the tax point, in the seller's calendar.

    Raises:
        Park: the table has no rate for that day.
    """
    for entry in table().rates:
        if entry.country == country and entry.covers(day):
            return entry.rate
    raise Park(f"no tax rate of {country} for {day}: add it to rates.json")
