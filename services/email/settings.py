"""What the e-mail service is told."""

from pydantic import Field, ValidationInfo, field_validator

from services.common.pipeline.composition import PipelineSettings


class Settings(PipelineSettings):
    """Everything the e-mail service is told."""

    queue_url_email: str
    queue_url_mail_events: str
    mail_sender: str
    mail_configuration_set: str
    mail_evidence_seconds: int = Field(ge=1, le=43_200)

    @field_validator("mail_evidence_seconds")
    @classmethod
    def _outlasts_a_dead_recorder(cls, seconds: int, known: ValidationInfo) -> int:
        """A recorder that died with SES's event in hand gets it again, before the mail counts as never sent."""
        hidden = known.data.get("queue_visibility_seconds", 0)
        if seconds <= hidden:
            raise ValueError(
                f"{seconds} s is not longer than QUEUE_VISIBILITY_SECONDS ({hidden} s): "
                "the evidence of a mail could come back only after the mail was sent again"
            )
        return seconds
