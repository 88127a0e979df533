"""The pipeline of every test of this folder, and a worker's turns at its queue."""

import threading
from collections.abc import Callable
from itertools import count

import pytest

from services.common.errors import Unavailable
from services.common.pipeline.polling import poll
from services.common.pipeline.queues import Message, Source
from tests.integration.conftest import REGION, Aws, World
from tests.support.pipeline import Pipeline


@pytest.fixture
def pipeline(world: World, aws: Aws) -> Pipeline:
    return Pipeline(world, aws)


@pytest.fixture
def short_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.common.pipeline.queues.WAIT_SECONDS", 0)
    monkeypatch.setattr("services.common.pipeline.polling.BACKOFF_SECONDS", (0,))
    monkeypatch.setattr("services.common.pipeline.polling.POISON_SECONDS", 0)


def turn(aws: Aws, queue: str, take: Callable[[Message], None], turns: int = 8) -> None:
    """Lets a worker look into its queue so often."""
    stop, left = threading.Event(), count(turns, -1)

    def ready() -> None:
        if next(left) == 0:
            stop.set()
            raise Unavailable("the shift is over")

    poll(Source(aws.urls[queue], REGION, 60), take, ready, stop, lambda: None)
