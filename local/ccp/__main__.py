"""`python -m local.ccp --host 127.0.0.2 --port 8080 --ledger sales.sqlite3`."""

import logging
import sys
from functools import partial

from flask import Flask

from local.ccp.app import create_app
from local.ccp.catalogue import load_catalogue
from local.ccp.ledger import Ledger
from local.ccp.provider import Provider
from local.ccp.schema import LedgerError
from local.ccp.settings import Settings, parse
from local.ccp.switchboard import Switchboard
from local.serving import Address, AddressInUseError, serve

THREADS = 64
"""A sale that hangs holds a thread, so there must be more than callers that one laptop has."""


def main() -> int:
    """Serves until it is told to stop."""
    settings = parse(sys.argv[1:])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        Ledger(settings.ledger).close()
        serve(partial(_application, settings), [Address(settings.host, settings.port)], THREADS)
    except (LedgerError, AddressInUseError) as error:
        print(f"ccp: {error}", file=sys.stderr)
        return 1
    return 0


def _application(settings: Settings) -> Flask:
    return create_app(Provider(load_catalogue(), Ledger(settings.ledger)), Switchboard())


if __name__ == "__main__":
    sys.exit(main())
