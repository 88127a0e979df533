"""`python -m local.mail --api-host 127.0.0.3 --api-port 8080 --page-port 8025 --emulator URL --store DIRECTORY`."""

import logging
import sys
from functools import partial

from local.mail.application import build
from local.mail.settings import parse
from local.mail.store import MailStore
from local.serving import AddressInUseError, serve

THREADS = 16


def main() -> int:
    """Serves until it is told to stop."""
    settings = parse(sys.argv[1:])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        MailStore(settings.store)
        serve(partial(build, settings), [settings.api, settings.page], THREADS)
    except OSError as error:
        print(f"mail: cannot use {settings.store} as the mail store: {error}", file=sys.stderr)
        return 1
    except AddressInUseError as error:
        print(f"mail: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
