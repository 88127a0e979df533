"""The relay's ways out and its alarm clock: SQS batches, and PostgreSQL's notification of a new outbox row."""

import logging
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import boto3
import psycopg
from botocore.exceptions import BotoCoreError, ClientError

from services.common.endpoint import connection_arguments
from services.common.errors import Unavailable
from services.common.pipeline.payloads import AWS_CONFIG
from services.common.settings import DatabaseSettings

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

STOP_SECONDS = 0.5
"""How soon a waiting relay sees that it is to stop."""

_log = logging.getLogger(__name__)


class SqsSender:
    """Sends to SQS in batches of at most ten."""

    def __init__(self, urls: Mapping[str, str], region: str) -> None:
        self._urls = urls
        self._sqs: SQSClient = boto3.client("sqs", region_name=region, config=AWS_CONFIG)

    def send(self, queue: str, bodies: Mapping[str, str]) -> frozenset[str]:
        """Sends one batch; the ids that SQS has accepted.

        Raises:
            Unavailable: SQS does not answer.
        """
        try:
            answer = self._sqs.send_message_batch(
                QueueUrl=self._urls[queue],
                Entries=[{"Id": key, "MessageBody": body} for key, body in bodies.items()],
            )
        except (ClientError, BotoCoreError) as fault:
            raise Unavailable("the queue does not answer") from fault
        return frozenset(entry["Id"] for entry in answer.get("Successful", []))


class OutboxAlarm:
    """Wakes the relay as soon as a transaction with an outbox row commits."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._connection: psycopg.Connection | None = None

    def wait(self, stop: threading.Event, seconds: float) -> None:
        """Returns at the next notification, after `seconds`, soon after `stop` is set, or if the connection is lost."""
        end = time.monotonic() + seconds
        try:
            while not stop.is_set() and (left := end - time.monotonic()) > 0:
                for _ in self._listening().notifies(timeout=min(left, STOP_SECONDS), stop_after=1):
                    return
        except psycopg.OperationalError:
            _log.warning("lost the notification channel")
            self.close()
            stop.wait(1.0)

    def close(self) -> None:
        """Gives the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _listening(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = psycopg.connect(**connection_arguments(self._settings), autocommit=True)
            self._connection.execute("LISTEN outbox")
        return self._connection
