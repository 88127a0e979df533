"""Every product's sales prices, made anew from what the CCP charges, the margin rules and the exchange rates of today.

Only what differs is written, and triggers keep each difference in the price history. Days are those of UTC.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.common.database import Connection
from services.common.money.currencies import UnknownCurrencyError
from services.common.money.prices import told
from services.products.changes import Change, Kind
from services.products.margins import Item, Rule, kept_price, rule_for, sales_price
from services.products.rates import Rate, Rates

Price = Decimal | None
"""None: not for sale in that currency."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Priced:
    """A product that is for sale, with its prices as they stand."""

    item: Item
    purchase_price: Decimal
    currency: str
    prices: Mapping[str, Decimal]


@dataclass(frozen=True)
class Repriced:
    """A price that has to be another one."""

    item: Item
    currency: str
    was: Price
    now: Price

    @property
    def change(self) -> Change:
        """What it comes to, for people."""
        was, now = (None if price is None else f"{told(price, self.currency)} {self.currency}" for price in self._both)
        return Change(self.item.product_id, self.item.name, Kind.SALES_PRICE, was, now)

    @property
    def _both(self) -> tuple[Price, Price]:
        return self.was, self.now


def reprice(connection: Connection) -> list[Change]:
    """Makes the prices of all products that are for sale, under the catalogue's lock; which of them changed."""
    day = _today(connection)
    rules, rates = _rules(connection), todays_rates(connection)
    sold_in = {row["currency"] for row in connection.execute("SELECT DISTINCT currency FROM legal_entity").fetchall()}
    found = [
        repriced
        for product in _products(connection)
        for repriced in differing(product, rule_for(product.item, rules, day), rates, sold_in)
    ]
    if found:
        _store(connection, found)
    return [repriced.change for repriced in found]


def todays_rates(connection: Connection) -> Rates:
    """The exchange rates that hold today."""
    rows = connection.execute("SELECT base, quote, rate, valid_from, created_at FROM exchange_rate").fetchall()
    return Rates((Rate(**row) for row in rows), _today(connection))


def differing(product: Priced, rule: Rule | None, rates: Rates, sold_in: Iterable[str]) -> list[Repriced]:
    """The product's prices that are not as they have to be, in the currencies that we sell in and in those it has."""
    wanted = {currency: _price(product, rule, rates, currency) for currency in sold_in}
    return [
        Repriced(product.item, currency, product.prices.get(currency), wanted.get(currency))
        for currency in sorted({*wanted, *product.prices})
        if product.prices.get(currency) != wanted.get(currency)
    ]


def _price(product: Priced, rule: Rule | None, rates: Rates, currency: str) -> Price:
    rate = rates.of(product.currency, currency)
    if rate is None:
        return None
    if rule is None:
        return kept_price(product.purchase_price, product.prices.get(currency), rate)
    try:
        return sales_price(product.purchase_price, rule, rate, currency)
    except UnknownCurrencyError as fault:
        _log.error("a legal entity sells in a currency that there is not", extra={"reason": fault})
        return None


def _today(connection: Connection) -> date:
    row = connection.execute("SELECT (now() AT TIME ZONE 'UTC')::date AS today").fetchone()
    if row is None:
        raise LookupError("the database does not tell the day")
    today: date = row["today"]
    return today


def _products(connection: Connection) -> list[Priced]:
    prices: dict[UUID, dict[str, Decimal]] = {}
    for row in connection.execute("SELECT product_id, currency, sales_price FROM product_price").fetchall():
        prices.setdefault(row["product_id"], {})[row["currency"]] = row["sales_price"]
    rows = connection.execute(
        "SELECT id, vendor, name, purchase_price, currency FROM sales_product WHERE withdrawn_at IS NULL"
    ).fetchall()
    return [
        Priced(
            Item(row["id"], row["vendor"], row["name"]),
            row["purchase_price"],
            row["currency"],
            prices.get(row["id"], {}),
        )
        for row in rows
    ]


def _rules(connection: Connection) -> list[Rule]:
    rows = connection.execute(
        """
        SELECT id, product_id, vendor, name_pattern, markup_percent, minimum_margin, below_purchase_price, valid_from,
            valid_until, created_at
        FROM margin_rule WHERE deleted_at IS NULL
        """
    ).fetchall()
    return [Rule(**row) for row in rows]


def _store(connection: Connection, found: Sequence[Repriced]) -> None:
    columns = {
        "products": [one.item.product_id for one in found],
        "currencies": [one.currency for one in found],
        "prices": [one.now for one in found],
    }
    connection.execute(
        """
        INSERT INTO product_price (product_id, currency, sales_price)
        SELECT product, currency, price
        FROM unnest(%(products)s::uuid[], %(currencies)s::text[], %(prices)s::numeric[]) AS t (product, currency, price)
        WHERE price IS NOT NULL
        ON CONFLICT (product_id, currency) DO UPDATE SET sales_price = excluded.sales_price, updated_at = now()
        """,
        columns,
    )
    connection.execute(
        """
        DELETE FROM product_price USING
            unnest(%(products)s::uuid[], %(currencies)s::text[], %(prices)s::numeric[]) AS t (product, currency, price)
        WHERE t.price IS NULL AND product_price.product_id = t.product AND product_price.currency = t.currency
        """,
        columns,
    )
    # For pods of the release before, which knows one price a product.
    connection.execute(
        """
        UPDATE sales_product p SET sales_price = s.sales_price FROM product_price s
        WHERE s.product_id = p.id AND s.currency = p.currency AND s.sales_price <> p.sales_price
        """
    )
