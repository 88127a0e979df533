"""Composition root of the e-mail service: the e-mail queue, and SES's events beside it."""

from functools import partial

from services.common import telemetry
from services.common.database import Database
from services.common.pipeline import worker
from services.common.pipeline.consumer import Consumer
from services.common.pipeline.payloads import PayloadStore
from services.common.pipeline.polling import poll
from services.common.pipeline.queues import Source
from services.common.readiness import writer_ready
from services.email.events import EventRecorder, unhurried
from services.email.handlers import EmailHandler
from services.email.mailer import Mailer
from services.email.settings import Settings

CONNECTIONS = 4
"""One for the mail at work, one to renew its lease, one for SES's events, one for the readiness probe."""


def main() -> int:
    """Sends e-mails until told to stop."""
    settings = Settings.read()
    telemetry.configure(settings.service_name, settings.region_name, settings.log_level)
    database = Database(settings, size=CONNECTIONS)
    payloads = PayloadStore(settings.payload_bucket, settings.aws_region)
    mailer = Mailer(settings.mail_sender, settings.mail_configuration_set, settings.aws_region)
    handler = EmailHandler(database, payloads, mailer, settings.mail_sender, settings.mail_evidence_seconds)
    consumer = Consumer("email", database, payloads, handler)
    recorder = EventRecorder(database)
    ready = partial(writer_ready, database)
    takers = {
        "email": (settings.queue_url_email, consumer.take),
        "mail-events": (settings.queue_url_mail_events, unhurried(recorder.take, settings.mail_evidence_seconds)),
    }
    loops = {
        name: partial(poll, Source(url, settings.aws_region, settings.queue_visibility_seconds), take, ready)
        for name, (url, take) in takers.items()
    }
    return worker.run(settings, ready, loops)
