"""What SES tells of a mail that it took: where it lies, who sent it to whom, and what SES thinks of it.

SES writes the verdicts into the mail's headers too. They are read here instead: this is SES's own word, while a header
of the same name may have come with the mail.
"""

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from services.common.errors import Poison

GREETING = "Successfully validated SNS topic for Amazon SES"
"""How the one message begins with which SES tries the topic; it is no JSON."""


class _Part(BaseModel):
    """SES may add fields at any time, so unknown ones are ignored."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


class Verdict(_Part):
    """`PASS`, `FAIL`, `GRAY` (it cannot be told), `PROCESSING_FAILED` or `DISABLED`."""

    status: str


class _Mail(_Part):
    source: str = ""


class _Action(_Part):
    bucket_name: str
    object_key: str = Field(min_length=1, max_length=1024)


class _Receipt(_Part):
    recipients: tuple[str, ...]
    spam_verdict: Verdict
    virus_verdict: Verdict
    spf_verdict: Verdict
    dmarc_verdict: Verdict
    action: _Action


class Notice(_Part):
    """A mail that came in.

    Attributes:
        mail: its envelope: `source` is the address that bounces go to, empty for a bounce itself.
        receipt: the addresses of ours that it is for, the verdicts, and the object that holds it.
    """

    mail: _Mail
    receipt: _Receipt

    @property
    def path(self) -> str:
        """The key of the object that holds the mail, one of its own for each."""
        return self.receipt.action.object_key


def read(body: str, bucket: str, prefix: str) -> Notice:
    """The notice in a queue's message.

    Raises:
        Poison: it is none, or is of another place than where our mail lies.
    """
    try:
        notice = Notice.model_validate_json(body)
    except (ValidationError, RecursionError):
        raise Poison("the message is no notice of a mail") from None
    if notice.receipt.action.bucket_name != bucket or not notice.path.startswith(prefix):
        raise Poison("the mail lies where none of ours does")
    return notice
