"""The receiving side of SES, as the active rules in the emulator say: the mail to S3, and a notice to the topic."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from local.mail.events import Origin, origin_of, timestamp
from local.mail.reply import Reply, UnanswerableError
from local.mail.store import Mail

SUBJECT = "Amazon SES Email Receipt Notification"
_VERDICTS = ("spamVerdict", "virusVerdict", "spfVerdict", "dkimVerdict", "dmarcVerdict")


@dataclass(frozen=True)
class Rule:
    """What is done with mail for some addresses or whole domains: where it is laid, and which topic is told."""

    recipients: tuple[str, ...]
    bucket: str
    prefix: str
    topic: str

    def takes(self, recipient: str) -> bool:
        """Whether the rule is for that address; one without recipients is for all."""
        address = recipient.lower()
        return not self.recipients or bool({address, address.rpartition("@")[2]} & set(self.recipients))


@dataclass(frozen=True)
class Receipt:
    """Takes in what people answer.

    Attributes:
        rules: the rules at work in an account and region.
        lay: puts an object into a bucket: origin, bucket, key, bytes.
        publish: tells a topic: its ARN, a subject, a text.
    """

    rules: Callable[[Origin], Sequence[Rule]]
    lay: Callable[[Origin, str, str, bytes], None]
    publish: Callable[[str, str, str], None]

    def take(self, reply: Reply, mail: Mail) -> str:
        """Takes an answer to a mail, in the account and region that sent it; the key of the object that it became.

        Raises:
            UnanswerableError: no rule takes mail for its address.
        """
        origins = {origin_of(topic.arn) for topic in mail.envelope.topics}
        for origin in origins:
            for rule in self.rules(origin):
                if rule.takes(reply.recipient):
                    key = f"{rule.prefix}{uuid4().hex}"
                    self.lay(origin, rule.bucket, key, reply.raw)
                    self.publish(rule.topic, SUBJECT, notice(reply, rule, key))
                    return key
        raise UnanswerableError(f"no receipt rule of SES takes mail for {reply.recipient}")


def notice(reply: Reply, rule: Rule, key: str) -> str:
    """What SES says of the mail; on one machine every sender is who they say they are."""
    at = timestamp(datetime.now(UTC))
    return json.dumps(
        {
            "notificationType": "Received",
            "mail": {
                "timestamp": at,
                "source": reply.source,
                "messageId": key.rpartition("/")[2],
                "destination": [reply.recipient],
            },
            "receipt": {
                "timestamp": at,
                "processingTimeMillis": 0,
                "recipients": [reply.recipient],
                **{verdict: {"status": "PASS"} for verdict in _VERDICTS},
                "action": {"type": "S3", "topicArn": rule.topic, "bucketName": rule.bucket, "objectKey": key},
            },
        }
    )
