"""The money for licences that are given back: their unused days, of the invoices that paid for them."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.common.money.proration import prorated
from tests.support.ledgers import violations
from tests.support.office import Office


def used(office: Office, days: int) -> None:
    """As if everything had been bought so many days ago."""
    office.world.admin.execute("UPDATE license_valid_to_date SET valid_to_date = valid_to_date - %s", (days,))
    office.world.admin.execute("UPDATE license SET valid_to_date = valid_to_date - %s", (days,))
    office.world.admin.execute(
        "UPDATE sales_order SET period_from = period_from - %(days)s, period_to = period_to - %(days)s", {"days": days}
    )


def asked(credit: dict[str, Any]) -> tuple[int, int | None, int | None]:
    [pieces] = credit["quantities"]
    return pieces["quantity"], pieces.get("days"), pieces.get("termDays")


def test_the_unused_days_are_credited_of_the_invoice_that_paid_for_them(office: Office) -> None:
    office.bought(5)
    used(office, 100)
    assert office.quantity(3).status_code == 200
    assert office.credit_all() == [], "there is no invoice yet"
    assert office.world.value("SELECT state FROM licence_change") == "CONFIRMED"
    office.invoice_all()
    [credit] = office.credit_all()
    assert credit["invoiceNumber"] == office.world.value("SELECT invoice_number FROM invoice")
    assert asked(credit) == (2, 265, 365)
    assert office.world.value("SELECT state FROM licence_change") == "FINISHED"
    assert office.world.value("SELECT detail FROM order_event WHERE stage = 'CREDIT_ASKED'")
    assert len(office.credit_all()) == 1, "it is asked for once"


def test_what_is_returned_on_its_first_day_is_credited_whole(office: Office) -> None:
    office.bought(2)
    office.invoice_all()
    office.cancel()
    [credit] = office.credit_all()
    assert asked(credit) == (2, None, None)


def test_a_licence_that_has_ended_is_returned_without_money(office: Office) -> None:
    office.bought(2)
    office.invoice_all()
    used(office, 365)
    assert office.quantity(1).status_code == 200
    assert office.credit_all() == []
    assert office.world.value("SELECT state FROM licence_change") == "FINISHED"


def test_an_increase_is_credited_of_its_own_invoice_and_an_extension_of_its_own(office: Office) -> None:
    office.bought(1)
    used(office, 165)
    office.quantity(3)
    office.settle_all()
    licence = office.licences()[0]
    end = date.fromisoformat(licence["validToDate"])
    assert office.extend(licence, end + timedelta(days=30)).status_code == 200
    used(office, 50)
    office.invoice_all()
    office.cancel()
    credited = {str(credit["order"]): asked(credit) for credit in office.credit_all()}
    rows = office.world.admin.execute("SELECT kind, id::text FROM sales_order").fetchall()
    orders = {str(kind): str(order) for kind, order in rows}
    assert credited == {
        orders["PURCHASE"]: (1, 150, 365),
        orders["INCREASE"]: (2, 150, 365),
        orders["EXTEND"]: (1, None, None),
    }
    assert violations(office.world, office.simulator) == []


def test_an_order_without_an_invoice_to_come_holds_nothing_up(office: Office) -> None:
    office.bought(2)
    office.world.admin.execute("UPDATE sales_order SET state = 'REJECTED', reason = 'cancelled'")
    office.quantity(1)
    assert office.credit_all() == []
    assert office.world.value("SELECT state FROM licence_change") == "FINISHED"


@pytest.mark.parametrize("days", [0, 1, 200, 364])
def test_what_is_credited_is_never_more_than_was_paid(office: Office, days: int) -> None:
    office.bought(3)
    used(office, days)
    office.invoice_all()
    office.cancel()
    [credit] = office.credit_all()
    pieces, left, term = asked(credit)
    price = office.world.value("SELECT sales_price FROM sales_order")
    paid = prorated(price, 3, 365, 365, "EUR")  # type: ignore[arg-type]
    back = prorated(price, pieces, left or 365, term or 365, "EUR")  # type: ignore[arg-type]
    assert back.amount <= paid.amount
    assert (left or 365) == 365 - days
