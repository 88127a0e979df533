"""The demo's facts, parsed from `demo.json`; every id is derived from a name, so seeding twice changes nothing."""

import json
from functools import cache
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

PASSWORD = "Demo-pass-1!"  # noqa: S105 - the demo's, printed in the README
OPERATOR = "operator@cloud-sales.example"
SUPPORT = "support@cloud-sales.example"
FIRST_CUSTOMER = "elliniki"
FIRST_AMOUNT = 3
PRODUCT_ID = UUID("2786d9fb-aa4e-4778-8abb-11a546852728")
"""What the demo orders: an office suite of the CCP's catalogue."""
_FILE = Path(__file__).with_name("demo.json")


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)


class LegalEntity(_Fact):
    """A company of ours that invoices."""

    name: str
    address: tuple[str, ...]
    country: str
    vat_id: str
    registration: str
    email: str
    bank_name: str
    iban: str | None
    account_number: str | None
    bic: str
    currency: str
    series: str
    payment_days: int

    @property
    def id(self) -> UUID:
        """The row's id."""
        return stable_id("legal-entity", self.series)


class Colleague(_Fact):
    """Somebody of a customer's who may look and order."""

    first: str
    last: str
    email: str


class DemoCustomer(_Fact):
    """A customer with its administrator and a colleague, its main account and its main subscription."""

    key: str
    entity: str
    number: str
    company: str
    first: str
    last: str
    email: str
    address: tuple[str, ...]
    country: str
    vat_id: str
    colleague: Colleague

    @property
    def id(self) -> UUID:
        """The row's id."""
        return stable_id("customer", self.key)

    @property
    def user_id(self) -> UUID:
        """The id of the administrator's row."""
        return stable_id("user", self.key)

    @property
    def subscription_id(self) -> UUID:
        """The id of the customer's subscription."""
        return stable_id("subscription", self.key)


class _Demo(_Fact):
    legal_entities: tuple[LegalEntity, ...]
    customers: tuple[DemoCustomer, ...]
    accounts: tuple[str, ...]
    subscriptions: tuple[str, ...]


@cache
def stable_id(kind: str, name: str) -> UUID:
    """The id that stands for a named demo thing."""
    return uuid5(NAMESPACE_URL, f"cloud-sales:demo:{kind}:{name}")


def legal_entities() -> tuple[LegalEntity, ...]:
    """The companies that invoice."""
    return _demo().legal_entities


def customers() -> tuple[DemoCustomer, ...]:
    """The customers, one for each script that an invoice has to print."""
    return _demo().customers


def accounts() -> tuple[str, ...]:
    """What each customer's further accounts are called."""
    return _demo().accounts


def subscriptions() -> tuple[str, ...]:
    """What each customer's further subscriptions are called."""
    return _demo().subscriptions


@cache
def _demo() -> _Demo:
    return _Demo.model_validate(json.loads(_FILE.read_text(encoding="utf-8")))
