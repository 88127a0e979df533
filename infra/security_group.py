"""A security group that says of everything it lets through from where or to where, each as a resource of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults, unlike
from infra.tags import Tags

_EVERYWHERE = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True)
class Rule:
    """One TCP port that is let through; the other side is a block of addresses or another group."""

    name: str
    port: int
    cidr: pulumi.Input[str] | None = None
    group_id: pulumi.Input[str] | None = None

    def __post_init__(self) -> None:
        refuse_faults(
            "Rule",
            name=unlike(self.name, r"[a-z][a-z0-9-]*", "a short name in lower case"),
            port=outside(self.port, 1, 65_535, "as ports go"),
            cidr="must not be everywhere" if self.cidr in _EVERYWHERE else None,
            group_id=None if (self.cidr is None) != (self.group_id is None) else "or cidr must be given, not both",
        )


@dataclass(frozen=True)
class SecurityGroupArgs:
    """What a security group needs to be told; what no rule names is refused."""

    description: str
    vpc_id: pulumi.Input[str]
    tags: Tags
    ingress: Sequence[Rule] = ()
    egress: Sequence[Rule] = ()

    def __post_init__(self) -> None:
        refuse_faults("SecurityGroup", description=unlike(self.description, r"[\w ,.-]{1,255}", "one plain sentence"))


class SecurityGroup(pulumi.ComponentResource):
    """A group under the component's name."""

    id: pulumi.Output[str]

    def __init__(self, name: str, args: SecurityGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:SecurityGroup", name, None, opts)
        group = aws.ec2.SecurityGroup(
            name,
            name=name,
            description=args.description,
            vpc_id=args.vpc_id,
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.id = group.id
        for rule in args.ingress:
            admit(self, f"{name}-{rule.name}", group.id, rule, args.tags)
        for rule in args.egress:
            aws.vpc.SecurityGroupEgressRule(
                f"{name}-{rule.name}",
                security_group_id=group.id,
                ip_protocol="tcp",
                from_port=rule.port,
                to_port=rule.port,
                cidr_ipv4=rule.cidr,
                referenced_security_group_id=rule.group_id,
                tags=args.tags.as_tags(),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"id": self.id})


def admit(parent: pulumi.Resource, name: str, group_id: pulumi.Input[str], rule: Rule, tags: Tags) -> None:
    """Let something into a group, which may be one that AWS itself has made."""
    aws.vpc.SecurityGroupIngressRule(
        name,
        security_group_id=group_id,
        ip_protocol="tcp",
        from_port=rule.port,
        to_port=rule.port,
        cidr_ipv4=rule.cidr,
        referenced_security_group_id=rule.group_id,
        tags=tags.as_tags(),
        opts=pulumi.ResourceOptions(parent=parent),
    )
