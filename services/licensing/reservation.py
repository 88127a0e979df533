"""What every change begins with: its item, locked, and the row that keeps it, written before the CCP is called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.common.api.call import found
from services.common.database import Connection
from services.common.errors import NotPossible
from services.common.money.amounts import MoneyError
from services.common.money.currencies import UnknownCurrencyError
from services.common.money.proration import prorated
from services.licensing.changes import ChangeKind, State
from services.licensing.terms import Term


@dataclass(frozen=True)
class Item:
    """A subscription item that is locked, and the day in UTC."""

    id: UUID
    subscription_id: UUID
    sales_product_id: UUID
    product_name: str
    quantity: int
    version: int
    today: date


@dataclass(frozen=True)
class Price:
    """Of one licence for a full term."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Added:
    """The days that an extension adds after the present end, and their price."""

    valid_to: date
    term: Term
    price: Price


def locked(connection: Connection, item: UUID) -> Item:
    """The item, nobody else's to change until the transaction ends.

    Raises:
        NotFound: there is none, or none that the caller may see.
    """
    row = connection.execute(
        """
        SELECT id, subscription_id, sales_product_id, product_name, quantity, version,
            (now() AT TIME ZONE 'UTC')::date AS today
        FROM subscription_item WHERE id = %s FOR NO KEY UPDATE
        """,
        (item,),
    ).fetchone()
    return Item(**found(row, "subscription item"))


def price_of(connection: Connection, customer: UUID, item: Item, quantity: int, term: Term) -> Price:
    """The price in the customer's currency, if an invoice can say what the days of the term cost.

    Raises:
        NotPossible: there is none now, or none that is money.
    """
    row = connection.execute(
        """
        SELECT s.sales_price AS amount, s.currency
        FROM customer c
        JOIN legal_entity e ON e.id = c.legal_entity_id
        JOIN product_price s ON s.currency = e.currency
        JOIN sales_product p ON p.id = s.product_id
        WHERE c.id = %s AND p.id = %s AND p.withdrawn_at IS NULL
        """,
        (customer, item.sales_product_id),
    ).fetchone()
    if row is None:
        raise NotPossible("the product is not for sale now")
    price = Price(**row)
    try:
        prorated(price.amount, quantity, term.charged_days, term.term_days, price.currency)
    except (MoneyError, UnknownCurrencyError):
        raise NotPossible("the product is not for sale now: its price cannot be invoiced") from None
    return price


@dataclass(frozen=True)
class Reservation:
    """A change that is asked for.

    Attributes:
        id: of the change, and of the order that an increase or an extension is.
        customer_id: who asks.
        item: what it is about.
        kind: what is asked for.
        license_ids: which licences are returned or extended.
        more: how many licences the item gets; negative if it gets fewer.
        added: of an extension.
    """

    id: UUID
    customer_id: UUID
    item: Item
    kind: ChangeKind
    license_ids: Sequence[UUID] = ()
    more: int = 0
    added: Added | None = None

    def keep(self, connection: Connection) -> UUID:
        """Writes the row, and raises the version of what is changed, so that nobody else comes through with that."""
        if self.added is None:
            connection.execute("UPDATE subscription_item SET quantity = quantity WHERE id = %s", (self.item.id,))
        else:
            connection.execute(
                "UPDATE license SET valid_to_date = valid_to_date WHERE id = ANY(%s)", (list(self.license_ids),)
            )
        added = self.added
        connection.execute(
            """
            INSERT INTO licence_change (id, customer_id, subscription_item_id, kind, state, license_ids,
                quantity_before, quantity_after, effective_on, valid_from_date, valid_to_date, sales_price, currency)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            """,
            (
                self.id, self.customer_id, self.item.id, self.kind.value,
                None if self.kind is ChangeKind.INCREASE else State.RESERVED.value, list(self.license_ids),
                self.item.quantity, self.item.quantity + self.more, self.item.today,
                added and added.valid_to, added and added.term.ends_on, added and added.price.amount,
                added and added.price.currency,
            ),
        )  # fmt: skip
        return self.id
