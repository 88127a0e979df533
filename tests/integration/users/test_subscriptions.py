"""`/subscriptions`: opened by a company for itself, named within it, and shared where a link says so."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.integration.conftest import World
from tests.integration.users.conftest import Office, other

FLEET = {"name": "Fleet"}


def opened(office: Office, who: str | None = None, **subscription: str) -> str:
    answer = office.call("POST", "/subscriptions", {**FLEET, **subscription}, who=who)
    assert answer.status_code == 201, answer.data
    return answer.headers["Location"]


def share(world: World, subscription: str, key: str) -> None:
    world.admin.execute(
        """
        INSERT INTO customer_subscription (customer_id, subscription_id, subscription_name)
        SELECT %s, id, name FROM subscription WHERE id = %s
        """,
        (world.customer(key).id, subscription.rpartition("/")[2]),
    )


def test_a_subscription_is_opened_shown_and_renamed(office: Office, world: World) -> None:
    subscription = opened(office, description="ships")
    renamed = office.change(subscription, {"name": "Fleet and crew"})
    assert (renamed.json and renamed.json["name"], renamed.headers["ETag"]) == ("Fleet and crew", '"2"')
    assert office.call("PATCH", subscription, {"name": "x"}, If_Match='"1"').status_code == 412
    listed = office.get("/subscriptions")["subscriptions"]
    assert [entry["name"] for entry in listed] == [
        f"{world.customer('liffey').company} (cloud workplace)",
        "Fleet and crew",
    ]
    assert office.get("/subscriptions", name="Fleet and crew")["subscriptions"][0] == renamed.json


def test_a_name_is_free_at_every_other_company(office: Office, world: World) -> None:
    opened(office)
    opened(office, who=other(world))
    assert office.call("POST", "/subscriptions", FLEET).status_code == 409
    assert office.change(opened(office, name="Crew"), FLEET).status_code == 409


def test_of_many_that_want_one_name_at_once_one_gets_it(office: Office) -> None:
    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(lambda _: office.call("POST", "/subscriptions", FLEET).status_code, range(8)))
    assert outcomes == {201: 1, 409: 7}
    assert len(office.get("/subscriptions", name="Fleet")["subscriptions"]) == 1


def test_the_subscriptions_of_another_company_do_not_exist(office: Office, world: World) -> None:
    subscription, stranger = opened(office), other(world)
    assert office.call("GET", subscription, who=stranger).status_code == 404
    assert office.call("PATCH", subscription, FLEET, who=stranger, If_Match='"1"').status_code == 404
    assert len(office.get("/subscriptions", who=stranger)["subscriptions"]) == 1


def test_a_shared_subscription_has_one_name_that_no_sharer_has_twice(office: Office, world: World) -> None:
    subscription, sharer = opened(office), other(world, "mueller")
    share(world, subscription, "mueller")
    opened(office, who=sharer, name="Flotte")
    assert office.change(subscription, {"name": "Flotte"}).status_code == 409
    assert office.change(subscription, {"name": "Ships"}, who=sharer).status_code == 200
    assert office.get("/subscriptions", name="Ships")["subscriptions"]


def test_a_tenant_can_neither_link_itself_to_a_subscription_nor_make_one_without_itself(world: World) -> None:
    mine, theirs = world.customer("mueller"), world.customer("siam")
    for statement in (
        "INSERT INTO customer_subscription (customer_id, subscription_id, subscription_name) SELECT %s, %s, 'stolen'",
        "INSERT INTO subscription (name, description) SELECT %s::text, %s::text",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), world.database.tenant(mine.id) as connection:
            connection.execute(statement.encode(), (mine.id, theirs.subscription_id))
    with pytest.raises(psycopg.errors.InsufficientPrivilege), world.database.transaction() as connection:
        connection.execute("SELECT new_subscription('nobody''s', '')")
    with world.database.transaction() as connection:
        connection.execute("SET LOCAL ROLE cloudsales_tenant")
        with pytest.raises(psycopg.errors.NotNullViolation):
            connection.execute("SELECT new_subscription('nobody''s', '')")


def test_a_tenant_changes_no_column_that_only_staff_may(world: World) -> None:
    for statement in (
        "UPDATE customer SET active = true",
        "UPDATE customer SET legal_entity_id = gen_random_uuid()",
        "UPDATE customer SET country = 'SG'",
        "UPDATE app_user SET subject = gen_random_uuid()",
        "UPDATE app_user SET accepted_at = now()",
        "UPDATE app_user SET customer_id = gen_random_uuid()",
    ):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            world.database.tenant(world.customer("mueller").id) as connection,
        ):
            connection.execute(statement.encode())
