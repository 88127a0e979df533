"""Sending one mail: SES's emulator judges it, and what it accepts is kept before the caller hears of it."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from local.mail.acceptance import Acceptance, envelope_of
from local.mail.caller import Caller
from local.mail.emulator import Answer
from local.mail.envelope import Envelope, Topic
from local.mail.errors import unavailable
from local.mail.message import message_of
from local.mail.store import MailStore
from local.mail.submission import parse

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Delivery:
    """Takes mails in.

    Attributes:
        topics: the topics that a configuration set tells, for a caller.
        kept: called after a mail was kept.
    """

    store: MailStore
    topics: Callable[[str, Caller], tuple[Topic, ...]]
    kept: Callable[[], None]

    def send(self, body: bytes, caller: Caller, judge: Callable[[], Answer]) -> Answer:
        """Sends the mail in a `SendEmail` request.

        Args:
            body: the request's body.
            caller: whose request it is.
            judge: passes the request on to the emulator.

        Returns:
            The emulator's answer. If it is a success, the mail is durable.

        Raises:
            SesError: the request is no mail, names an unknown configuration set, or the mail cannot be kept.
        """
        submission = parse(body)
        raw = message_of(submission)
        name = submission.configuration_set_name
        topics = self.topics(name, caller) if name else ()
        answer = judge()
        if answer.status != 200:
            return answer
        acceptance = Acceptance(json.loads(answer.body)["MessageId"], datetime.now(UTC), caller, topics)
        self._keep(envelope_of(submission, raw, acceptance), raw)
        return answer

    def _keep(self, envelope: Envelope, raw: bytes) -> None:
        try:
            self.store.add(envelope, raw)
        except OSError as error:
            log.exception("mail %s could not be kept", envelope.message_id)
            raise unavailable(f"the mail cannot be kept: {error.strerror}") from error
        log.info("kept mail %s for %s", envelope.message_id, ", ".join(envelope.recipients))
        self.kept()
