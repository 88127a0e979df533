"""Composition root of the process that takes customers' mails to their cases."""

from functools import partial

from services.common import telemetry
from services.common.database import Database
from services.common.pipeline import worker
from services.common.pipeline.polling import poll
from services.common.pipeline.queues import Source
from services.common.readiness import writer_ready
from services.common.settings import DatabaseSettings, ProcessSettings, QueueSettings
from services.registry import INBOUND_PREFIX
from services.support.inbound.store import MailStore
from services.support.inbound.taking import MailTaker

CONNECTIONS = 2
"""One for the mail at work, one for the readiness probe."""


class Settings(ProcessSettings, DatabaseSettings, QueueSettings):
    """Everything the process is told."""

    payload_bucket: str
    queue_url_inbound_mail: str


def main() -> int:
    """Takes mails until told to stop."""
    settings = Settings.read()
    telemetry.configure(settings.service_name, settings.region_name, settings.log_level)
    database = Database(settings, size=CONNECTIONS)
    mails = MailStore(settings.payload_bucket, settings.aws_region)
    taker = MailTaker(database, mails, settings.payload_bucket, INBOUND_PREFIX)
    source = Source(settings.queue_url_inbound_mail, settings.aws_region, settings.queue_visibility_seconds)
    ready = partial(writer_ready, database)
    return worker.run(settings, ready, {"inbound-mail": partial(poll, source, taker.take, ready)})
