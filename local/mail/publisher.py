"""Publishes the events of each mail, at least once: until the topics took them all, the mail stays pending."""

import logging
from collections.abc import Callable
from threading import Event, Thread

from botocore.exceptions import BotoCoreError, ClientError

from local.mail.envelope import EnvelopeError
from local.mail.events import SUBJECT, events, origin_of
from local.mail.store import Mail, MailStore

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0

log = logging.getLogger(__name__)

Publish = Callable[[str, str, str], None]
"""Publishes to a topic (its ARN) a subject and a text."""


class Publisher(Thread):
    """Works in the background from `start` to the end of the process."""

    def __init__(self, store: MailStore, publish: Publish) -> None:
        super().__init__(name="publisher", daemon=True)
        self._store = store
        self._publish = publish
        self._new_mail = Event()

    def wake(self) -> None:
        """Says that a mail has come."""
        self._new_mail.set()

    def run(self) -> None:
        """Publishes what is pending, also from before a restart, then waits for a new mail or the time to try again."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            self._new_mail.clear()
            if self.publish_pending():
                pause = FIRST_PAUSE_SECONDS
                self._new_mail.wait()
            else:
                self._new_mail.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def publish_pending(self) -> bool:
        """Tries each pending mail once; says whether none is left of those that were pending at the start."""
        settled = [self._settled(name) for name in self._store.pending()]
        return all(settled)

    def _settled(self, name: str) -> bool:
        try:
            self._publish_events(self._store.read(name))
            self._store.settle(name)
        except (BotoCoreError, ClientError, EnvelopeError, OSError) as error:
            log.warning("the events of mail %s wait: %s", name, error)
            return False
        return True

    def _publish_events(self, mail: Mail) -> None:
        for topic in mail.envelope.topics:
            for event in events(mail, origin_of(topic.arn)):
                if event.type in topic.event_types:
                    self._publish(topic.arn, SUBJECT, event.text)
