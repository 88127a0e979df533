"""Every list as its callers ask for it: what the handler is told, by whom, and how much it may read."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from werkzeug.datastructures import MultiDict

from bench.rows import ITEMS, PRODUCTS, SUBSCRIPTIONS, named
from services.common.api import Call, Cursor, Customer, Input, ListQuery, Reply, Staff
from services.common.database import Database
from services.invoices import listing as invoices
from services.invoices import totals
from services.invoices.models import InvoicesQuery, TotalsQuery
from services.licensing import items
from services.licensing import listing as licenses
from services.licensing.models import HistoryQuery, ItemsQuery, LicensesQuery
from services.orchestrator import listing as pipeline
from services.orchestrator.queries import OrdersQuery as PipelineOrdersQuery
from services.order import listing as orders
from services.order.api_models import OrdersQuery
from services.products import listing as products
from services.products import reading
from services.products.models import ProductsQuery
from services.registry import Caller
from services.support import listing as cases
from services.support import messages
from services.support.models import CasesQuery
from services.users import accounts, customers, people, subscriptions
from services.users.operations.accounts import AccountsQuery
from services.users.operations.customers import CustomersQuery
from services.users.operations.people import PeopleQuery
from services.users.operations.subscriptions import SubscriptionsQuery

Query = dict[str, str]
PAGE = 50
OWN = 10**9
"""Whatever the customer has: a sum is of all, and under row level security no full-text index may be asked."""
_SPACING = timedelta(seconds=30)


@dataclass(frozen=True)
class World:
    """How much there is, and whom chance picks."""

    rows: int
    chance: random.Random

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return max(200, self.rows // 10)

    def customer(self) -> int:
        """The largest, a middling or a small customer, each as often as the others."""
        return self.chance.choice((1, self.chance.randint(2, 101), self.chance.randint(102, self.customers)))

    def cursor(self) -> Query:
        """The first page, or any other."""
        if self.chance.random() < 0.5:
            return {}
        at = datetime.now(UTC) - _SPACING * self.chance.randint(1, self.rows)
        return {"cursor": Cursor(at=at, id=uuid4()).encode()}

    def invoice_cursor(self) -> Query:
        """As `cursor`, for the list that is ordered by days."""
        if self.chance.random() < 0.5:
            return {}
        at = datetime.now(UTC) - _SPACING * self.chance.randint(1, self.rows)
        return {"cursor": invoices.InvoicePlace(day=at.date(), at=at, id=uuid4()).encode()}

    def subscription(self, customer: int) -> UUID:
        """One of the customer's."""
        return named("subscription", customer * SUBSCRIPTIONS + self.chance.randint(0, 4))

    def item(self, customer: int) -> UUID:
        """One of the customer's items, if it has that product."""
        number = customer * SUBSCRIPTIONS + self.chance.randint(0, 4)
        return named("item", number * ITEMS + self.chance.randint(0, ITEMS - 1))


@dataclass(frozen=True)
class Question:
    """One way in which a list is asked for.

    Attributes:
        name: the operation and its filter.
        handler: what answers.
        model: of the query parameters.
        asked: the query of a request of that customer.
        about: the `{id}` of the path.
        staff: it is asked by staff, who see everybody's rows.
        largest: it is asked by the largest customer alone.
        reads: rows that one answer may read of a big table: of a customer who has a tenth of it, the planner may well
            pick each tenth row of everybody's.
    """

    name: str
    handler: Callable[[Call], object]
    model: type[Input]
    asked: Callable[[World, int], Query] = lambda world, _: world.cursor()
    about: Callable[[World, int], UUID | None] = lambda _, __: None
    staff: bool = False
    largest: bool = False
    reads: int = 20 * (PAGE + 1)

    def ask(self, world: World, database: Database) -> Call:
        """A request, by a customer or an agent whom chance picks."""
        customer = 1 if self.largest else world.customer()
        agent = Staff(uuid4(), frozenset({Caller.SUPPORT, Caller.OPERATOR}))
        person = Customer(
            named("subject", customer), named("user", customer), named("customer", customer), Caller.ADMIN
        )
        return Call(
            database=database,
            caller=agent if self.staff else person,
            path={"id": self.about(world, customer)},
            given_query=self.model.read(MultiDict(dict(self.asked(world, customer)))),
            given_body=None,
            route=self.name,
            key=None,
            if_match=None,
            address="127.0.0.1",
        )


