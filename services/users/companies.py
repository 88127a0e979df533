"""What is checked of a company's own data, whoever changes it: it stands on its invoices and decides their tax."""

from collections.abc import Mapping
from typing import Any

from psycopg import sql

from services.common.errors import InvalidRequest
from services.common.tax.countries import UnknownCountryError, country_name
from services.common.tax.ids import InvalidTaxId, checked_tax_id
from services.users.audit import OF_A_COMPANY

LOCKED = sql.SQL("SELECT {}, version FROM customer WHERE id = %s FOR NO KEY UPDATE").format(
    sql.SQL(", ").join(map(sql.Identifier, OF_A_COMPANY))
)
"""A company as it stands, nobody else's to change until the transaction ends."""


def columns(changes: Mapping[str, Any], present: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The changes by the columns of the customer, as they are stored.

    Args:
        changes: fields of the request.
        present: the customer's row; None for a new one.

    Raises:
        InvalidRequest: there is no such country, or the VAT id is none of the company's country.
    """
    stored = {name: value for name, value in changes.items() if name != "address"}
    if "address" in changes:
        stored["address_lines"] = list(changes["address"])
    country = changes.get("country", present and present["country"])
    if "country" in changes:
        _check_country(country)
        if present and present["vat_id"] and "vat_id" not in changes and country != present["country"]:
            raise _fault("vatId", "is needed with another country: its VAT id there, or null")
    if changes.get("vat_id") is not None:
        stored["vat_id"] = _vat_id(country, changes["vat_id"])
    return stored


def _check_country(code: str) -> None:
    try:
        country_name(code)
    except UnknownCountryError as fault:
        raise _fault("country", str(fault)) from None


def _vat_id(country: str, text: str) -> str:
    try:
        return checked_tax_id(country, text)
    except InvalidTaxId as fault:
        raise _fault("vatId", str(fault)) from None


def _fault(field: str, message: str) -> InvalidRequest:
    return InvalidRequest("see 'errors' for each field", errors=[{"field": field, "message": message}])
