"""Composition shared by the workers that consume one hand-over queue with the payload bucket and the database."""

from collections.abc import Callable, Mapping
from functools import partial

from services.common import telemetry
from services.common.database import Database
from services.common.pipeline import worker
from services.common.pipeline.consumer import Consumer
from services.common.pipeline.inbox import Work
from services.common.pipeline.payloads import PayloadStore
from services.common.pipeline.polling import poll
from services.common.pipeline.queues import Source
from services.common.readiness import writer_ready
from services.common.settings import DatabaseSettings, ProcessSettings, QueueSettings

CONNECTIONS = 3
"""One for the work, one to renew its lease, one for the readiness probe."""


class PipelineSettings(ProcessSettings, DatabaseSettings, QueueSettings):
    """What a worker of the pipeline is told besides its own queue."""

    payload_bucket: str


def run(
    settings: PipelineSettings,
    queue: str,
    queue_url: str,
    build: Callable[[Database, PayloadStore], Callable[[Work, bytes], None]],
    beside: Callable[[Database], Mapping[str, worker.Loop]] = lambda _: {},
) -> int:
    """Consumes `queue` with the handler that `build` makes, until told to stop; `beside` are loops of other work."""
    telemetry.configure(settings.service_name, settings.region_name, settings.log_level)
    database = Database(settings, size=CONNECTIONS)
    payloads = PayloadStore(settings.payload_bucket, settings.aws_region)
    consumer = Consumer(queue, database, payloads, build(database, payloads))
    source = Source(queue_url, settings.aws_region, settings.queue_visibility_seconds)
    ready = partial(writer_ready, database)
    return worker.run(settings, ready, {queue: partial(poll, source, consumer.take, ready), **beside(database)})
