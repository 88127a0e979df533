"""Composition root of the relay."""

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Protocol

from services.common import telemetry
from services.common.database import Database
from services.common.errors import Unavailable
from services.common.pipeline import worker
from services.common.pipeline.payloads import PayloadStore
from services.common.readiness import schema_ready
from services.common.settings import DatabaseSettings, ProcessSettings
from services.relay.adapters import OutboxAlarm, SqsSender
from services.relay.relay import BATCH, relay_batch
from services.relay.takeover import send_again

POLL_SECONDS = 5.0
"""How long a notification that got lost may delay a payload."""

_log = logging.getLogger(__name__)


class Alarm(Protocol):
    """Tells that there may be something to relay."""

    def wait(self, stop: threading.Event, seconds: float) -> None:
        """Returns at an alarm, after `seconds`, or soon after `stop` is set."""

    def close(self) -> None:
        """Ends it."""


class Settings(ProcessSettings, DatabaseSettings):
    """Everything the relay is told."""

    payload_bucket: str
    queue_url_invoice: str
    queue_url_document: str
    queue_url_email: str

    @property
    def queues(self) -> dict[str, str]:
        """Each queue's URL by its registered name."""
        return {"invoice": self.queue_url_invoice, "document": self.queue_url_document, "email": self.queue_url_email}


def main() -> int:
    """Relays the outbox until told to stop."""
    settings = Settings.read()
    telemetry.configure(settings.service_name, settings.region_name, settings.log_level)
    database = Database(settings, size=2)
    payloads = PayloadStore(settings.payload_bucket, settings.aws_region)
    sender = SqsSender(settings.queues, settings.aws_region)
    alarm = OutboxAlarm(settings)

    loop = partial(relay, partial(relay_batch, database, payloads, sender), database, alarm)
    return worker.run(settings, lambda: schema_ready(database), {"outbox": loop})


def relay(
    batch: Callable[[], int],
    database: Database,
    alarm: Alarm,
    stop: threading.Event,
    beat: Callable[[], None],
) -> None:
    """Relays batch by batch until `stop` is set; an epoch begins with what may be lost."""
    epoch = 0
    while not stop.is_set():
        beat()
        try:
            busy = batch() == BATCH
            if epoch != database.epoch:
                again = send_again(database)
                epoch = database.epoch
                _log.info("epoch %d of the writer: %d sent again", epoch, again)
                continue
        except Unavailable as fault:
            _log.warning("%s", fault.detail)
            stop.wait(1.0)
        else:
            if not busy:
                alarm.wait(stop, POLL_SECONDS)
    alarm.close()
