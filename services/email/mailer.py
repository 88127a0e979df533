"""SES as the e-mail service uses it: one call for one mail, never repeated by the SDK."""

import re
from email.message import EmailMessage
from typing import TYPE_CHECKING
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
)

from services.common.errors import Park, Unavailable
from services.email.events import ATTEMPT_TAG

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

REFUSED_FOR_GOOD = frozenset({"MessageRejected", "BadRequestException", "AccountSuspendedException"})
"""No repetition helps until a person has acted: throttling and a lack in our own set-up do not belong."""
_NEVER_LEFT = (EndpointConnectionError, ConnectTimeoutError, NoCredentialsError)
_ADDRESS = re.compile(r"[^\s<>,;:]+@[^\s<>,;:]+")


class OutcomeUnknown(Exception):
    """The connection broke: SES may or may not have accepted the mail."""


class Mailer:
    """Sends from our address, through the configuration set that reports events."""

    def __init__(self, sender: str, configuration_set: str, region: str) -> None:
        self._sender = sender
        self._configuration_set = configuration_set
        # SendEmail takes no idempotency key: a retry by the SDK after a lost answer would be a second mail.
        config = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1})
        self._ses: SESV2Client = boto3.client("sesv2", region_name=region, config=config)

    def send(self, message: EmailMessage, recipient: str, attempt_id: UUID) -> str:
        """The message id that SES gave.

        Raises:
            Park: SES refuses this mail for good.
            Unavailable: SES refuses for now, and has sent nothing.
            OutcomeUnknown: there was no answer.
        """
        try:
            answer = self._ses.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [recipient]},
                Content={"Raw": {"Data": message.as_bytes()}},
                ConfigurationSetName=self._configuration_set,
                EmailTags=[{"Name": ATTEMPT_TAG, "Value": str(attempt_id)}],
            )
        except ClientError as fault:
            error = fault.response["Error"]
            if error["Code"] in REFUSED_FOR_GOOD:
                # The reason is logged and shown; whose address it is about, the order knows.
                said = _ADDRESS.sub("(address)", error["Message"])
                raise Park(f"SES refuses the mail: {error['Code']}: {said}") from None
            if fault.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
                raise OutcomeUnknown(f"SES answered {error['Code']}") from fault
            raise Unavailable(f"SES refuses for now: {error['Code']}") from fault
        except _NEVER_LEFT as fault:
            raise Unavailable(f"SES cannot be reached: {type(fault).__name__}") from fault
        except BotoCoreError as fault:
            raise OutcomeUnknown(f"SES did not answer: {type(fault).__name__}") from fault
        return answer["MessageId"]
