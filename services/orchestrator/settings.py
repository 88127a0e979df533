"""What the orchestrator is told."""

from pydantic import Field

from services.common.api.serving import ApiSettings


class Settings(ApiSettings):
    """Beside what every REST service is told: payloads with the days that S3 keeps them, the dead-letter queues, and
    where hand-over notes are mailed to.
    """

    payload_bucket: str
    payload_expiry_days: int = Field(ge=1)
    dead_letter_url_invoice: str
    dead_letter_url_document: str
    dead_letter_url_email: str
    dead_letter_url_mail_events: str
    dead_letter_url_inbound_mail: str
    handover_recipient: str = Field(min_length=3, max_length=254)
    queue_url_mail_events: str
    queue_url_inbound_mail: str

    @property
    def dead_letters(self) -> dict[str, str]:
        """Each dead-letter queue's URL by the registered name of the queue that it belongs to."""
        return {
            "invoice": self.dead_letter_url_invoice,
            "document": self.dead_letter_url_document,
            "email": self.dead_letter_url_email,
            "mail-events": self.dead_letter_url_mail_events,
            "inbound-mail": self.dead_letter_url_inbound_mail,
        }

    @property
    def returnable(self) -> dict[str, str]:
        """The URLs of the queues whose messages no service of ours would send again."""
        return {"mail-events": self.queue_url_mail_events, "inbound-mail": self.queue_url_inbound_mail}
