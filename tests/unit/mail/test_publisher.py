import json
import time
from collections.abc import Callable

import pytest
from botocore.exceptions import EndpointConnectionError

from local.mail import publisher as module
from local.mail.publisher import Publisher
from local.mail.store import MailStore
from tests.unit.mail.conftest import TOPIC, mail


class Topic:
    """An SNS that refuses the first `failures` events."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.taken: list[str] = []

    def publish(self, arn: str, subject: str, text: str) -> None:
        assert (arn, subject) == (TOPIC, "Amazon SES Email Event Notification")
        if self.failures:
            self.failures -= 1
            raise EndpointConnectionError(endpoint_url="http://emulator")
        self.taken.append(json.loads(text)["eventType"])


def add(store: MailStore, message_id: str = "id-1", **details: tuple[str, ...]) -> None:
    kept = mail(message_id, **details)  # type: ignore[arg-type]
    store.add(kept.envelope, kept.raw)


def test_events_are_published_once_and_the_mail_is_settled(store: MailStore) -> None:
    topic = Topic()
    add(store)
    publisher = Publisher(store, topic.publish)
    assert publisher.publish_pending()
    assert publisher.publish_pending()
    assert topic.taken == ["Send", "Delivery"]
    assert store.pending() == []


def test_a_topic_gets_only_the_events_it_asked_for(store: MailStore) -> None:
    topic = Topic()
    add(store, event_types=("DELIVERY",))
    Publisher(store, topic.publish).publish_pending()
    assert topic.taken == ["Delivery"]


@pytest.mark.parametrize("failures", [1, 2])
def test_what_failed_is_tried_again_until_it_is_delivered(store: MailStore, failures: int) -> None:
    topic = Topic(failures)
    add(store)
    publisher = Publisher(store, topic.publish)
    tries = 0
    while not publisher.publish_pending():
        tries += 1
        assert len(store.pending()) == 1
    assert tries == failures
    assert set(topic.taken) == {"Send", "Delivery"}


def test_one_mail_that_fails_does_not_hold_up_the_others(store: MailStore) -> None:
    topic = Topic(failures=1)
    add(store, "id-1")
    add(store, "id-2")
    assert not Publisher(store, topic.publish).publish_pending()
    assert topic.taken == ["Send", "Delivery"]


def test_the_thread_takes_up_what_a_restart_left_and_what_comes_later(
    store: MailStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_SECONDS", 0.01)
    topic = Topic(failures=3)
    add(store, "id-1")
    publisher = Publisher(store, topic.publish)
    publisher.start()
    wait_for(lambda: not store.pending())
    add(store, "id-2")
    publisher.wake()
    wait_for(lambda: topic.taken.count("Delivery") == 2)


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)