def _with(**values: str) -> Callable[[World, int], Query]:
    return lambda world, _: values | world.cursor()


def _of(name: str, which: Callable[[World, int], UUID]) -> Callable[[World, int], Query]:
    return lambda world, customer: {name: str(which(world, customer))} | world.cursor()


def _day(world: World, days: int) -> str:
    """A day about which there are rows, so many days later."""
    back = world.chance.randint(0, max(1, int(world.rows * _SPACING / timedelta(days=1))))
    return f"{(datetime.now(UTC) - timedelta(days=back - days)).date()}"


def _month_of_invoices(world: World, _: int) -> Query:
    return {"from": (first := _day(world, 0)), "to": f"{datetime.fromisoformat(first).date() + timedelta(days=30)}"}


def _month_of_orders(world: World, _: int) -> Query:
    return {"from": f"{_day(world, 0)}T00:00:00Z", "to": f"{_day(world, 31)}T00:00:00Z"}


def _their_id(_: World, customer: int) -> UUID:
    return named("customer", customer)


def _longest(kind: str) -> Callable[[World, int], UUID]:
    """The largest customer's thing with the longest history, or any other one of those that have histories."""
    return lambda world, _: named(kind, world.chance.choice((10, 10 * world.chance.randint(1, world.rows // 10))))


def _product(world: World, _: int) -> UUID:
    return named("product", world.chance.choice((0, world.chance.randrange(PRODUCTS))))


def _words(world: World, _: int) -> Query:
    """Words that every third case has, few have, or all have."""
    words = world.chance.choice(("refused", f"word{world.chance.randrange(5000)}", "licence -nothing"))
    return {"text": words} | world.cursor()


def _pipeline(call: Call) -> Reply:
    with call.transaction() as connection:
        pipeline.page(connection, call.query(PipelineOrdersQuery))
    return Reply.empty()


QUESTIONS = (
    Question("orders", orders.list_orders, OrdersQuery),
    Question("orders: in a state", orders.list_orders, OrdersQuery, _with(state="PARKED")),
    Question("orders: of a subscription", orders.list_orders, OrdersQuery, _of("subscriptionId", World.subscription)),
    Question("orders: of a month", orders.list_orders, OrdersQuery, _month_of_orders),
    Question("pipeline orders", _pipeline, PipelineOrdersQuery, lambda _, __: {}, staff=True),
    Question("pipeline orders: parked", _pipeline, PipelineOrdersQuery, lambda _, __: {"state": "PARKED"}, staff=True),
    Question("invoices", invoices.list_invoices, InvoicesQuery, lambda world, _: world.invoice_cursor()),
    Question("invoices: credit notes", invoices.list_invoices, InvoicesQuery,
             lambda world, _: {"kind": "CREDIT_NOTE"} | world.invoice_cursor()),
    Question("invoices: of a subscription", invoices.list_invoices, InvoicesQuery,
             lambda world, k: {"subscriptionId": str(world.subscription(k))} | world.invoice_cursor(),
             reads=20 * ITEMS * (PAGE + 1)),
    Question("invoices: of a month", invoices.list_invoices, InvoicesQuery, _month_of_invoices),
    Question("invoices: by number", invoices.list_invoices, InvoicesQuery,
             lambda _, __: {"invoiceNumber": "BX-77"}),
    Question("invoices: everybody's", invoices.list_invoices, InvoicesQuery, lambda world, _: world.invoice_cursor(),
             staff=True),
    Question("invoices: everybody's credit notes", invoices.list_invoices, InvoicesQuery,
             lambda world, _: {"kind": "CREDIT_NOTE"} | world.invoice_cursor(), staff=True),
    Question("invoices: everybody's of a month", invoices.list_invoices, InvoicesQuery, _month_of_invoices, staff=True),
    Question("invoice totals: a year", totals.total, TotalsQuery, lambda _, __: {}, reads=OWN),
    Question("licences", licenses.list_licenses, LicensesQuery),
    Question("licences: unassigned", licenses.list_licenses, LicensesQuery, _with(state="UNASSIGNED")),
    Question("licences: returned", licenses.list_licenses, LicensesQuery, _with(state="RETURNED")),
    Question("licences: of an account", licenses.list_licenses, LicensesQuery,
             _of("accountId", lambda _, k: named("account", 2 if k == 1 else k - 1))),
    Question("licences: of an item", licenses.list_licenses, LicensesQuery, _of("itemId", World.item)),
    Question("licences: of a subscription", licenses.list_licenses, LicensesQuery,
             _of("subscriptionId", World.subscription), reads=20 * ITEMS * (PAGE + 1)),
    Question("licences: ending", licenses.list_licenses, LicensesQuery,
             lambda world, _: {"expiringBefore": _day(world, 365)} | world.cursor()),
    Question("licence history", licenses.history, HistoryQuery, about=_longest("license"), largest=True),
    Question("subscription items", items.list_items, ItemsQuery, reads=20 * ITEMS * (PAGE + 1)),
    Question("subscription items: of one", items.list_items, ItemsQuery, _of("subscriptionId", World.subscription)),
    Question("accounts", accounts.list_accounts, AccountsQuery),
    Question("accounts: by name", accounts.list_accounts, AccountsQuery, _with(name="Account 20")),
    Question("people", people.list_people, PeopleQuery),
    Question("people: deactivated", people.list_people, PeopleQuery, _with(state="DEACTIVATED")),
    Question("people: administrators", people.list_people, PeopleQuery, _with(role="ADMIN")),
    Question("subscriptions", subscriptions.list_subscriptions, SubscriptionsQuery),
    Question("customers", customers.list_customers, CustomersQuery, staff=True),
    Question("customers: inactive", customers.list_customers, CustomersQuery, _with(active="false"), staff=True),
    Question("customers: by name", customers.list_customers, CustomersQuery,
             lambda world, _: {"companyName": f"Company {world.customer()}"}, staff=True),
    Question("customers: by number", customers.list_customers, CustomersQuery, _with(customerNumber="B-7"), staff=True),
    Question("products", products.list_products, ProductsQuery, lambda _, __: {}),
    Question("products: searched", products.list_products, ProductsQuery,
             lambda world, _: {"q": world.chance.choice(("word7", "rare1234", "Product"))}, reads=PRODUCTS),
    Question("products: for staff", products.list_products, ProductsQuery, lambda _, __: {}, staff=True),
    Question("price history", reading.list_prices, ListQuery, about=_product),
    Question("cases", cases.list_cases, CasesQuery),
    Question("cases: all", cases.list_cases, CasesQuery, staff=True),
    Question("cases: in a status", cases.list_cases, CasesQuery,
             lambda world, _: {"status": world.chance.choice(("OPEN", "CLOSED"))} | world.cursor(), staff=True),
    Question("cases: own in a status", cases.list_cases, CasesQuery, _with(status="OPEN")),
    Question("cases: of an agent", cases.list_cases, CasesQuery,
             _of("assignee", lambda world, _: named("agent", world.chance.randrange(200))), staff=True),
    Question("cases: nobody's", cases.list_cases, CasesQuery, _with(assigned="false"), staff=True),
    Question("cases: of a customer", cases.list_cases, CasesQuery, _of("customerId", _their_id), staff=True),
    Question("cases: by words", cases.list_cases, CasesQuery, _words, staff=True),
    Question("cases: own by words", cases.list_cases, CasesQuery, _words, reads=OWN),
    Question("cases: by reference", cases.list_cases, CasesQuery, _with(reference="CASE-000077"), staff=True),
    Question("case messages", messages.list_messages, ListQuery, about=_longest("case"), largest=True),
)  # fmt: skip
