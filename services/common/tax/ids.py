"""Tax ids of businesses: VAT ids of the EU and the registration numbers of other countries, by format and check digits.

The algorithms are python-stdnum's. That an id is well formed does not say that it is registered: only the country's
register (for the EU: VIES) knows that.
"""

import re

from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.jp import cn as corporate_number
from stdnum.sg import uen
from stdnum.util import get_cc_module

from services.common.tax.rates import table

_SEPARATORS = re.compile(r"[\s.\-/]+")
_ANY = re.compile(r"[0-9A-Z]{4,20}")
_GST_OF_SINGAPORE = re.compile(r"M[0-9A-Z][0-9]{7}[0-9A-Z]")


class InvalidTaxId(ValueError):
    """The text is no tax id of the country; the message says why, for the person who gave it."""


def checked_tax_id(country: str, text: str) -> str:
    """The id as it is stored and compared: capital letters and digits without separators, e.g. "EL094014201".

    An id of an EU member must begin with the country's prefix; it is the id that makes reverse charge possible. Where
    no algorithm is known the id only has to have 4 to 20 letters and digits.

    Args:
        country: ISO 3166-1 alpha-2 of the country that gave the id, where its owner is established.
        text: as somebody wrote it.

    Raises:
        InvalidTaxId: it is none of the country, or its check digits are wrong.
    """
    try:
        return _checked(country, _SEPARATORS.sub("", text).upper())
    except ValidationError as fault:
        raise InvalidTaxId(f"{text!r} is no tax ID of {country}: {fault}") from None


class _OfAnotherForm(ValidationError):
    """A form that we ask for, not the country's algorithm."""

    def __str__(self) -> str:
        return str(self.args[0])


def _checked(country: str, compact: str) -> str:
    jurisdiction = table().jurisdictions.get(country)
    prefix = jurisdiction.id_prefix if jurisdiction else None
    if prefix is not None:
        if not compact.startswith(prefix):
            raise _OfAnotherForm(f"it must begin with {prefix}")
        return str(eu_vat.validate(compact))
    if country == "JP":
        return f"T{corporate_number.validate(compact.removeprefix('T'))}"
    if country == "SG":
        return compact if _GST_OF_SINGAPORE.fullmatch(compact) else str(uen.validate(compact))
    module = get_cc_module(country, "vat")
    if module is not None:
        return str(module.validate(compact))
    if not _ANY.fullmatch(compact):
        raise _OfAnotherForm("it must have 4 to 20 letters and digits")
    return compact
