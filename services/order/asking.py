"""How an order gets its sale without ever getting two: ask, look at what the CCP has under our reference, ask again.

Only the first attempt of an order asks without looking, because nobody can have asked before it. Whoever comes after
an unclear outcome looks first, and repeats the order only when the CCP has nothing: so not even a CCP that ignores
idempotency keys sells twice, unless it books a sale later than it shows it.
"""

from dataclasses import dataclass
from uuid import UUID

from services.common.ccp.asking import ask_again
from services.common.ccp.transport import Deadline
from services.order.ccp import CcpClient, Purchase
from services.order.model import CcpSale, RecordedSale


@dataclass(frozen=True)
class Obtained:
    """The order's sale, and the transactions of others that the CCP made for the same order.

    `count` is how many sales the CCP is known to have made for it, cancelled ones too.
    """

    sale: CcpSale
    extras: tuple[UUID, ...] = ()
    count: int = 1


class SaleCancelled(Exception):
    """The CCP had sold and has cancelled; nothing may be built on those sales, of which there are `count`."""

    def __init__(self, count: int) -> None:
        super().__init__("the CCP has sold and then cancelled the sale")
        self.count = count


def obtain(ccp: CcpClient, purchase: Purchase, pause_seconds: float) -> Obtained:
    """The sale of the order, at the latest after the client's budget.

    Raises:
        CcpRefused: the CCP refuses the order for good.
        CcpNotCalled: nothing was asked.
        CcpOutcomeUnknown: something was asked, and it is not known what came of it.
        SaleCancelled: the CCP has cancelled the sale.
    """
    deadline = ccp.deadline()
    if purchase.attempt > 1:
        return _look_and_buy(ccp, purchase, deadline)
    return ask_again(
        lambda: Obtained(ccp.buy(purchase, deadline)), lambda: _look_and_buy(ccp, purchase, deadline), pause_seconds
    )


def _look_and_buy(ccp: CcpClient, purchase: Purchase, deadline: Deadline) -> Obtained:
    sales = ccp.sales_of(purchase.order_id, deadline)
    found = chosen(sales, purchase)
    return found or Obtained(ccp.buy(purchase, deadline, renewal=len(sales)), count=len(sales) + 1)


def chosen(sales: tuple[RecordedSale, ...], purchase: Purchase) -> Obtained | None:
    """Which of the CCP's sales is the order's: the oldest that is as ordered, else the oldest; None if there are none.

    Raises:
        SaleCancelled: there are only cancelled ones, and more than the person knew of who has restarted the order.
    """
    live = [sale for sale in sales if sale.cancelled_at is None]
    if not live:
        if len(sales) > purchase.void:
            raise SaleCancelled(len(sales))
        return None
    good = [sale for sale in live if purchase.fault_of(sale.answer) is None]
    kept = (good or live)[0]
    return Obtained(kept.answer, tuple(sale.transaction_id for sale in live if sale is not kept), len(sales))
