"""Sending mail, hearing what became of it, and the names by which others know that it is ours."""

from dataclasses import dataclass

import pulumi

from infra.mail import Mail as MailIdentity
from infra.mail import MailArgs
from infra.mail_names import MailNames, MailNamesArgs
from infra.tags import DataClass
from stacks.layers.upstream import Upstream
from stacks.schema import Settings


@dataclass(frozen=True)
class Mail:
    """Who sends, through which configuration set, and the topic on which SES reports."""

    sender: str
    identity_arn: pulumi.Output[str]
    configuration_set: pulumi.Output[str]
    configuration_set_arn: pulumi.Output[str]
    events_topic_arn: pulumi.Output[str]


def build(settings: Settings, upstream: Upstream) -> Mail:
    """Declare the sending domain with its events and its names."""
    built = MailIdentity(
        settings.name("mail"),
        MailArgs(
            domain=settings.mail.domain,
            placement=settings.placement,
            tags=settings.tags(DataClass.PERSONAL),
        ),
    )
    MailNames(
        settings.name("mail"),
        MailNamesArgs(
            domain=settings.mail.domain,
            zone_id=upstream.zone_id,
            dkim_tokens=built.dkim_tokens,
            placement=settings.placement,
        ),
    )
    return Mail(
        settings.mail.sender,
        built.identity_arn,
        built.configuration_set,
        built.configuration_set_arn,
        built.topic_arn,
    )
