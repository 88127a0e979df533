"""The demo's rows in the shared database."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import psycopg

from local.seed.demo import DemoCustomer, LegalEntity, customers, legal_entities, stable_id

MARKUP_PERCENT = Decimal(18)
"""Sales price over purchase price in the demo, for everything."""
RATES = {("EUR", "SGD"): Decimal("1.5")}
"""Units of the second currency for one of the first, in the demo; in round figures, and for all time."""
BEGIN = date(2026, 1, 1)
"""Since when the demo's margin and rates hold."""


@dataclass(frozen=True)
class CatalogueItem:
    """A product of the CCP: what we buy it for."""

    id: UUID
    name: str
    description: str
    price: Decimal
    currency: str
    vendor: str = ""
    unit: str = ""


def write_rows(
    connection: psycopg.Connection[Any], catalogue: Iterable[CatalogueItem], subjects: Mapping[str, UUID]
) -> None:
    """Writes what is missing, in one transaction; `subjects` are the users' ids at the identity provider, by e-mail."""
    with connection.transaction():
        for entity in legal_entities():
            _legal_entity(connection, entity)
        _margins_and_rates(connection)
        for item in catalogue:
            _product(connection, item)
        for customer in customers():
            _customer(connection, customer, subjects[customer.email])


def _legal_entity(connection: psycopg.Connection[Any], entity: LegalEntity) -> None:
    connection.execute(
        """
        INSERT INTO legal_entity (id, name, address_lines, country, vat_id, registration, email, bank_name, iban,
            account_number, bic, currency, invoice_series, payment_days)
        VALUES (%(id)s, %(name)s, %(address)s, %(country)s, %(vat_id)s, %(registration)s, %(email)s, %(bank_name)s,
            %(iban)s, %(account_number)s, %(bic)s, %(currency)s, %(series)s, %(payment_days)s)
        ON CONFLICT DO NOTHING
        """,
        {**entity.model_dump(), "id": entity.id, "address": list(entity.address)},
    )


def _margins_and_rates(connection: psycopg.Connection[Any]) -> None:
    connection.execute(
        """
        INSERT INTO margin_rule (id, markup_percent, minimum_margin, below_purchase_price, valid_from)
        VALUES (%s, %s, 0, false, %s) ON CONFLICT DO NOTHING
        """,
        (stable_id("margin-rule", "all"), MARKUP_PERCENT, BEGIN),
    )
    for (base, quote), rate in RATES.items():
        connection.execute(
            """
            INSERT INTO exchange_rate (id, base, quote, rate, valid_from, source)
            VALUES (%s, %s, %s, %s, %s, 'demonstration data') ON CONFLICT DO NOTHING
            """,
            (stable_id("exchange-rate", base + quote), base, quote, rate, BEGIN),
        )


def _product(connection: psycopg.Connection[Any], item: CatalogueItem) -> None:
    own = {"row": stable_id("product", str(item.id)), "sales_price": _sales_price(item, item.currency)}
    connection.execute(
        """
        INSERT INTO sales_product (id, name, description, vendor, unit, ccp_product_id, purchase_price, sales_price,
            currency)
        VALUES (%(row)s, %(name)s, %(description)s, %(vendor)s, %(unit)s, %(id)s, %(price)s, %(sales_price)s,
            %(currency)s)
        ON CONFLICT DO NOTHING
        """,
        asdict(item) | own,
    )
    for currency in {entity.currency for entity in legal_entities()}:
        connection.execute(
            """
            INSERT INTO product_price (product_id, currency, sales_price)
            SELECT id, %s, %s FROM sales_product WHERE ccp_product_id = %s ON CONFLICT DO NOTHING
            """,
            (currency, _sales_price(item, currency), item.id),
        )


def _sales_price(item: CatalogueItem, currency: str) -> Decimal:
    """As the products service makes it by the demo's margin and rates, of which one at least has to fit."""
    rate = Decimal(1) if item.currency == currency else RATES[item.currency, currency]
    return (item.price * (100 + MARKUP_PERCENT) / 100 * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _customer(connection: psycopg.Connection[Any], customer: DemoCustomer, subject: UUID) -> None:
    facts = {
        **customer.model_dump(),
        "id": customer.id,
        "address": list(customer.address),
        "subject": subject,
        "user": stable_id("user", customer.key),
        "account": stable_id("account", customer.key),
        "subscription": customer.subscription_id,
    }
    for statement in _CUSTOMER:
        connection.execute(statement, facts)


_CUSTOMER = (
    """
    INSERT INTO customer (id, legal_entity_id, customer_number, company_name, first_name, last_name, email,
        address_lines, country, vat_id)
    SELECT %(id)s, id, %(number)s, %(company)s, %(first)s, %(last)s, %(email)s, %(address)s, %(country)s, %(vat_id)s
    FROM legal_entity WHERE invoice_series = %(entity)s
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO app_user (id, customer_id, subject, email, first_name, last_name, role, state, welcomed_at, accepted_at,
        directory_due_at)
    VALUES (%(user)s, %(id)s, %(subject)s, %(email)s, %(first)s, %(last)s, 'ADMIN', 'ACTIVE', now(), now(), NULL)
    ON CONFLICT (id) DO UPDATE SET subject = excluded.subject
    """,
    """
    INSERT INTO account (id, customer_id, name) VALUES (%(account)s, %(id)s, %(company)s || ' (main account)')
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO subscription (id, name) VALUES (%(subscription)s, %(company)s || ' (cloud workplace)')
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO customer_subscription (customer_id, subscription_id, subscription_name)
    SELECT %(id)s, id, name FROM subscription WHERE id = %(subscription)s
    ON CONFLICT DO NOTHING
    """,
)
