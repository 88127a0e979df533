"""The function that a scheduler calls every five minutes in every region: settings, clients, one tick."""

import json
import logging
import os
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Protocol

import boto3
from botocore.config import Config

from services.sun.control.admission import DataApi
from services.sun.control.checks import Route53Checks
from services.sun.control.context import World
from services.sun.control.controller import Controller
from services.sun.control.database import GlobalDatabase
from services.sun.control.ledger import TableLedger
from services.sun.control.paging import TopicPager
from services.sun.control.traffic import WeightedRecords
from services.sun.settings import Mode, Settings, read

_SPARE = timedelta(seconds=20)
"""What a tick leaves of the function's time, for what it has to write down in the end."""
_CONNECT_SECONDS, _READ_SECONDS = 3, 10

_log = logging.getLogger(__name__)
_log.setLevel(logging.INFO)


class Context(Protocol):
    """What AWS Lambda tells a function of its run."""

    def get_remaining_time_in_millis(self) -> int:
        """Until the function is ended."""


def handle(event: dict[str, Any], context: Context) -> dict[str, Any]:  # noqa: ARG001 - called with both
    """One tick; answers with what it came to.

    Raises:
        SettingsError: the environment cannot be used.
        ClientError, BotoCoreError: the table or the records cannot be reached. Nothing was changed since the last line
            of the trail, and the next tick begins from there.
    """
    left = timedelta(milliseconds=context.get_remaining_time_in_millis())
    outcome = asdict(_controller().tick(datetime.now(UTC) + left - _SPARE))
    _log.info(json.dumps(outcome, sort_keys=True))
    return outcome


@cache
def _controller() -> Controller:
    settings = read(os.environ)
    return Controller(world(settings), settings.regions, acts=settings.mode is Mode.ACT)


def world(settings: Settings) -> World:
    """The real one."""
    clients, single = _clients(3), _clients(1)
    own, table_region = settings.region.aws_region, settings.table_region
    names = {region.aws_region: region.name for region in settings.regions}
    route53 = clients("route53", own)
    topic_region = settings.page_topic.split(":")[3]
    return World(
        TableLedger(clients("dynamodb", table_region), settings.table, settings.region.name, settings.mode),
        WeightedRecords(route53, settings.zone_id, settings.record_name),
        Route53Checks(route53),
        GlobalDatabase(clients, single, settings.global_cluster, own, names),
        DataApi(single, settings.database_name, settings.database_secret),
        TopicPager(clients("sns", topic_region), settings.page_topic),
        lambda: datetime.now(UTC),
        time.sleep,
    )


def _clients(attempts: int) -> Callable[[str, str], Any]:
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    make: Any = boto3.client

    @cache
    def client(service: str, region: str) -> Any:
        return make(service, region_name=region, config=config)

    return client
