"""The schema before sealed keys and the one after it, over rows of each: what goes up, and what does not go down."""

import hashlib
import json
import re
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy

from local.machine.postgres import OWNER, Postgres
from services.common.pipeline.manifests import read
from services.common.pipeline.outbox import genuine
from services.database import schema
from services.manifests.order import OrderManifest
from tests.integration.conftest import World
from tests.support.canaries import Canaries
from tests.support.postgres import settings_of
from tests.support.shop import Shop

SECRET = "7QWRX-M2K9P-TTB4C-HN6VE-3ZDJA"


@pytest.fixture
def sold(world: World) -> World:
    """A world with one order, at the schema before this one."""
    shop = Shop(world)
    shop.order(key="k1")
    world.admin.execute("DELETE FROM license_valid_to_date")
    world.admin.execute("DELETE FROM license")
    world.admin.execute("UPDATE idempotency_key SET sealed_body = NULL, data_key_id = NULL")
    return world


@pytest.fixture
def before(server: Postgres, sold: World) -> Iterator[World]:
    owner = settings_of(server, owner=True)
    schema.downgrade(owner, "0012")
    try:
        yield sold
    finally:
        schema.upgrade(owner)


def test_a_key_and_an_answer_in_clear_go_up_as_they_are(server: Postgres, before: World) -> None:
    item = before.value("SELECT id FROM subscription_item")
    before.admin.execute("INSERT INTO license (id, subscription_item_id, key) VALUES (%s, %s, 'L-1')", (uuid4(), item))
    before.admin.execute("UPDATE idempotency_key SET body = 'kept'")
    schema.upgrade(settings_of(server, owner=True))
    assert before.value("SELECT key FROM license WHERE sealed_key IS NULL AND key_fingerprint IS NULL") == "L-1"
    assert before.value("SELECT body FROM idempotency_key WHERE sealed_body IS NULL") == "kept"


def test_payloads_that_named_keys_name_licences_from_now_on(server: Postgres, before: World) -> None:
    license_id = uuid4()
    body = json.loads(str(before.value("SELECT body FROM outbox")))
    body |= {
        "licenseKeys": [{"id": str(license_id), "key": SECRET}],
        "metadata": {"manifestVersion": 1, "payloadType": 1},
    }
    del body["licenseIds"]
    old = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    before.admin.execute(
        "UPDATE outbox SET body = %s, sha256 = %s, length = %s",
        (old, hashlib.sha256(old.encode()).hexdigest(), len(old.encode())),
    )
    untouched = before.value("SELECT path FROM outbox")
    schema.upgrade(settings_of(server, owner=True))
    row = before.admin.execute("SELECT path, body, sha256, length FROM outbox").fetchone()
    assert row is not None
    path, text, sha256, length = row
    assert path == untouched
    encoded = genuine(str(text), str(sha256))
    assert encoded is not None
    assert len(encoded) == length
    assert read(OrderManifest, encoded) == read(OrderManifest, old.encode())
    assert Canaries([SECRET]).in_database(before.admin) == []


def test_other_payloads_stay_as_they_are(server: Postgres, before: World) -> None:
    bodies = before.value("SELECT array_agg(body ORDER BY id) FROM outbox")
    schema.upgrade(settings_of(server, owner=True))
    assert before.value("SELECT array_agg(body ORDER BY id) FROM outbox") == bodies


def test_what_is_sealed_does_not_go_down_and_nothing_of_it_is_lost(server: Postgres, world: World) -> None:
    Shop(world).order(key="k1")
    kept = world.value("SELECT array_agg(sealed_key ORDER BY id) FROM license")
    with pytest.raises(sqlalchemy.exc.DBAPIError, match="licence keys are sealed"):
        schema.downgrade(settings_of(server, owner=True), "0012")
    assert world.value("SELECT array_agg(sealed_key ORDER BY id) FROM license") == kept


BROKEN = {
    "both": "UPDATE license SET key = 'clear'",
    "neither": "UPDATE license SET sealed_key = NULL, data_key_id = NULL",
    "sealed with no key": "UPDATE license SET data_key_id = NULL",
    "an answer twice": "UPDATE idempotency_key SET body = 'clear'",
    "an answer sealed with no key": "UPDATE idempotency_key SET data_key_id = NULL",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_key_is_kept_once_and_with_what_opens_it(world: World, name: str) -> None:
    Shop(world).order(key="k1")
    with pytest.raises(psycopg.errors.CheckViolation):
        world.admin.execute(BROKEN[name].encode())


def test_the_looks_for_what_lies_in_clear_go_through_their_indexes(world: World, server: Postgres) -> None:
    looks = {
        # Of few rows the planner may take the unique index of the same column.
        "license_in_clear|license_key_key": "SELECT id FROM license WHERE key IS NOT NULL LIMIT 50",
        "idempotency_key_in_clear": "SELECT key FROM idempotency_key WHERE route = 'POST /create-order'"
        " AND status = 201 AND body IS NOT NULL LIMIT 50",
    }
    with server.connect(OWNER) as connection:
        connection.execute("SET enable_seqscan = off")
        for index, query in looks.items():
            plan = connection.execute(f"EXPLAIN {query}".encode()).fetchall()
            assert re.search(index, str(plan))
