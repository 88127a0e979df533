"""Who gets in where, and what they see there: every route, by every method, for everybody, with two companies."""

from typing import Any

import pytest
from psycopg.sql import SQL
from werkzeug.test import TestResponse

from services.registry import Scope
from tests.fuzz.matrix import Matrix
from tests.fuzz.town import MINE, THEIRS, Town
from tests.integration.conftest import Aws, World
from tests.support.mall import Mall


@pytest.mark.parametrize(("mine", "theirs"), [(MINE, THEIRS), (THEIRS, MINE)])
def test_nobody_gets_where_they_have_no_business_or_sees_what_is_another_company_s(
    stocked: Mall, world: World, aws: Aws, mine: str, theirs: str
) -> None:
    matrix = Matrix(Town(stocked, world, aws), mine, theirs)
    matrix.try_doors()
    matrix.try_methods()
    matrix.try_ids()
    matrix.look_back()
    assert matrix.found.faults == []
    print(f"{matrix.found.asked} requests, {len(matrix.secrets.texts)} canaries: 0 leaks")


def test_a_policy_that_shows_everything_would_be_noticed(stocked: Mall, world: World, aws: Aws) -> None:
    matrix = Matrix(Town(stocked, world, aws), MINE, THEIRS)
    expression = world.value("SELECT qual FROM pg_policies WHERE tablename = 'account' AND policyname = 'its_own'")
    try:
        world.admin.execute("ALTER POLICY its_own ON account USING (true)")
        matrix.try_doors()
    finally:
        world.admin.execute(SQL("ALTER POLICY its_own ON account USING ({})").format(SQL(str(expression))))
    assert any("GET /accounts" in fault and "shows" in fault for fault in matrix.found.faults)
    assert any("GET /accounts/" in fault and "is 200" in fault for fault in matrix.found.faults)


def test_what_the_pool_grants_a_service_opens_what_the_scope_says(stocked: Mall, world: World, aws: Aws) -> None:
    town = Town(stocked, world, aws)

    def asked(scope: Scope, path: str) -> TestResponse:
        headers = {"Authorization": f"Bearer {stocked.services.token(scope)}"}
        return town.ask("nobody", "GET", path, headers=headers)

    both = {str(town.customer(company)) for company in (MINE, THEIRS)}
    assert {one["customerId"] for one in told(asked(Scope.INVOICES, "/invoices"))["invoices"]} == both
    orders = told(asked(Scope.ORDERS, "/operations/orders"))["orders"]
    assert {one["customerId"] for one in orders} == both
    assert told(asked(Scope.ORDERS, f"/orders/{orders[0]['id']}"))["state"] == "EMAILED"
    assert both <= {one["id"] for one in told(asked(Scope.CUSTOMERS, "/customers"))["customers"]}
    assert all("purchasePrice" in one for one in told(asked(Scope.CATALOGUE, "/products"))["products"])
    for scope in set(Scope) - {Scope.INVOICES}:
        assert asked(scope, "/invoices").status_code == 403


def told(answer: TestResponse) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json
