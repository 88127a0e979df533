"""How an invoice is taxed: a pure decision from where seller and buyer are established and when the supply was made.

The product sells electronic services to businesses. So:
- seller and buyer in one country: the seller's standard rate (S);
- both in the EU, and the buyer shows a VAT id: reverse charge (AE), the recipient accounts for the VAT;
- both in the EU, and the buyer shows none: the buyer counts as a consumer (Implementing Regulation 282/2011, article
  18(2)) and the seller's standard rate applies, as it does below the threshold of article 59c of the Directive;
- seller in the EU, buyer outside: outside the scope of EU VAT (O);
- seller outside the EU, buyer in another country: as the seller's law has it, zero-rated (Z) or outside its scope (O).
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from services.common.errors import Park
from services.common.tax.countries import UnknownCountryError, country_name
from services.common.tax.ids import InvalidTaxId, checked_tax_id
from services.common.tax.rates import Jurisdiction, jurisdiction_of_seller, standard_rate, table
from services.manifests.invoice_document import TaxCategory, TaxWording

REVERSE_CHARGE = "Reverse charge: VAT to be accounted for by the recipient (Article 196, Directive 2006/112/EC)"
OUTSIDE_EU = (
    "Outside the scope of EU VAT: the place of supply is where the recipient is established "
    "(Article 44, Directive 2006/112/EC)"
)


@dataclass(frozen=True)
class TaxParty:
    """Where a party is established, and its VAT id if it has shown one."""

    country: str
    vat_id: str | None = None


@dataclass(frozen=True)
class TaxTreatment:
    """The decision: category, rate in per cent, the note that the law wants on the invoice, and the law's words."""

    category: TaxCategory
    rate: Decimal
    note: str | None
    wording: TaxWording


def decide(seller: TaxParty, buyer: TaxParty, tax_point: date) -> TaxTreatment:
    """The treatment of a service that the seller supplies to the buyer.

    Args:
        seller: must have a registration for VAT or GST, since it invoices with that tax's rules.
        buyer: its VAT id matters only between two countries of the EU.
        tax_point: the day of supply in the seller's calendar; see `tax_point_of`.

    Raises:
        Park: a country is unknown, the seller has no VAT id, the buyer's is no valid one of its country, or no rate
            covers the day.
    """
    home = jurisdiction_of_seller(seller.country)
    _check_country(buyer.country)
    if not seller.vat_id:
        raise Park(f"the seller in {seller.country} has no {home.id_label}: without it no invoice may be issued")
    abroad = table().jurisdictions.get(buyer.country)
    wording = TaxWording(
        document_title=home.document_title,
        tax_name=home.tax_name,
        seller_id_label=home.id_label,
        buyer_id_label=abroad.id_label if abroad else "Tax ID",
    )
    category, note = _category(home, seller, abroad, buyer)
    rate = standard_rate(seller.country, tax_point) if category is TaxCategory.STANDARD else Decimal(0)
    return TaxTreatment(category, rate, note, wording)


def tax_point_of(instant: datetime, seller_country: str) -> date:
    """The day of supply in the seller's calendar, whose midnight decides between an old and a new rate.

    Raises:
        ValueError: the instant has no time zone.
        Park: the table does not know the country.
    """
    if instant.tzinfo is None:
        raise ValueError(f"the instant {instant} needs a time zone")
    return instant.astimezone(jurisdiction_of_seller(seller_country).zone).date()


def _category(
    home: Jurisdiction, seller: TaxParty, abroad: Jurisdiction | None, buyer: TaxParty
) -> tuple[TaxCategory, str | None]:
    if buyer.country == seller.country:
        return TaxCategory.STANDARD, None
    if home.abroad is not None:
        return home.abroad.category, home.abroad.note
    if abroad is None or abroad.union != home.union:
        return TaxCategory.OUTSIDE_SCOPE, OUTSIDE_EU
    if not buyer.vat_id:
        return TaxCategory.STANDARD, None
    _check_vat_id(buyer.country, buyer.vat_id)
    return TaxCategory.REVERSE_CHARGE, REVERSE_CHARGE


def _check_country(code: str) -> None:
    try:
        country_name(code)
    except UnknownCountryError as fault:
        raise Park(f"the buyer's {fault}") from None


def _check_vat_id(country: str, vat_id: str) -> None:
    try:
        checked_tax_id(country, vat_id)
    except InvalidTaxId as fault:
        raise Park(f"no reverse charge: the buyer's VAT id {fault}") from None
