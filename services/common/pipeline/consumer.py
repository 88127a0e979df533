"""A pipeline worker's treatment of one hand-over message: claim the path, check the payload, handle, finish or park."""

import json
import logging
from collections.abc import Callable
from functools import partial

from services.common import orders
from services.common.database import Database
from services.common.errors import LeaseLost, NoWriter, Park, Poison, Retry, Unavailable
from services.common.pipeline import inbox, outbox
from services.common.pipeline.inbox import Work
from services.common.pipeline.keeper import Keeper
from services.common.pipeline.outbox import PATH
from services.common.pipeline.payloads import PayloadLost, PayloadStore
from services.common.pipeline.queues import Message
from services.common.telemetry import tell
from services.registry import FEWEST_RECEIVES

RELEASE_SECONDS = 20.0
"""How long it is tried to give a lease back; it ends by itself soon after."""

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
        """Runs one message to its end; see `polling.poll` for what an exception means.

        Work that cannot be done now, for a reason outside its message, is left to the relay after a few deliveries: the
        relay sends its path again for as long as the queue's patience lasts. The dead-letter queue is for messages that
        something is wrong with. Without a writer nothing can be left to anybody: the message stays in hand.
        """
        path = path_of(message.body)
        try:
            self._take(path, message)
        except NoWriter:
            raise
        except (Retry, Unavailable) as fault:
            if message.received < FEWEST_RECEIVES:
                raise
            _log.warning("left to the relay", extra={"path": path, "reason": fault, "attempt": message.received})

    def _take(self, path: str, message: Message) -> None:
        with self._database.transaction() as connection:
            work = inbox.claim(connection, self._name, path)
        if work is None:
            _log.info("delivered again, nothing to do", extra={"path": path})
            return
        extra = {"order_id": work.order_id, "stage": self._name, "attempt": message.received}
        try:
            with Keeper(partial(self._renew, work), inbox.LEASE_SECONDS):
                body = self._body(work)
                if body is None:
                    return
                self._handle(work, body)
        except Park as park:
            with self._database.transaction() as connection:
                orders.stop(connection, work.order_id, orders.State.PARKED, str(park))
                # With the reason: an order that is parked already keeps the first one, and each path has its own.
                inbox.finish(connection, work, "parked", str(park))
            _log.error("parked", extra={**extra, "reason": park})
            return
        except LeaseLost:
            raise
        except Exception as fault:
            error = tell(fault)
            # By whichever writer there is: the same message, taken again at once, is to find its path free.
            self._database.record(lambda it: inbox.release(it, work, error), RELEASE_SECONDS)
            raise
        _log.info("done", extra=extra)

    def _body(self, work: Work) -> bytes | None:
        """The payload, or None if S3 has lost it or has another one: the relay then writes it anew and sends it again.

        Raises:
            PayloadLost: the database's copy is not the one that was written either.
        """
        try:
            return self._payloads.get(work.path, work.sha256, work.length)
        except PayloadLost as loss:
            with self._database.transaction() as connection:
                if not outbox.hand_over_anew(connection, work.path):
                    raise PayloadLost(f"{loss}, and the database's copy is not genuine either") from None
                inbox.release(connection, work, str(loss))
            _log.error("payload lost: the relay writes it anew", extra={"path": work.path, "reason": loss})
            return None

    def _renew(self, work: Work) -> None:
        with self._database.transaction() as connection:
            inbox.renew(connection, work)
