"""The network of a region: private in three zones, with one way out, watched, and joined to the other regions."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from infra.checks import refuse_faults, subnetted
from infra.flow_logs import FlowLogs, FlowLogsArgs
from infra.placement import Placement
from infra.security_group import Rule, SecurityGroup, SecurityGroupArgs
from infra.tags import Tags

_ZONES = 3

# Of a /16: three /18 for nodes and pods, and from the fourth a /24 in each zone for what is small and stays inside.
_PRIVATE_BITS = 2
_INTRA_BITS = 8
_FIRST_INTRA = 192


@dataclass(frozen=True)
class NetworkArgs:
    """What a network needs to be told.

    Attributes:
        cidr: its addresses, a /16 that no other network joined to it has.
        zones: the availability zones.
        gateway_services: AWS services that are reached by routes.
        endpoint_services: AWS services that get an address in every zone, so that they are reached without the
            internet.
        transit_gateway_id: what joins the network to the others.
        reach: the addresses of all networks that are joined.
    """

    cidr: str
    zones: Sequence[str]
    gateway_services: Sequence[str]
    endpoint_services: Sequence[str]
    transit_gateway_id: pulumi.Input[str]
    reach: pulumi.Input[str]
    log_retention_days: int
    placement: Placement
    tags: Tags

    def __post_init__(self) -> None:
        repeated = {service for service in self.endpoint_services if self.endpoint_services.count(service) > 1}
        refuse_faults(
            "Network",
            cidr=subnetted(self.cidr, 16),
            zones=None if len(set(self.zones)) == _ZONES else f"must be {_ZONES} different ones",
            endpoint_services=f"must be named once: {', '.join(sorted(repeated))}" if repeated else None,
        )

    @property
    def private_blocks(self) -> list[str]:
        """The addresses of nodes and pods, one block for each zone."""
        return [str(block) for block in IPv4Network(self.cidr).subnets(_PRIVATE_BITS)][:_ZONES]

    @property
    def intra_blocks(self) -> list[str]:
        """The addresses of databases, endpoints and attachments, one block for each zone."""
        blocks = list(IPv4Network(self.cidr).subnets(_INTRA_BITS))
        return [str(block) for block in blocks[_FIRST_INTRA : _FIRST_INTRA + _ZONES]]


class Network(pulumi.ComponentResource):
    """A VPC without public subnets.

    Its NAT gateway is a regional one: it stands in no subnet and in all zones, so that the loss of one zone takes
    nobody's way out. The intra subnets have no way out at all.
    """

    vpc_id: pulumi.Output[str]
    private_subnet_ids: list[pulumi.Output[str]]
    intra_subnet_ids: list[pulumi.Output[str]]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Network", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        vpc = aws.ec2.Vpc(
            name,
            cidr_block=args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=args.tags.as_tags(),
            opts=child,
        )
        # Whoever forgets to name a group gets this one, in which nothing is allowed.
        aws.ec2.DefaultSecurityGroup(name, vpc_id=vpc.id, ingress=[], egress=[], tags=args.tags.as_tags(), opts=child)
        FlowLogs(name, FlowLogsArgs(vpc.id, args.log_retention_days, args.placement, args.tags), child)
        private, private_table = self._subnets(f"{name}-private", vpc, args, args.private_blocks)
        intra, intra_table = self._subnets(f"{name}-intra", vpc, args, args.intra_blocks)
        self._leave(name, args, vpc, private_table)
        self._join(name, args, vpc, intra, [private_table, intra_table])
        self._endpoints(name, args, vpc, intra, [private_table, intra_table])
        self.vpc_id = vpc.id
        self.private_subnet_ids = [subnet.id for subnet in private]
        self.intra_subnet_ids = [subnet.id for subnet in intra]
        self.register_outputs({"vpcId": self.vpc_id, "privateSubnetIds": self.private_subnet_ids})

    def _subnets(
        self, name: str, vpc: aws.ec2.Vpc, args: NetworkArgs, blocks: Sequence[str]
    ) -> tuple[list[aws.ec2.Subnet], aws.ec2.RouteTable]:
        child = pulumi.ResourceOptions(parent=self)
        tags = args.tags.as_tags()
        table = aws.ec2.RouteTable(name, vpc_id=vpc.id, tags=tags, opts=child)
        subnets = []
        for zone, block in zip(args.zones, blocks, strict=True):
            subnet = aws.ec2.Subnet(
                f"{name}-{zone}",
                vpc_id=vpc.id,
                cidr_block=block,
                availability_zone=zone,
                map_public_ip_on_launch=False,
                tags=tags,
                opts=child,
            )
            aws.ec2.RouteTableAssociation(f"{name}-{zone}", subnet_id=subnet.id, route_table_id=table.id, opts=child)
            subnets.append(subnet)
        return subnets, table

    def _leave(self, name: str, args: NetworkArgs, vpc: aws.ec2.Vpc, table: aws.ec2.RouteTable) -> None:
        child = pulumi.ResourceOptions(parent=self)
        door = aws.ec2.InternetGateway(name, vpc_id=vpc.id, tags=args.tags.as_tags(), opts=child)
        nat = aws.ec2.NatGateway(
            name,
            vpc_id=vpc.id,
            availability_mode="regional",
            connectivity_type="public",
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[door]),
        )
        aws.ec2.Route(
            f"{name}-out",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            nat_gateway_id=nat.id,
            opts=child,
        )

    def _join(
        self,
        name: str,
        args: NetworkArgs,
        vpc: aws.ec2.Vpc,
        subnets: Sequence[aws.ec2.Subnet],
        tables: Sequence[aws.ec2.RouteTable],
    ) -> None:
        attachment = aws.ec2transitgateway.VpcAttachment(
            name,
            transit_gateway_id=args.transit_gateway_id,
            vpc_id=vpc.id,
            subnet_ids=[subnet.id for subnet in subnets],
            dns_support="enable",
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self),
        )
        for kind, table in zip(("private", "intra"), tables, strict=True):
            # AWS refuses a route to a gateway that the VPC is not attached to yet.
            aws.ec2.Route(
                f"{name}-{kind}-regions",
                route_table_id=table.id,
                destination_cidr_block=args.reach,
                transit_gateway_id=args.transit_gateway_id,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[attachment]),
            )

    def _endpoints(
        self,
        name: str,
        args: NetworkArgs,
        vpc: aws.ec2.Vpc,
        subnets: Sequence[aws.ec2.Subnet],
        tables: Sequence[aws.ec2.RouteTable],
    ) -> None:
        child = pulumi.ResourceOptions(parent=self)
        prefix = f"com.amazonaws.{args.placement.region}"
        for service in args.gateway_services:
            aws.ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=vpc.id,
                vpc_endpoint_type="Gateway",
                service_name=f"{prefix}.{service}",
                route_table_ids=[table.id for table in tables],
                tags=args.tags.as_tags(),
                opts=child,
            )
        group = SecurityGroup(
            f"{name}-endpoints",
            SecurityGroupArgs(
                "AWS services within the network", vpc.id, args.tags, ingress=[Rule("from-network", 443, args.cidr)]
            ),
            child,
        )
        for service in args.endpoint_services:
            aws.ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=vpc.id,
                vpc_endpoint_type="Interface",
                service_name=f"{prefix}.{service}",
                subnet_ids=[subnet.id for subnet in subnets],
                security_group_ids=[group.id],
                private_dns_enabled=True,
                tags=args.tags.as_tags(),
                opts=child,
            )
