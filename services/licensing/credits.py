"""What is credited for returned licences: the unused days of what each order has paid for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from services.licensing.terms import Paid
from services.manifests.credit_request import CreditedQuantity, CreditRequestManifest

LINE = 1
"""An order has one line."""


@dataclass(frozen=True)
class PaidLicence:
    """A licence and what one order has paid for of it."""

    license_id: UUID
    order_id: UUID
    paid: Paid


@dataclass(frozen=True)
class Credit:
    """Pieces of one order, alike in the days that are credited."""

    order_id: UUID
    pieces: int
    paid: Paid
    days: int

    def request(self, change_id: UUID, invoice_number: str, reason: str) -> CreditRequestManifest:
        """The request for the credit note; its id follows from the change, so that the same asks for the same."""
        share = {} if self.days == self.paid.charged_days else {"days": self.days, "term_days": self.paid.term_days}
        return CreditRequestManifest(
            request_id=uuid5(change_id, f"{self.order_id}/{self.days}"),
            invoice_number=invoice_number,
            quantities=(CreditedQuantity(position=LINE, quantity=self.pieces, **share),),
            reason=reason,
        )


def credits_of(licences: Iterable[PaidLicence], returned_on: date) -> tuple[Credit, ...]:
    """The credits for licences that are returned on that day; none for days that are over.

    A licence that was extended has been paid for by several orders, and each invoice is credited for its own days.
    """
    pieces = Counter((licence.order_id, licence.paid) for licence in licences if licence.paid.unused(returned_on) > 0)
    return tuple(Credit(order_id, count, paid, paid.unused(returned_on)) for (order_id, paid), count in pieces.items())
