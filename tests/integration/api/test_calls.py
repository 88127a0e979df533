"""The one way in over a real database: who gets in, what they see, what happens once, and who was faster."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from psycopg.errors import InsufficientPrivilege
from werkzeug.test import TestResponse

from local.machine.postgres import Postgres
from services import registry
from services.common.api import Answer, Call, Gate, Input, Operation, Reply
from services.common.api.call import found
from services.common.api.quota import Quota
from services.common.api.serving import create_app
from services.common.database import Connection, Database
from services.common.errors import Conflict
from services.registry import ADMIN, CUSTOMER, SIGNED_IN, SUPPORT, Role, Route, Service
from tests.integration.conftest import World
from tests.support import postgres
from tests.support.desk import Verifier


class NewShelf(Input):
    name: str


class ShelfAnswer(Answer):
    name: str


class ShelvesAnswer(Answer):
    names: tuple[str, ...]


LIST = Operation(method="GET", path="/shelves", name="listShelves", summary="x", answer=ShelvesAnswer)
CREATE = Operation(
    method="POST", path="/shelves", name="createShelf", summary="x", body=NewShelf, answer=ShelfAnswer, key=True
)
CHANGE = Operation(
    method="PATCH", path="/shelves/{id}", name="changeShelf", summary="x", body=NewShelf, answer=ShelfAnswer,
    versioned=True, if_match=True, key=True,
)  # fmt: skip
AUDIT = Operation(method="GET", path="/shelves/audit", name="auditShelves", summary="x", answer=ShelvesAnswer)
ROUTES = ((LIST, SIGNED_IN), (CREATE, CUSTOMER), (CHANGE, ADMIN), (AUDIT, SUPPORT))
INSERT = "INSERT INTO account (customer_id, name) VALUES (%s, %s)"


def list_shelves(call: Call) -> Reply:
    """Without a condition of its own: what is hidden, the database hides."""
    with call.transaction() as connection:
        rows = connection.execute("SELECT name FROM account ORDER BY name").fetchall()
    return Reply.of(ShelvesAnswer(names=tuple(row["name"] for row in rows)))


def create_shelf(call: Call) -> Reply:
    name = call.body(NewShelf).name

    def effect(connection: Connection) -> Reply:
        if connection.execute("SELECT FROM account WHERE name = %s", (name,)).rowcount:
            raise Conflict("the name is taken")
        connection.execute(INSERT, (call.customer.customer_id, name))
        return Reply.of(ShelfAnswer(name=name), 201, location=f"/shelves/{name}")

    return call.once(effect)


def change_shelf(call: Call) -> Reply:
    def effect(connection: Connection) -> Reply:
        row = found(
            connection.execute("SELECT version FROM account WHERE id = %s FOR UPDATE", (call.id,)).fetchone(), "shelf"
        )
        call.check_version(row["version"])
        name = call.body(NewShelf).name
        connection.execute("UPDATE account SET name = %s WHERE id = %s", (name, call.id))
        return Reply.of(ShelfAnswer(name=name), version=row["version"] + 1)

    return call.once(effect)


class Shop:
    """Two companies' people before one service."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.app = self.over(world.database)
        world.admin.execute("DELETE FROM account")
        for key in ("liffey", "siam"):
            world.admin.execute(INSERT, (world.customer(key).id, f"{key}'s shelf"))

    def over(self, database: Database) -> Flask:
        handlers = {
            "listShelves": list_shelves,
            "createShelf": create_shelf,
            "changeShelf": change_shelf,
            "auditShelves": list_shelves,
        }
        gate = Gate(database, Verifier(), Quota(1_000_000))
        return create_app("shelves", gate, tuple(operation for operation, _ in ROUTES), handlers)

    def ask(self, method: str, path: str, who: str = "liffey", app: Flask | None = None, **given: Any) -> TestResponse:
        token = self.world.subject(who) if who in ("liffey", "siam") else who
        headers = {"Authorization": f"Bearer {token}", **given.pop("headers", {})}
        return (app or self.app).test_client().open(path, method=method, headers=headers, **given)

    def create(self, name: str, key: str, who: str = "liffey", app: Flask | None = None) -> TestResponse:
        return self.ask("POST", "/shelves", who, app, json={"name": name}, headers={"Idempotency-Key": key})

    def shelf(self, who: str) -> UUID:
        shelf = self.world.value("SELECT id FROM account WHERE customer_id = %s", self.world.customer(who).id)
        assert isinstance(shelf, UUID)
        return shelf


@pytest.fixture
def shop(world: World, monkeypatch: pytest.MonkeyPatch) -> Shop:
    routes = tuple(Route(operation.method, operation.path, callers) for operation, callers in ROUTES)
    monkeypatch.setattr(registry, "SERVICES", (Service("shelves", Role.WEB, "keeps shelves", routes=routes),))
    return Shop(world)


def test_a_customer_s_people_see_their_own_rows_and_staff_everybody_s(shop: Shop) -> None:
    assert shop.ask("GET", "/shelves").json == {"names": ["liffey's shelf"]}
    assert shop.ask("GET", "/shelves", "siam").json == {"names": ["siam's shelf"]}
    assert shop.ask("GET", "/shelves", f"{uuid4()} support").json == {"names": ["liffey's shelf", "siam's shelf"]}


def test_a_pooled_connection_forgets_the_tenant_it_served(shop: Shop) -> None:
    for _ in range(8):
        shop.ask("GET", "/shelves")
        with shop.world.database.transaction() as connection:
            assert len(connection.execute("SELECT FROM account").fetchall()) == 2


