"""Two companies that use everything, and everybody who may knock at the door."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from werkzeug.test import Client, TestResponse

from local.ccp.catalogue import load_catalogue
from local.seed import CatalogueItem, write_rows
from local.seed.demo import stable_id
from services.registry import SERVICES, Caller, Route, Scope
from tests.fuzz.reconcilers import Reconcilers
from tests.integration.conftest import Aws, World
from tests.support.issuer import SERVICE_CLIENT
from tests.support.mall import Mall
from tests.support.pipeline import Pipeline

MINE, THEIRS = "liffey", "siam"
"""The company that is tried, and the one whose secrets it must not see."""


@dataclass(frozen=True)
class Person:
    """Somebody with a token, or without.

    Attributes:
        caller: what the registry calls them; None for those who have no part in anything.
        company: whose person they are; None for staff, services and strangers.
        scopes: what a service has leave to read.
    """

    name: str
    token: str | None
    caller: Caller | None = None
    company: str | None = None
    scopes: frozenset[Scope] = frozenset()

    def admitted(self, route: Route) -> bool:
        """Whether the route is for them."""
        return self.caller in route.callers and (self.caller is not Caller.SERVICE or route.scope in self.scopes)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


class Town:
    """The companies, filled: people, accounts, orders, licences, invoices, changes and cases."""

    def __init__(self, mall: Mall, world: World, aws: Aws) -> None:
        self.mall, self.world = mall, world
        self._pipeline = Pipeline(world, aws)
        self._client = Client(mall)
        self.reconcilers = Reconcilers(mall, world)
        self._roles: list[tuple[UUID, str, str]] = []
        self.product = next(iter(load_catalogue().values()))
        item = CatalogueItem(
            self.product.id, self.product.name, self.product.description, self.product.unit_price, self.product.currency
        )
        write_rows(world.admin, [item], world.subjects)
        self.people = {person.name: person for person in self._everybody()}
        for company in (MINE, THEIRS):
            self._fill(company)

    def ask(self, person: str, method: str, path: str, **given: Any) -> TestResponse:
        headers = {**self.people[person].headers, **given.pop("headers", {})}
        return self._client.open(path, method=method, headers=headers, **given)

    def customer(self, company: str) -> UUID:
        return self.world.customer(company).id

    def rows(self, company: str) -> dict[str, list[dict[str, Any]]]:
        """Every row that the database shows to the company, by table, as JSON."""
        found = {}
        with self.world.database.tenant(self.customer(company)) as connection:
            tables = connection.execute(
                """
                SELECT c.relname AS name, array_agg(a.attname::text) AS columns
                FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
                    AND has_column_privilege(c.oid, a.attnum, 'SELECT')
                GROUP BY c.relname
                """
            ).fetchall()
            for table in tables:
                columns = ", ".join(table["columns"])
                query = f"SELECT to_jsonb(shown) AS row FROM (SELECT {columns} FROM {table['name']}) AS shown"
                found[table["name"]] = [row["row"] for row in connection.execute(query.encode()).fetchall()]
        return found

    def heal(self) -> None:
        """Lets everybody in again whom a test has deactivated, in the role that they have here."""
        self.world.admin.execute("UPDATE customer SET active = true WHERE NOT active")
        for person, role, state in self._roles:
            self.world.admin.execute(
                "UPDATE app_user SET role = %s, state = %s WHERE subject = %s AND (role, state) <> (%s, %s)",
                (role, state, person, role, state),
            )

    def _everybody(self) -> Iterator[Person]:
        yield Person("nobody", None)
        yield Person("a forger", self._token(uuid4())[:-8] + "AAAAAAAA")
        yield Person("a stranger", self._token(uuid4()))
        yield Person("a service without scopes", self._service(), Caller.SERVICE)
        for scope in Scope:
            yield Person(f"a service for {scope}", self._service(scope), Caller.SERVICE, scopes=frozenset({scope}))
        yield Person("support", self._token(uuid4(), "support"), Caller.SUPPORT)
        yield Person("operator", self._token(uuid4(), "operator"), Caller.OPERATOR)
        yield Person("somebody deactivated", self._token(self._person(MINE, "ADMIN", "DEACTIVATED")))
        for company in (MINE, THEIRS):
            subject = self.world.subject(company)
            self._roles.append((subject, "ADMIN", "ACTIVE"))
            admin = self._token(subject)
            yield Person(f"admin of {company}", admin, Caller.ADMIN, company)
            yield Person(f"user of {company}", self._token(self._person(company, "USER")), Caller.USER, company)

    def _token(self, subject: UUID, *groups: str) -> str:
        claims = {"cognito:groups": list(groups)} if groups else {}
        return self.mall.token(sub=str(subject), exp=int(time.time()) + 80_000, **claims)

    def _service(self, *scopes: Scope) -> str:
        """With all that a token could claim beside, which makes nobody of a service."""
        return self.mall.token(
            sub=str(self.world.subject(THEIRS)),
            client_id=SERVICE_CLIENT,
            scope=" ".join(scope.full for scope in scopes),
            exp=int(time.time()) + 80_000,
            **{"cognito:groups": ["operator", "support"]},
        )

    def _person(self, company: str, role: str, state: str = "ACTIVE") -> UUID:
        subject = uuid4()
        self._roles.append((subject, role, state))
        self.world.admin.execute(
            """
            INSERT INTO app_user (customer_id, subject, email, first_name, last_name, role, state, accepted_at)
            VALUES (%s, %s, %s, 'Canary', %s, %s, %s, now())
            """,
            (self.customer(company), subject, f"{subject}@{company}.example", f"Canary-{uuid4()}", role, state),
        )
        return subject

    def _fill(self, company: str) -> None:
        subscription = str(self.world.customer(company).subscription_id)
        order = {"ccpServiceItemId": str(self.product.id), "amount": 3, "subscriptionId": subscription}
        bought = self._done(company, "POST", "/create-order", json=order)
        for queue in ("invoice", "document", "email"):
            self._pipeline.relay()
            self._pipeline.take(queue)
        account = stable_id("account", company)
        licence = self._first(company, "/licenses", "licenses")
        self._done(company, "POST", f"/licenses/{licence['id']}/assign", licence, json={"accountId": str(account)})
        item = self._first(company, "/subscription-items", "items")
        self._done(company, "POST", f"/subscription-items/{item['id']}/quantity", item, json={"quantity": 4})
        self.reconcilers.turn()
        order_id = bought.headers["Location"].rpartition("/")[2]
        case = {"subject": f"Canary {uuid4()}", "message": f"Canary {uuid4()}", "orderId": order_id}
        self._done(company, "POST", "/cases", json=case)

    def _first(self, company: str, path: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._done(company, "GET", path).data)[name][0]
        return found

    def _done(
        self, company: str, method: str, path: str, seen: Mapping[str, Any] | None = None, **given: Any
    ) -> TestResponse:
        headers = {"If-Match": f'"{seen["version"]}"'} if seen else {}
        answer = self.ask(f"admin of {company}", method, path, headers=headers, **given)
        assert answer.status_code in (200, 201, 202), answer.text
        return answer


ROUTES = tuple((service, route) for service in SERVICES for route in service.routes)
