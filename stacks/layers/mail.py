"""Sending mail, and hearing what became of it."""

from dataclasses import dataclass

import pulumi

from infra.mail import Mail as MailIdentity
from infra.mail import MailArgs
from infra.tags import DataClass
from stacks.schema import Settings


@dataclass(frozen=True)
class Mail:
    """Who sends, through which configuration set, and the topic on which SES reports."""

    sender: str
    identity_arn: pulumi.Output[str]
    configuration_set: pulumi.Output[str]
    configuration_set_arn: pulumi.Output[str]
    events_topic_arn: pulumi.Output[str]


def build(settings: Settings) -> Mail:
    """Declare the sending domain with its events."""
    built = MailIdentity(
        settings.name("mail"),
        MailArgs(
            domain=settings.mail.domain,
            placement=settings.placement,
            tags=settings.tags(DataClass.PERSONAL),
        ),
    )
    return Mail(
        settings.mail.sender,
        built.identity_arn,
        built.configuration_set,
        built.configuration_set_arn,
        built.topic_arn,
    )
