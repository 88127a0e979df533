"""Whether a document's mail may go out once more, and what that copy is: decided without touching anything."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar
from uuid import UUID

from services.manifests.email import EmailManifest

TITLE_LIMIT = 190
"""Characters of the first title that are kept before the count."""


@dataclass(frozen=True)
class Mail:
    """A document's mails as the database knows them.

    Attributes:
        manifest: the first mail's; None if it has none yet, or the database's copy is not what was written.
        path: the mail that counts as the document's own: the first, or the copy that replaced it; None without one.
        recipient: where that one goes.
        sent: it is known to be sent.
        failed: it is given up: for sure nobody has sent it or is about to, until a person acts.
        finishes: it is the invoice's mail, with which the order ends.
        number: what the next mail would be counted as.
        on_its_way: the number of a mail that was sent again and is not out yet.
        suppressed: why no mail may go to the address.
    """

    invoice_id: UUID
    customer_id: UUID
    document: str
    document_path: str | None
    document_sha256: str | None
    revision: int
    manifest: EmailManifest | None
    path: str | None
    recipient: str | None
    address: str
    sent: bool
    failed: bool
    finishes: bool
    number: int
    on_its_way: int | None
    suppressed: str | None

    @property
    def replaceable(self) -> bool:
        """Whether the next mail takes the place of one that failed: the address that was in its way is another now."""
        return self.failed and self.recipient != self.address


class Obstacle(Enum):
    """What is in the way of a further mail."""

    NOT_SENT_YET = auto()
    ON_ITS_WAY = auto()
    ADDRESS_REFUSED = auto()
    DOCUMENT_LOST = auto()


@dataclass(frozen=True)
class Copy:
    """The new mail; `why` is in words for operators, here and below."""

    effect: ClassVar = "resend"

    manifest: EmailManifest
    why: str


@dataclass(frozen=True)
class Refusal:
    """No further mail."""

    effect: ClassVar = "refused"

    obstacle: Obstacle
    why: str


def decide(mail: Mail, *, document_lost: bool) -> Copy | Refusal:
    """What sending the mail once more comes to."""
    if not (mail.sent or mail.replaceable) or mail.manifest is None:
        why = f"the mail of {mail.document} is not sent yet; restart the order from the stage 'email'"
        return Refusal(Obstacle.NOT_SENT_YET, why)
    if mail.on_its_way is not None:
        why = f"mail number {mail.on_its_way} of {mail.document} is still on its way"
        return Refusal(Obstacle.ON_ITS_WAY, why)
    if mail.suppressed is not None:
        cause = "it bounced for good" if mail.suppressed == "Bounce" else "its owner complained about a mail"
        why = f"no mail may go to the customer's address: {cause}; ask for another address"
        return Refusal(Obstacle.ADDRESS_REFUSED, why)
    if document_lost:
        why = f"the PDF of {mail.document} is lost; restart the stage 'document' to have it rendered again"
        return Refusal(Obstacle.DOCUMENT_LOST, why)
    title = f"{mail.manifest.title[:TITLE_LIMIT]} ({mail.number})"
    where = "the same address" if mail.address == mail.manifest.to else "the customer's new address"
    instead = ", instead of the one that failed" if mail.replaceable else ""
    return Copy(
        mail.manifest.model_copy(update={"title": title, "to": mail.address}),
        f"the mail of {mail.document} goes out as number {mail.number}, to {where}{instead}",
    )
