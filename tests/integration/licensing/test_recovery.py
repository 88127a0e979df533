"""Changes whose process dies, is slow, or cannot record what it has got: somebody else ends them, once."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from services.licensing import changes
from services.licensing.ccp import Made
from tests.integration.conftest import World
from tests.integration.licensing.test_faults import change, only_change
from tests.support.ccp import Simulator
from tests.support.ledgers import violations
from tests.support.office import Office


def test_a_process_that_dies_after_the_ccp_has_changed_is_taken_over(office: Office) -> None:
    office.bought(3)
    office.simulator.misbehave(errorRate=1)
    change(office, "return")
    office.simulator.behave()
    office.hurry()
    with office.world.database.transaction() as connection:
        dying = changes.lease(connection, only_change(office))
    assert dying is not None
    office.market.await_gate()
    office.desk.ask(dying, dying.license_ids, 0, office.desk.deadline())
    assert office.settlement.reconcile(1) == 0, "its lease still holds"
    office.settle_all()
    assert len(office.simulator.changes(str(dying.id))) == 1
    assert violations(office.world, office.simulator) == []


def test_no_connection_is_held_while_the_ccp_is_waited_for(world: World, process: Simulator) -> None:
    process.behave()
    office = Office(world, process, read_seconds=8)
    office.bought(3)
    process.misbehave(latencyMs=2_000)
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(office.quantity, 1)
        time.sleep(1)
        held = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'cloudsales_app' AND state LIKE 'idle in %%'"
        assert world.value(held) == 0
        assert not answer.done()
        assert answer.result().status_code == 200


def test_an_answer_that_cannot_be_recorded_parks_the_change(office: Office) -> None:
    office.bought(1)
    price = "SELECT purchase_price FROM sales_product WHERE ccp_product_id = %s"
    made = Made(
        transaction_id=uuid4(),
        license_ids=(UUID(office.licences()[0]["id"]),),
        timestamp=datetime(2026, 11, 22, tzinfo=UTC),
        valid_to=date.fromisoformat(office.licences()[0]["validToDate"]) + timedelta(days=30),
        price_per_item=Decimal(str(office.world.value(price, office.market.product_id))),
        total_price=Decimal("0.123456789"),
        discount=0,
    )
    office.desk.ask = lambda *_: made  # type: ignore[method-assign]
    answer = change(office, "extend")
    assert answer.json is not None
    assert (answer.status_code, answer.json["state"]) == (202, "PARKED")
    assert "cannot be recorded" in answer.json["reason"]


def test_two_who_record_the_same_outcome_record_it_once(office: Office) -> None:
    office.bought(3)
    office.simulator.misbehave(errorRate=1)
    change(office, "return")
    office.simulator.behave()
    office.hurry()
    with office.world.database.transaction() as connection:
        slow = changes.lease(connection, only_change(office))
    assert slow is not None
    office.hurry()
    office.market.await_gate()
    assert office.settlement.reconcile(1) == 1
    office.settlement.settle(slow)
    assert office.item().quantity == 1
    assert violations(office.world, office.simulator) == []
