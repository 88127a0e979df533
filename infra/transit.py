"""What joins the networks of all regions, so that each reaches the database where it is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import pulumi
import pulumi_aws as aws

from infra.checks import refuse_faults, subnetted, unlike
from infra.tags import Tags


@dataclass(frozen=True)
class Hub:
    """A region's end: its name, the AWS region, and the addresses of its network."""

    name: str
    region: str
    cidr: str

    def __post_init__(self) -> None:
        refuse_faults(
            "Hub",
            name=unlike(self.name, r"[a-z][a-z0-9]*", "a short name in lower case"),
            region=unlike(self.region, r"[a-z]{2}(-[a-z]+)+-\d", "an AWS region such as eu-west-1"),
            cidr=subnetted(self.cidr, 16),
        )


@dataclass(frozen=True)
class TransitArgs:
    """What the joints need to be told."""

    hubs: Sequence[Hub]
    account: str
    tags: Tags

    def __post_init__(self) -> None:
        regions = [hub.region for hub in self.hubs]
        refuse_faults(
            "Transit",
            hubs=None if self.hubs and len(set(regions)) == len(regions) else "must be one or more, each region once",
            account=unlike(self.account, r"\d{12}", "a 12-digit account number"),
        )


class Transit(pulumi.ComponentResource):
    """A transit gateway in each region and a peering between every two.

    A network attaches itself to the gateway of its own region, and needs to know of no other network.
    """

    gateway_ids: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: TransitArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Transit", name, None, opts)
        gateways = {hub.name: self._gateway(name, args, hub) for hub in args.hubs}
        for one, other in combinations(args.hubs, 2):
            self._peer(name, args, (one, gateways[one.name]), (other, gateways[other.name]))
        self.gateway_ids = {name: gateway.id for name, gateway in gateways.items()}
        self.register_outputs({"gatewayIds": self.gateway_ids})

    def _gateway(self, name: str, args: TransitArgs, hub: Hub) -> aws.ec2transitgateway.TransitGateway:
        return aws.ec2transitgateway.TransitGateway(
            f"{name}-{hub.name}",
            region=hub.region,
            description=f"{name} in {hub.name}",
            dns_support="enable",
            auto_accept_shared_attachments="disable",
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _peer(
        self,
        name: str,
        args: TransitArgs,
        asking: tuple[Hub, aws.ec2transitgateway.TransitGateway],
        asked: tuple[Hub, aws.ec2transitgateway.TransitGateway],
    ) -> None:
        pair = f"{name}-{asking[0].name}-{asked[0].name}"
        attachment = aws.ec2transitgateway.PeeringAttachment(
            pair,
            region=asking[0].region,
            transit_gateway_id=asking[1].id,
            peer_transit_gateway_id=asked[1].id,
            peer_region=asked[0].region,
            peer_account_id=args.account,
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self),
        )
        accepted = aws.ec2transitgateway.PeeringAttachmentAccepter(
            pair,
            region=asked[0].region,
            transit_gateway_attachment_id=attachment.id,
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self),
        )
        # A peering tells nobody what lies behind it: each side is told by hand.
        for (here, gateway), (there, _) in ((asking, asked), (asked, asking)):
            aws.ec2transitgateway.Route(
                f"{name}-{here.name}-to-{there.name}",
                region=here.region,
                destination_cidr_block=there.cidr,
                transit_gateway_attachment_id=attachment.id,
                transit_gateway_route_table_id=gateway.association_default_route_table_id,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[accepted]),
            )
