"""Who gets in where, and what they see there: every route, by every method, for everybody, with two companies."""

import pytest
from psycopg.sql import SQL

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
