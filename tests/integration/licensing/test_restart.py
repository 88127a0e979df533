"""An operator restarts a parked change of licences: told first, done once, and the CCP searched before it is asked."""

from uuid import UUID, uuid4

import pytest

from services.licensing import changes
from tests.integration.conftest import Aws
from tests.integration.licensing.test_faults import change, only_change
from tests.support.desk import Desk
from tests.support.ledgers import violations
from tests.support.office import Office


@pytest.fixture
def desk(office: Office, aws: Aws) -> Desk:
    return Desk(office.world, aws)


@pytest.fixture
def parked(office: Office) -> UUID:
    """A return that the CCP has made, and whose outcome stays unclear to us for as long as it errs."""
    office.bought(3)
    office.simulator.misbehave(dropAfterAcceptRate=1, hideSales=True)
    change(office, "return")
    found = only_change(office)
    office.hurry()
    with office.world.database.transaction() as connection:
        leased = changes.lease(connection, found)
        assert leased is not None
        changes.park(connection, leased, "the CCP's outcome is unclear")
    return found


def state(office: Office) -> str:
    return str(office.world.value("SELECT state FROM licence_change"))


def path(change_id: object) -> str:
    return f"/license-changes/{change_id}/restart"


def test_a_dry_run_tells_why_it_is_parked_and_changes_nothing_but_the_audit(
    office: Office, desk: Desk, parked: UUID
) -> None:
    told = desk.told(path(parked))
    assert (told["dryRun"], told["changeId"], told["effect"]) == (True, str(parked), "restart")
    assert "the CCP's outcome is unclear" in told["detail"]
    assert state(office) == "PARKED"
    assert desk.audited() == [("restart", "restart", True, None)]


def test_a_restarted_change_is_found_at_the_ccp_and_not_made_again(office: Office, desk: Desk, parked: UUID) -> None:
    assert office.settlement.reconcile(1) == 0, "it waits for tomorrow"
    first = desk.post(path(parked), "k1", dryRun=False, reason="the CCP works again")
    assert state(office) == "RESERVED"
    assert office.world.value("SELECT target FROM operator_action") == f"license-changes/{parked}"
    office.simulator.behave()
    office.market.await_gate()
    assert office.settlement.reconcile(1) == 1
    assert state(office) == "CONFIRMED"
    assert len(office.simulator.changes(str(parked))) == 1
    assert violations(office.world, office.simulator) == []
    again = desk.post(path(parked), "k1", dryRun=False, reason="the CCP works again")
    assert (first.status_code, again.status_code, again.data) == (200, 200, first.data)
    assert desk.do(path(parked))["effect"] == "none", "it is done"
    assert state(office) == "CONFIRMED"
    assert desk.audited() == [
        ("restart", "restart", False, "the CCP works again"),
        ("restart", "none", False, "fixed"),
    ]


def test_a_change_that_licensing_is_looking_at_is_left_to_it(office: Office, desk: Desk, parked: UUID) -> None:
    office.hurry()
    with office.world.database.transaction() as connection:
        assert changes.lease(connection, parked) is not None
    assert desk.do(path(parked))["effect"] == "none"
    office.hurry()
    assert desk.do(path(parked))["effect"] == "restart", "whoever had it is gone"


def test_what_cannot_go_on_is_refused_and_audited(office: Office, desk: Desk) -> None:
    item = office.bought(2)
    assert office.quantity(4, item).status_code == 202
    more = only_change(office)
    assert desk.told(path(more))["effect"] == "refused"
    refused = desk.post(path(more), dryRun=False, reason="try")
    assert refused.status_code == 409
    assert refused.json is not None
    assert "restart that order" in refused.json["detail"]
    assert desk.audited() == [("restart", "refused", True, None), ("restart", "refused", False, "try")]
    assert desk.post(path(uuid4())).status_code == 404
    assert desk.post(path(more), dryRun=False).status_code == 400, "a real run needs a reason"
