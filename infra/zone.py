"""The public zone under which the product is found."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import refuse_faults, unlike
from infra.tags import Tags

DOMAIN = r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"
"""A domain name in lower case."""


@dataclass(frozen=True)
class ZoneArgs:
    """What a zone needs to be told."""

    domain: str
    tags: Tags

    def __post_init__(self) -> None:
        refuse_faults("Zone", domain=unlike(self.domain, DOMAIN, "a lower-case domain name"))


class Zone(pulumi.ComponentResource):
    """A protected zone, whose records can be changed again soon after Route 53's own region is lost."""

    id: pulumi.Output[str]
    name_servers: pulumi.Output[Sequence[str]]

    def __init__(self, name: str, args: ZoneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Zone", name, None, opts)
        zone = aws.route53.Zone(
            name,
            name=args.domain,
            comment=name,
            force_destroy=False,
            enable_accelerated_recovery=True,
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        self.id = zone.zone_id
        self.name_servers = zone.name_servers
        self.register_outputs({"id": self.id, "nameServers": self.name_servers})
