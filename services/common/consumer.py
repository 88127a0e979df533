"""A pipeline worker's treatment of one hand-over message: claim the path, check the payload, handle, finish or park."""

import json
import logging
from collections.abc import Callable

from services.common import inbox, orders
from services.common.database import Database
from services.common.errors import LeaseLost, Park, Poison
from services.common.inbox import Work
from services.common.outbox import PATH
from services.common.payloads import PayloadStore
from services.common.queues import Message

_log = logging.getLogger(__name__)


def path_of(body: str) -> str:
    """The payload's path in a hand-over message `{"path": ...}`.

    Raises:
        Poison: the message is anything else.
    """
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise Poison("the message is not JSON") from None
    if not isinstance(message, dict) or set(message) != {"path"} or not isinstance(message["path"], str):
        raise Poison('the message is not of the form {"path": ...}')
    path: str = message["path"]
    if not PATH.fullmatch(path):
        raise Poison("the message's path is not a payload's key")
    return path


class Consumer:
    """Takes hand-over messages of one queue: claims the path, checks the payload, and runs the handler on it."""

    def __init__(
        self, name: str, database: Database, payloads: PayloadStore, handle: Callable[[Work, bytes], None]
    ) -> None:
        self._name = name
        self._database = database
        self._payloads = payloads
        self._handle = handle

    def take(self, message: Message) -> None:
        """Runs one message to its end; see `queues.poll` for what an exception means."""
        path = path_of(message.body)
        with self._database.transaction() as connection:
            work = inbox.claim(connection, self._name, path)
        if work is None:
            _log.info("delivered again, nothing to do", extra={"path": path})
            return
        extra = {"order_id": work.order_id, "stage": self._name, "attempt": message.received}
        try:
            self._handle(work, self._payloads.get(path, work.sha256))
        except Park as park:
            with self._database.transaction() as connection:
                orders.stop(connection, work.order_id, orders.State.PARKED, str(park))
                inbox.finish(connection, work, "parked")
            _log.error("parked", extra={**extra, "reason": park})
            return
        except LeaseLost:
            raise
        except Exception as fault:
            with self._database.transaction() as connection:
                inbox.release(connection, work, f"{type(fault).__name__}: {fault}")
            raise
        _log.info("done", extra=extra)
