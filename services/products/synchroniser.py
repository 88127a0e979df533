"""Keeps the catalogue in step with the CCP's, beside the web server: pods share the work by the runs' leases."""

import logging
import threading

from services.common.ccp.client import CcpOutcomeUnknown, CcpRefused
from services.common.database import Database
from services.common.errors import Unavailable
from services.products import catalogue, pricing, runs
from services.products.ccp import CatalogueClient, Listing
from services.products.changes import Change, Kind
from services.products.differences import differences
from services.products.runs import Run

PERIOD_SECONDS = 2.0
"""How soon a run is begun that an operator has asked for."""

_log = logging.getLogger(__name__)


def start(database: Database, ccp: CatalogueClient) -> threading.Thread:
    """Runs the synchroniser in a daemon thread."""
    thread = threading.Thread(target=_run, args=(database, ccp), name="synchroniser", daemon=True)
    thread.start()
    return thread


def synchronise(database: Database, ccp: CatalogueClient) -> Run | None:
    """Does the run that waits or is due; None if there is none, or if it took too long and is another's by now.

    Without an answer of the CCP, prices are made anew all the same: rules and rates begin and end by the calendar.
    """
    with database.transaction() as connection:
        run = runs.take(connection)
    if run is None:
        return None
    listing, fault = _ask(ccp)
    with database.transaction() as connection:
        if not runs.hold(connection, run):
            return None
        catalogue.lock(connection)
        changes: list[Change] = []
        if listing is not None:
            found = differences(listing, catalogue.known(connection), accept_withdrawals=run.accept_withdrawals)
            changes += catalogue.apply(connection, found)
        changes += pricing.reprice(connection)
        runs.finish(connection, run, changes, listed=listing.length if listing else None, fault=fault)
    _tell(changes, fault)
    return run


def _ask(ccp: CatalogueClient) -> tuple[Listing | None, str | None]:
    try:
        return ccp.listing(), None
    except (CcpRefused, CcpOutcomeUnknown) as fault:
        return None, str(fault)


def _tell(changes: list[Change], fault: str | None) -> None:
    if fault is not None:
        _log.warning("catalogue not synchronised", extra={"reason": fault})
    if any(change.kind is Kind.HELD_BACK for change in changes):
        _log.error("catalogue-withdrawals-held-back")
    if changes:
        _log.info("catalogue changed", extra={"outcome": f"{len(changes)} changes"})


def _run(database: Database, ccp: CatalogueClient) -> None:
    pause = threading.Event()
    while True:
        pause.wait(PERIOD_SECONDS)
        try:
            synchronise(database, ccp)
        except Unavailable as fault:
            _log.warning("%s", fault.detail)
        except Exception:  # noqa: BLE001 - logged whole; the next run may succeed
            _log.exception("the synchroniser failed and goes on")
