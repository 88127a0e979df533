"""Mail that customers send us: where it is laid, and the topic on which SES tells of each."""

from dataclasses import dataclass

import pulumi

from infra.inbound_mail import InboundMail, InboundMailArgs
from infra.tags import DataClass
from services.registry import INBOUND_PREFIX
from stacks.layers.payloads import Payloads
from stacks.schema import Settings


@dataclass(frozen=True)
class Inbound:
    """The topic that hears of every mail."""

    topic_arn: pulumi.Output[str]


def build(settings: Settings, payloads: Payloads) -> Inbound:
    """Declare that mail to the domain that we send from is taken: answers go to the address that wrote."""
    built = InboundMail(
        settings.name("inbound"),
        InboundMailArgs(
            domain=settings.mail.domain,
            bucket=payloads.bucket,
            prefix=INBOUND_PREFIX,
            placement=settings.placement,
            tags=settings.tags(DataClass.PERSONAL),
            after=[payloads.allowed],
        ),
    )
    return Inbound(built.topic_arn)
