"""What is somebody else's does not exist, whatever its licence, item or change; and a subscription that two share."""

from datetime import date, timedelta

from tests.support.ledgers import violations
from tests.support.office import Office

STRANGER = "siam"


def test_another_company_sees_and_changes_nothing(office: Office) -> None:
    item = office.bought(3)
    licence = office.licences()[0]
    change = office.quantity(2).json
    assert change is not None
    item = office.item()
    for path in ("/licenses", "/subscription-items"):
        assert not office.get(path, who=STRANGER)[path.rpartition("-")[2].strip("/")]
    for path in (
        f"/licenses/{licence['id']}",
        f"/licenses/{licence['id']}/key",
        f"/licenses/{licence['id']}/history",
        f"/subscription-items/{item.id}",
        change["status"],
    ):
        assert office.ask(path, who=STRANGER).status_code == 404, path
        assert office.ask(path).status_code == 200, path
    end = date.fromisoformat(licence["validToDate"]) + timedelta(days=1)
    refusals = [
        office.quantity(1, item, who=STRANGER),
        office.cancel(item, who=STRANGER),
        office.extend(licence, end, who=STRANGER),
        office.assign(licence, office.account(STRANGER), who=STRANGER),
        office.post(f"/licenses/{licence['id']}/revoke", version=licence["version"], who=STRANGER),
    ]
    assert {answer.status_code for answer in refusals} == {404}
    assert office.world.value("SELECT count(*) FROM license_key_reading") == 1
    assert violations(office.world, office.simulator) == []


def test_a_user_who_is_no_administrator_reads_and_changes_nothing(office: Office) -> None:
    office.bought(2)
    licence = office.licences()[0]
    office.world.admin.execute(
        "UPDATE app_user SET role = 'USER' WHERE subject = %s", (office.world.subject("liffey"),)
    )
    item = office.item()
    assert office.ask(f"/licenses/{licence['id']}/key").status_code == 200
    assert office.quantity(1, item).status_code == 403
    assert office.cancel(item).status_code == 403
    assert office.assign(licence).status_code == 403


def test_of_a_shared_subscription_each_company_returns_its_own_licences(office: Office) -> None:
    office.bought(3)
    subscription = office.world.customer("liffey").subscription_id
    office.world.admin.execute(
        """
        INSERT INTO customer_subscription (customer_id, subscription_id, subscription_name)
        SELECT %s, id, name FROM subscription WHERE id = %s
        """,
        (office.world.customer(STRANGER).id, subscription),
    )
    office.world.admin.execute(
        """
        UPDATE license SET customer_id = %s WHERE id = (SELECT id FROM license ORDER BY id LIMIT 1)
        """,
        (office.world.customer(STRANGER).id,),
    )
    assert len(office.licences()) == 2
    assert len(office.licences(who=STRANGER)) == 1
    assert office.item(STRANGER).quantity == 3
    assert office.cancel().status_code == 409
    assert office.quantity(1, office.item(STRANGER), who=STRANGER).status_code == 409
    assert office.quantity(1).status_code == 200
    assert office.licences() == []
    assert len(office.licences(who=STRANGER)) == 1
