"""Composition root of the e-mail service: the e-mail queue, and SES's events beside it."""

from functools import partial

from pydantic import Field

from services.common import telemetry, worker
from services.common.consumer import Consumer
from services.common.database import Database
from services.common.payloads import PayloadStore
from services.common.queues import Source, poll
from services.common.readiness import schema_ready
from services.common.settings import DatabaseSettings, ProcessSettings
from services.email.events import EventRecorder
from services.email.handlers import EmailHandler
from services.email.mailer import Mailer


class Settings(ProcessSettings, DatabaseSettings):
    """Everything the e-mail service is told."""

    payload_bucket: str
    queue_url_email: str
    queue_url_mail_events: str
    mail_sender: str
    mail_configuration_set: str
    mail_evidence_seconds: int = Field(ge=1)


def main() -> int:
    """Sends e-mails until told to stop."""
    settings = Settings.read()
    telemetry.configure(settings.service_name, settings.region_name, settings.log_level)
    database = Database(settings, size=3)
    payloads = PayloadStore(settings.payload_bucket, settings.aws_region)
    mailer = Mailer(settings.mail_sender, settings.mail_configuration_set, settings.aws_region)
    handler = EmailHandler(database, payloads, mailer, settings.mail_sender, settings.mail_evidence_seconds)
    consumer = Consumer("email", database, payloads, handler)
    recorder = EventRecorder(database)
    loops = {
        "email": partial(poll, Source(settings.queue_url_email, settings.aws_region), consumer.take),
        "mail-events": partial(poll, Source(settings.queue_url_mail_events, settings.aws_region), recorder.take),
    }
    return worker.run(settings, lambda: schema_ready(database), loops)
