"""The demo's rows in the shared database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import psycopg

from local.seed.demo import DemoCustomer, LegalEntity, customers, legal_entities, stable_id

MARGIN = Decimal("1.18")
"""Sales price over purchase price in the demo."""


@dataclass(frozen=True)
class CatalogueItem:
    """A product of the CCP: what we buy it for."""

    id: UUID
    name: str
    description: str
    price: Decimal
    currency: str


def write_rows(
    connection: psycopg.Connection[Any], catalogue: Iterable[CatalogueItem], subjects: Mapping[str, UUID]
) -> None:
    """Writes what is missing, in one transaction; `subjects` are the users' ids at the identity provider, by e-mail."""
    with connection.transaction():
        for entity in legal_entities():
            _legal_entity(connection, entity)
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


def _product(connection: psycopg.Connection[Any], item: CatalogueItem) -> None:
    sales_price = (item.price * MARGIN).quantize(Decimal("0.01"), ROUND_HALF_UP)
    connection.execute(
        """
        INSERT INTO sales_product (id, name, description, ccp_product_id, purchase_price, sales_price, currency)
        VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (
            stable_id("product", str(item.id)), item.name, item.description, item.id, item.price, sales_price,
            item.currency,
        ),
    )  # fmt: skip


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
    INSERT INTO app_user (id, customer_id, subject) VALUES (%(user)s, %(id)s, %(subject)s)
    ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, updated_at = now()
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
    INSERT INTO customer_subscription (customer_id, subscription_id) VALUES (%(id)s, %(subscription)s)
    ON CONFLICT DO NOTHING
    """,
)