def test_the_database_takes_nothing_in_another_tenant_s_name(shop: Shop) -> None:
    mine, theirs = shop.world.customer("liffey").id, shop.world.customer("siam").id
    with pytest.raises(InsufficientPrivilege), shop.world.database.tenant(mine) as connection:
        connection.execute(INSERT, (theirs, "a gift"))
    with shop.world.database.tenant(mine) as connection:
        assert connection.execute("DELETE FROM account WHERE customer_id = %s", (theirs,)).rowcount == 0
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT FROM operator_action")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ("SELECT 1", 200),
        ("UPDATE app_user SET role = 'USER'", 200),
        ("UPDATE app_user SET state = 'DEACTIVATED'", 403),
        ("UPDATE customer SET active = false", 403),
        ("UPDATE app_user SET subject = gen_random_uuid()", 403),
    ],
)
def test_people_get_in_as_long_as_they_are_somebody_s(shop: Shop, change: str, status: int) -> None:
    shop.world.admin.execute(change.encode())
    assert shop.ask("GET", "/shelves").status_code == status


def test_roles_are_what_the_database_says_at_that_moment(shop: Shop) -> None:
    path = f"/shelves/{shop.shelf('liffey')}"
    given: dict[str, Any] = {"json": {"name": "b"}, "headers": {"If-Match": '"1"'}}
    shop.world.admin.execute("UPDATE app_user SET role = 'USER'")
    refused = shop.ask("PATCH", path, **given)
    assert (refused.status_code, "administrator" in refused.text) == (403, True)
    shop.world.admin.execute("UPDATE app_user SET role = 'ADMIN'")
    assert shop.ask("PATCH", path, **given).status_code == 200


def test_what_is_staff_s_is_closed_to_customers_and_the_reverse(shop: Shop) -> None:
    refused = shop.ask("GET", "/shelves/audit")
    assert (refused.status_code, "support agents" in refused.text) == (403, True)
    assert shop.ask("GET", "/shelves/audit", f"{uuid4()} operator").status_code == 403
    assert shop.ask("GET", "/shelves/audit", f"{uuid4()} operator support").status_code == 200
    assert shop.ask("POST", "/shelves", f"{uuid4()} support", json={"name": "x"}).status_code == 403


def test_a_repetition_gets_the_first_answer_byte_for_byte(shop: Shop) -> None:
    first, second = shop.create("b", "k1"), shop.create("b", "k1")
    assert (second.status_code, second.data) == (201, first.data)
    assert second.headers["Location"] == first.headers["Location"] == "/shelves/b"
    assert shop.create("c", "k1").status_code == 422
    assert shop.world.value("SELECT count(*) FROM account") == 3


def test_a_key_belongs_to_its_customer(shop: Shop) -> None:
    assert [shop.create(f"of {who}", "k1", who).status_code for who in ("liffey", "siam")] == [201, 201]


def test_a_refusal_keeps_nothing_and_may_go_well_later(shop: Shop) -> None:
    assert shop.create("liffey's shelf", "k1").status_code == 409
    shop.world.admin.execute("DELETE FROM account")
    assert shop.create("liffey's shelf", "k1").status_code == 201


def test_the_same_key_at_once_has_one_effect(shop: Shop, server: Postgres) -> None:
    databases = [Database(postgres.settings_of(server), size=1) for _ in range(4)]
    apps = [shop.over(database) for database in databases]
    together = threading.Barrier(4)

    def send(app: Flask) -> int:
        together.wait()
        return shop.create("b", "k1", app=app).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = set(pool.map(send, apps))
    for database in databases:
        database.close()
    assert 201 in statuses
    assert statuses <= {201, 409}
    assert shop.world.value("SELECT count(*) FROM account WHERE name = 'b'") == 1


def test_whoever_has_read_another_version_changes_nothing(shop: Shop) -> None:
    path = f"/shelves/{shop.shelf('liffey')}"
    changed = shop.ask("PATCH", path, json={"name": "b"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    late = shop.ask("PATCH", path, json={"name": "c"}, headers={"If-Match": '"1"'})
    assert (late.status_code, late.mimetype) == (412, "application/problem+json")
    assert shop.ask("PATCH", path, json={"name": "c"}).status_code == 428
    assert shop.ask("PATCH", path, json={"name": "c"}, headers={"If-Match": '"2"'}).status_code == 200


def test_a_repeated_change_is_told_as_done_and_not_as_late(shop: Shop) -> None:
    path = f"/shelves/{shop.shelf('liffey')}"
    given: dict[str, Any] = {"json": {"name": "b"}, "headers": {"If-Match": '"1"', "Idempotency-Key": "k1"}}
    first = shop.ask("PATCH", path, **given)
    second = shop.ask("PATCH", path, **given)
    assert (second.status_code, second.data, second.headers["ETag"]) == (200, first.data, '"2"')
    other = {**given, "headers": {**given["headers"], "If-Match": '"2"'}}
    assert shop.ask("PATCH", path, **other).status_code == 422


def test_another_tenant_s_thing_is_as_if_it_were_none(shop: Shop) -> None:
    given: dict[str, Any] = {"json": {"name": "b"}, "headers": {"If-Match": '"1"'}}
    theirs, none = (shop.ask("PATCH", f"/shelves/{one}", **given) for one in (shop.shelf("siam"), uuid4()))
    assert theirs.status_code == none.status_code == 404
    assert {k: v for k, v in (theirs.json or {}).items() if k != "instance"} == {
        k: v for k, v in (none.json or {}).items() if k != "instance"
    }
