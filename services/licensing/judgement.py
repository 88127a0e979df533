"""What the CCP has done, beside what it was asked for."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from services.common.money.currencies import decimals_of
from services.licensing.ccp import Made
from services.licensing.changes import Change, Extension

CENT = Decimal("0.01")


def missing(change: Change, made: Sequence[Made]) -> tuple[UUID, ...]:
    """The licences that the CCP has not changed yet, in the order in which they were named."""
    done = {one for each in made for one in each.license_ids}
    return tuple(one for one in change.license_ids if one not in done)


def charged(made: Sequence[Made]) -> Decimal:
    """What the CCP charges for all of it."""
    return sum((each.total_price or Decimal(0) for each in made), start=Decimal(0))


def fault_of(change: Change, made: Sequence[Made]) -> str | None:
    """Why what the CCP has done is not what it was asked for, or None; licences that are missing are no fault."""
    asked = set(change.license_ids)
    if strange := {one for each in made for one in each.license_ids} - asked:
        return f"the CCP changed {len(strange)} licences that were not named"
    return None if change.extension is None else _fault_of_extension(change.extension, made)


def _fault_of_extension(extension: Extension, made: Sequence[Made]) -> str | None:
    """The CCP may charge less than the days that we sell: it has sold some of them with the licence itself."""
    for each in made:
        if each.price_per_item is None or each.total_price is None or each.valid_to is None:
            return "the CCP answered an extension without its day or its price"
        if each.valid_to != extension.term.ends_on:
            return f"the CCP extended to {each.valid_to} instead of {extension.term.ends_on}"
        if each.price_per_item != extension.purchase_price:
            return f"the CCP charges {each.price_per_item} a term instead of {extension.purchase_price.normalize():f}"
    total = charged(made)
    most = extension.purchase_price * extension.term.charged_days / extension.term.term_days
    if total > most + max(CENT, Decimal(1).scaleb(-decimals_of(extension.purchase_currency))):
        return f"the CCP charges {total} for days that cost {most:.2f} at the most"
    return None
