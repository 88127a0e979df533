"""What an older release has written gets its present, its order and its owner with the schema that brings them."""

from local.machine.postgres import Postgres
from services.database import schema
from tests.support.ledgers import violations
from tests.support.office import Office
from tests.support.postgres import settings_of

PRESENT = "SELECT json_agg(json_build_array(id, order_id, account_id, valid_to_date) ORDER BY id)::text FROM license"


def test_licences_of_an_earlier_release_are_as_their_histories_have_them(server: Postgres, office: Office) -> None:
    office.bought(2)
    office.bought(1)
    licence = office.licences()[0]
    assert office.assign(licence).status_code == 200
    before = office.world.value(PRESENT)
    owner = settings_of(server, owner=True)
    schema.downgrade(owner, "0014")
    try:
        columns = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'license' AND column_name = %s"
        assert office.world.value(columns, "valid_to_date") == 0
    finally:
        schema.upgrade(owner)
    assert office.world.value(PRESENT) == before
    assert violations(office.world, office.simulator) == []
    assert office.quantity(2).status_code == 200


def test_a_licence_that_the_earlier_release_writes_beside_this_one_has_its_order_and_its_end(office: Office) -> None:
    """While pods are replaced, one of them still inserts without the columns that it does not know."""
    office.bought(1)
    office.world.admin.execute(
        """
        WITH issued AS (
            INSERT INTO license (id, subscription_item_id, key)
            SELECT gen_random_uuid(), subscription_item_id, 'in clear' FROM license RETURNING id
        )
        INSERT INTO license_valid_to_date (license_id, valid_to_date) SELECT id, current_date + 365 FROM issued
        """
    )
    known = "SELECT order_id, valid_to_date - current_date FROM license WHERE key = 'in clear'"
    rows = office.world.admin.execute(known).fetchall()
    assert rows == [(office.world.value("SELECT id FROM sales_order"), 365)]
