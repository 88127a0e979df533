"""What the demo's customers ordered before this installation was there, as pure data.

Everything follows from names and from the day on which it is written for the first time: a few hundred orders in the
nine months before, so that no licence of theirs ends soon.
"""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from local.seed.demo import DemoCustomer, customers, legal_entities, stable_id
from local.seed.people import account_ids, subscription_names

MONTHS = 9
FEWEST, MOST = 2, 4
"""Orders of a customer in a month."""
LARGEST = 4
"""Licences in one order."""
ASSIGNED = 0.7
"""The share of licences that somebody has."""
_KEY_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True)
class Item:
    """A product of the catalogue: what it costs us, and what it costs the customer."""

    id: UUID
    ccp_id: UUID
    name: str
    purchase_price: Decimal
    purchase_currency: str
    sales_price: Decimal
    currency: str


@dataclass(frozen=True)
class PastLicence:
    """A licence that an order brought, and the account that has it."""

    id: UUID
    key: str
    account_id: UUID | None


@dataclass(frozen=True)
class PastOrder:
    """An order of before."""

    name: str
    customer: DemoCustomer
    subscription_id: UUID
    item: Item
    licences: tuple[PastLicence, ...]
    ordered_at: datetime

    @property
    def id(self) -> UUID:
        """The row's id."""
        return stable_id("order", self.name)

    @property
    def transaction_id(self) -> UUID:
        """The CCP's id of its sale."""
        return stable_id("transaction", self.name)

    @property
    def subscription_item_id(self) -> UUID:
        """The row of its product in its subscription, which later orders add to."""
        return stable_id("subscription-item", f"{self.subscription_id}:{self.item.id}")


def past_orders(items: Sequence[Item], today: date) -> tuple[PastOrder, ...]:
    """The orders, the oldest first; `items` are what may be bought, in any order."""
    found = [order for customer in customers() for order in _of(customer, _choice(items, customer), today)]
    return tuple(sorted(found, key=lambda order: (order.ordered_at, order.id)))


def _of(customer: DemoCustomer, items: Sequence[Item], today: date) -> Iterable[PastOrder]:
    # Thrown alike whatever the day: only the months move.
    dice = random.Random(f"cloud-sales:{customer.key}")  # noqa: S311 - a demo's variety, no secret
    subscriptions, accounts = tuple(subscription_names(customer)), account_ids(customer)
    favourites = dice.sample(items, k=min(6, len(items)))
    for back in range(MONTHS, 0, -1):
        for number in range(dice.randint(FEWEST, MOST)):
            name = f"{customer.key}:{back}:{number}"
            at = timedelta(days=dice.randrange(28), seconds=dice.randrange(7 * 3600, 17 * 3600))
            yield PastOrder(
                name=name,
                customer=customer,
                subscription_id=dice.choice(subscriptions),
                item=dice.choice(favourites),
                licences=tuple(
                    PastLicence(
                        stable_id("license", f"{name}:{place}"),
                        _key(f"{name}:{place}"),
                        dice.choice(accounts) if dice.random() < ASSIGNED else None,
                    )
                    for place in range(dice.randint(1, LARGEST))
                ),
                ordered_at=_month(today, back) + at,
            )


def _choice(items: Sequence[Item], customer: DemoCustomer) -> list[Item]:
    """What the customer may buy, which is what its seller has a price for."""
    currency = next(seller.currency for seller in legal_entities() if seller.series == customer.entity)
    return sorted((item for item in items if item.currency == currency), key=lambda item: item.ccp_id)


def _month(today: date, back: int) -> datetime:
    """The first moment of the month so many months before this one."""
    months = today.year * 12 + today.month - 1 - back
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


def _key(name: str) -> str:
    """A licence key of the CCP's form; the same for the same name."""
    letters = [_KEY_ALPHABET[byte % len(_KEY_ALPHABET)] for byte in hashlib.sha256(name.encode()).digest()[:25]]
    return "-".join("".join(letters[start : start + 5]) for start in range(0, 25, 5))
