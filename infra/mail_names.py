"""What the domain of mail says of itself: who may sign for it, what becomes of the rest, and where its mail goes."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import refuse_faults, unlike
from infra.placement import Placement
from infra.zone import DOMAIN

# SES always gives as many.
_KEYS = 3

_TTL_SECONDS = 300


@dataclass(frozen=True)
class MailNamesArgs:
    """What the records need to be told: a domain, the zone it is in, and the tokens of the keys that SES signs with."""

    domain: str
    zone_id: pulumi.Input[str]
    dkim_tokens: pulumi.Output[Sequence[str]]
    placement: Placement

    def __post_init__(self) -> None:
        refuse_faults("MailNames", domain=unlike(self.domain, DOMAIN, "a lower-case domain name"))


class MailNames(pulumi.ComponentResource):
    """The records by which SES finds the domain to be ours, signs for it, and takes its mail.

    What is not signed in its name shall be refused: nobody else sends for it.
    """

    def __init__(self, name: str, args: MailNamesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:MailNames", name, None, opts)
        for number in range(_KEYS):
            token = args.dkim_tokens[number]
            self._record(
                f"{name}-key-{number + 1}",
                args,
                pulumi.Output.concat(token, "._domainkey.", args.domain),
                "CNAME",
                pulumi.Output.concat(token, ".dkim.amazonses.com"),
            )
        self._record(f"{name}-policy", args, f"_dmarc.{args.domain}", "TXT", "v=DMARC1; p=reject; adkim=s")
        self._record(
            f"{name}-inbound", args, args.domain, "MX", f"10 inbound-smtp.{args.placement.region}.amazonaws.com"
        )
        self.register_outputs({})

    def _record(
        self, name: str, args: MailNamesArgs, record: pulumi.Input[str], kind: str, value: pulumi.Input[str]
    ) -> None:
        aws.route53.Record(
            name,
            zone_id=args.zone_id,
            name=record,
            type=kind,
            records=[value],
            ttl=_TTL_SECONDS,
            opts=pulumi.ResourceOptions(parent=self),
        )
