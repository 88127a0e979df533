"""The catalogue follows the CCP's: what comes, changes, goes and returns, whoever's turn it is."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.ccp.catalogue import load_catalogue
from services.common.ccp.client import CcpOutcomeUnknown, CcpRefused
from services.products import runs, synchroniser
from services.products.ccp import CatalogueClient
from services.products.differences import FEW
from services.registry import Caller
from tests.integration.conftest import PRODUCT, World
from tests.integration.products.conftest import OFFERED, Shelf, entry
from tests.support.ccp import running


def test_the_catalogue_of_the_ccp_s_simulator_comes_whole(world: World, tmp_path: Path) -> None:
    with running(tmp_path / "sales.sqlite3") as simulator:
        assert synchroniser.synchronise(world.database, CatalogueClient(simulator.url)) is not None
    offered = load_catalogue().values()
    rows = world.admin.execute(
        """
        SELECT p.name, p.vendor, p.unit, p.purchase_price, s.sales_price FROM sales_product p
        JOIN product_price s ON s.product_id = p.id AND s.currency = 'EUR' WHERE p.withdrawn_at IS NULL
        """
    ).fetchall()
    assert {row[:4] for row in rows} == {(one.name, one.vendor, one.unit, one.unit_price) for one in offered}
    assert all(row[4] > row[3] for row in rows)  # type: ignore[operator]


def test_what_is_new_is_for_sale_at_once_if_a_rule_prices_it(shelf: Shelf) -> None:
    shelf.ccp.entries.append(entry("Nimbus Drive", "7.25"))
    assert shelf.synchronise()
    [drive] = shelf.get("/products", q="drive")["products"]
    assert (drive["salesPrice"], drive["currency"], drive["available"]) == ("8.56", "EUR", True)
    [run, *_] = shelf.runs()
    assert (run["state"], run["listed"], run["counts"]["ADDED"]) == ("DONE", 2, 1)
    assert {change["change"] for change in run["changes"]} == {"ADDED", "DESCRIBED", "SALES_PRICE"}


def test_what_no_rule_prices_is_not_for_sale_until_one_does(shelf: Shelf) -> None:
    shelf.world.admin.execute("DELETE FROM margin_rule")
    shelf.ccp.entries.append(entry("Nimbus Drive", "7.25"))
    shelf.synchronise()
    assert shelf.names() == [PRODUCT.name]
    shelf.rule(namePattern="*drive")
    assert shelf.names() == ["Nimbus Drive", PRODUCT.name]


def test_what_vanishes_is_not_for_sale_and_comes_back(shelf: Shelf) -> None:
    shelf.ccp.entries.append(entry("Nimbus Drive", "7.25"))
    shelf.synchronise()
    address = f"/products/{shelf.get('/products', q='drive')['products'][0]['id']}"
    shelf.ccp.entries.pop()
    shelf.synchronise()
    assert shelf.names() == [PRODUCT.name]
    gone = shelf.get(address)
    assert (gone["available"], gone["salesPrice"], gone["name"]) == (False, None, "Nimbus Drive")
    assert shelf.get(address, who=Caller.OPERATOR)["withdrawnAt"]
    shelf.ccp.entries.append(entry("Nimbus Drive", "8.00"))
    shelf.synchronise()
    assert shelf.get(address)["salesPrice"] == "9.44"
    assert shelf.runs()[0]["counts"] == {"PURCHASE_PRICE": 1, "RETURNED": 1, "SALES_PRICE": 2}, "one for each currency"


def test_a_list_that_was_cut_off_takes_nothing_off_sale_until_an_operator_accepts_it(shelf: Shelf) -> None:
    shelf.ccp.entries += [entry(f"Nimbus {number}") for number in range(FEW)]
    shelf.synchronise()
    shelf.ccp.entries = []
    shelf.synchronise()
    assert len(shelf.names()) == FEW + 1
    assert shelf.runs()[0]["counts"] == {"HELD_BACK": FEW + 1}
    asked = shelf.post("/catalogue/synchronisations", {"acceptWithdrawals": True})
    assert (asked.status_code, asked.json["state"]) == (202, "WAITING")  # type: ignore[index]
    shelf.synchronise()
    assert shelf.names() == []
    assert shelf.runs()[0]["id"] == asked.json["id"]  # type: ignore[index]
    assert shelf.runs()[0]["counts"] == {"WITHDRAWN": FEW + 1}


@pytest.mark.parametrize("fault", [CcpOutcomeUnknown("the CCP answered 503"), CcpRefused("no catalogue today")])
def test_a_run_without_an_answer_fails_and_prices_follow_the_calendar_all_the_same(
    shelf: Shelf, fault: Exception
) -> None:
    shelf.world.admin.execute("UPDATE margin_rule SET valid_until = '2026-01-01'")
    shelf.world.admin.execute(
        """
        INSERT INTO margin_rule (id, markup_percent, minimum_margin, below_purchase_price, valid_from)
        VALUES (gen_random_uuid(), 50, 0, false, '2026-01-02')
        """
    )
    shelf.ccp.fault = fault
    assert shelf.synchronise()
    assert (shelf.runs()[0]["state"], shelf.runs()[0]["reason"]) == ("FAILED", str(fault))
    assert shelf.price() == ("15.00", "EUR")


def test_a_run_is_asked_for_once_at_a_time_and_once_for_its_key(shelf: Shelf) -> None:
    first = shelf.post("/catalogue/synchronisations", {}, key="k1")
    again = shelf.post("/catalogue/synchronisations", {}, key="k1")
    assert (again.status_code, again.data) == (202, first.data)
    assert shelf.post("/catalogue/synchronisations", {}).status_code == 409
    assert shelf.synchronise()
    assert shelf.post("/catalogue/synchronisations", {}).status_code == 202


def test_many_pods_do_one_run(shelf: Shelf) -> None:
    def turn(_: int) -> bool:
        return synchroniser.synchronise(shelf.world.database, shelf.ccp) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(turn, range(24))) == 1
    assert shelf.world.value("SELECT count(*) FROM catalogue_synchronisation") == 1


def test_a_run_whose_process_has_died_is_given_up_and_changes_nothing_any_more(shelf: Shelf) -> None:
    with shelf.world.database.transaction() as connection:
        dead = runs.take(connection)
    assert dead is not None
    assert not shelf.synchronise()
    shelf.world.admin.execute("UPDATE catalogue_synchronisation SET leased_until = now() - interval '1 s'")
    assert shelf.synchronise()
    with shelf.world.database.transaction() as connection:
        assert not runs.hold(connection, dead)
    assert [run["state"] for run in shelf.runs()] == ["DONE", "FAILED"]


def test_runs_that_changed_nothing_leave_one_row(shelf: Shelf) -> None:
    shelf.synchronise()
    for _ in range(3):
        shelf.synchronise()
    assert [run["counts"] for run in shelf.runs()] == [{}, {"DESCRIBED": 1}]


def test_an_entry_that_cannot_be_read_keeps_its_product_for_sale(shelf: Shelf) -> None:
    shelf.ccp.entries = [{**OFFERED, "unitPrice": "free"}]
    shelf.synchronise()
    assert shelf.price() == ("11.80", "EUR")
    assert shelf.runs()[0]["listed"] == 1
