"""What customers are told of licences that end soon: once for each threshold, in one mail."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from services.licensing import expiry
from tests.support.office import Office


def mails(office: Office) -> list[str]:
    rows = office.world.admin.execute(
        "SELECT body::json ->> 'body' FROM outbox WHERE queue = 'email' ORDER BY id"
    ).fetchall()
    return [str(row[0]) for row in rows]


def end(office: Office) -> date:
    day = office.world.value("SELECT max(valid_to_date) FROM license")
    assert isinstance(day, date)
    return day


def test_a_customer_is_told_30_7_and_1_days_before_and_no_other_day(office: Office) -> None:
    office.bought(3)
    last = end(office)
    told = [days for days in range(40, -3, -1) if expiry.notify(office.world.database, last - timedelta(days=days))]
    assert told == [30, 7, 1]
    first = mails(office)[0]
    assert "in 30 days" in first
    assert f"3 x {office.licences()[0]['productName']}" in first
    to = office.world.value("SELECT body::json ->> 'to' FROM outbox WHERE queue = 'email' LIMIT 1")
    assert to == office.world.customer("liffey").email


def test_a_day_on_which_nobody_ran_is_made_up_for(office: Office) -> None:
    office.bought(1)
    last = end(office)
    told = [days for days in (20, 19, 3, 2, 0) if expiry.notify(office.world.database, last - timedelta(days=days))]
    assert told == [20, 3, 0]


def test_two_pods_and_a_restart_send_nothing_twice(office: Office) -> None:
    office.bought(5)
    day = end(office) - timedelta(days=30)
    with ThreadPoolExecutor(8) as pods:
        sent = list(pods.map(lambda _: expiry.notify(office.world.database, day), range(8)))
    assert sum(sent) == 1
    assert expiry.notify(office.world.database, day) == 0
    assert len(mails(office)) == 1
    assert office.world.value("SELECT count(*) FROM expiry_notice") == 5


def test_a_licence_that_was_extended_or_returned_gets_none(office: Office) -> None:
    office.bought(3)
    last = end(office)
    extended = office.licences()[0]
    assert office.extend(extended, last + timedelta(days=90)).status_code == 200
    assert office.quantity(2).status_code == 200
    assert expiry.notify(office.world.database, last - timedelta(days=30)) == 1
    assert "1 x " in mails(office)[0]
    assert office.world.value("SELECT count(*) FROM expiry_notice WHERE license_id = %s", extended["id"]) == 0
    assert expiry.notify(office.world.database, last + timedelta(days=60)) == 1, "but before its new end"


def test_licences_that_come_on_a_day_on_which_was_told_wait_for_the_next(office: Office) -> None:
    office.bought(1)
    day = end(office) - timedelta(days=30)
    assert expiry.notify(office.world.database, day) == 1
    office.bought(1)
    assert expiry.notify(office.world.database, day) == 0
    assert expiry.notify(office.world.database, day + timedelta(days=1)) == 1
    assert "1 x " in mails(office)[1]


def test_a_customer_who_is_not_active_is_not_told(office: Office) -> None:
    office.bought(1)
    office.world.admin.execute("UPDATE customer SET active = false")
    assert expiry.notify(office.world.database, end(office) - timedelta(days=7)) == 0


def test_no_mail_shows_a_key(office: Office) -> None:
    office.bought(2)
    expiry.notify(office.world.database, end(office))
    key = office.get(f"/licenses/{office.licences()[0]['id']}/key")["key"]
    assert key not in mails(office)[0]
