"""Exchange rates over time, as pure data: which one holds between two currencies on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Rate:
    """One unit of `base` is `rate` units of `quote`, from that day on; of two for one day the later one corrects."""

    base: str
    quote: str
    rate: Decimal
    valid_from: date
    created_at: datetime


class Rates:
    """The rates of a day."""

    def __init__(self, known: Iterable[Rate], day: date) -> None:
        begun = sorted((rate for rate in known if rate.valid_from <= day), key=lambda r: (r.valid_from, r.created_at))
        self._rates = {(rate.base, rate.quote): rate.rate for rate in begun}

    def of(self, base: str, quote: str) -> Decimal | None:
        """How many units of `quote` one unit of `base` is; None if nobody has said.

        Never computed from the opposite rate, or by way of a third currency: whoever names a rate names its source.
        """
        return Decimal(1) if base == quote else self._rates.get((base, quote))
