"""The e-mail service's loops: each receives only while it can write, and an event is not hurried off its queue."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import pytest

from services.common.errors import Retry, Unavailable
from services.common.pipeline.queues import Message
from services.common.readiness import writer_ready
from services.email import worker as email
from services.email.settings import Settings
from tests.unit.email.test_settings import GOOD

EVENT = """{"eventType": "Send", "mail": {"messageId": "1", "timestamp": "2026-11-22T12:00:00Z",
    "tags": {"attempt": ["7d0f3f0e-6d0f-5f3e-9a2f-0d6d1e1f5a11"]}}}"""


class Full:
    """A database that takes no rows."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    @contextmanager
    def transaction(self) -> Iterator[None]:
        raise Unavailable("no space left")
        yield


@pytest.fixture
def loops(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, partial[None]]:
    kept: dict[str, partial[None]] = {}

    def run(_: Settings, __: Callable[[], None], loops: Mapping[str, partial[None]]) -> int:
        kept.update(loops)
        return 0

    settings = Settings.read(GOOD)
    monkeypatch.setattr(Settings, "read", lambda: settings)
    monkeypatch.setattr(email, "Database", Full)
    monkeypatch.setattr("services.email.worker.telemetry.configure", lambda *_: None)
    monkeypatch.setattr("services.email.worker.worker.run", run)
    assert email.main() == 0
    return kept


def test_both_loops_wait_for_a_database_that_takes_writes(loops: Mapping[str, partial[None]]) -> None:
    assert {name: loop.args[2].func for name, loop in loops.items()} == dict.fromkeys(
        ("email", "mail-events"), writer_ready
    )


def test_an_event_that_cannot_be_recorded_comes_back_after_a_third_of_the_window(
    loops: Mapping[str, partial[None]],
) -> None:
    take = loops["mail-events"].args[1]
    with pytest.raises(Retry, match="no space left") as wish:
        take(Message(EVENT, "receipt", 1))
    assert wish.value.seconds == 21
