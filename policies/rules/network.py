"""Security groups: nobody lets the internet in, and each rule stands where it can be read and taken back."""

from collections.abc import Iterator
from ipaddress import IPv4Network, ip_network
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.reading import listed, mapping
from policies.registry import RULES

GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
PREFIXES = "aws:ec2/managedPrefixList:ManagedPrefixList"
PREFIX = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"

_ADDRESSES = ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks", "cidr")

# Shorter prefixes are a good part of the internet: two halves of it are as open as the whole.
_SHORTEST = {4: 8, 6: 16}
_SHORTEST_PUBLIC = {4: 24, 6: 48}
_CARRIER = IPv4Network("100.64.0.0/10")
"""Of addresses that others may have: a company's block, not the tenants of a provider."""


def _ingress(**properties: Any) -> Resource:
    return sample(INGRESS, {"securityGroupId": "sg-1", "ipProtocol": "tcp", **properties}, "from-link")


def _old(**properties: Any) -> Resource:
    return sample(OLD_RULE, {"type": "ingress", "securityGroupId": "sg-1", **properties}, "old")


@RULES.resource_rule(
    name="no-open-ingress",
    types=(GROUP, INGRESS, OLD_RULE, PREFIXES, PREFIX),
    why="What the whole internet reaches is tried within minutes; and a group that states some rules inline takes away "
    "those that stand beside it, at every second deployment.",
    remedy="let in a private block of addresses (cidrIpv4) or another group (referencedSecurityGroupId), each by an "
    "aws.vpc.SecurityGroupIngressRule of its own, and state no ingress or egress on the group.",
    source="CKV_AWS_24, 25, 260, 277; AWSGuard security-group-no-rule-management-conflicts",
    accepts=(
        _ingress(cidrIpv4="10.16.0.0/16"),
        _ingress(cidrIpv4="198.51.100.7/32"),
        _ingress(referencedSecurityGroupId="sg-2"),
        _ingress(prefixListId="pl-1"),
        _ingress(cidrIpv4="8.8.8.0/24"),
        _ingress(cidrIpv4="100.64.0.0/16"),
        sample(PREFIXES, {"entries": [{"cidr": "10.16.0.0/16"}]}),
        sample(GROUP, {"vpcId": "vpc-1"}),
        sample(GROUP, {"vpcId": "vpc-1", "ingress": [], "egress": None}),
        _old(cidrBlocks=["10.16.0.0/12"]),
        _old(type="egress", cidrBlocks=["0.0.0.0/0"]),
    ),
    rejects={
        "'from-link' lets in '0.0.0.0/0'": _ingress(cidrIpv4="0.0.0.0/0"),
        "lets in '::/0'": _ingress(cidrIpv6="::/0"),
        "lets in '128.0.0.0/1'": _ingress(cidrIpv4="128.0.0.0/1"),
        "lets in '3.0.0.0/8', more public addresses than one owner has": _ingress(cidrIpv4="3.0.0.0/8"),
        "'everybody' lets in '0.0.0.0/0'": sample(PREFIXES, {"entries": [{"cidr": "0.0.0.0/0"}]}, "everybody"),
        "'one' lets in '::/0'": sample(PREFIX, {"prefixListId": "pl-1", "cidr": "::/0"}, "one"),
        "lets in '2000::/3'": _ingress(cidrIpv6="2000::/3"),
        "'everywhere', which is no block of addresses": _ingress(cidrIpv4="everywhere"),
        "'old' lets in '0.0.0.0/0'": _old(cidrBlocks=["10.16.0.0/12", "0.0.0.0/0"]),
        "'old' lets in '::/0'": _old(ipv6CidrBlocks=["::/0"]),
        "'example' states ingress inline": sample(GROUP, {"ingress": [{"cidrBlocks": ["10.16.0.0/12"]}]}),
        "'example' states egress inline": sample(GROUP, {"egress": [{"cidrBlocks": ["10.16.0.0/12"]}]}),
        "'example' lets in '0.0.0.0/0'": sample(GROUP, {"ingress": [{"cidrBlocks": ["0.0.0.0/0"]}]}),
    },
)
def nobody_lets_the_internet_in(let_in: Resource) -> Iterator[str]:
    """No way in is for everybody, and a group's rules stand beside it."""
    if let_in.type == OLD_RULE and let_in.properties.get("type") != "ingress":
        return
    several = {GROUP: "ingress", PREFIXES: "entries"}.get(let_in.type, "")
    for stated in [mapping(one) for one in listed(let_in.properties.get(several))] or [let_in.properties]:
        for block in (str(one) for key in _ADDRESSES for one in listed(stated.get(key))):
            if fault := too_wide(block):
                yield f"{let_in.name!r} lets in {block!r}, {fault}"
    if let_in.type == GROUP:
        for way in ("ingress", "egress"):
            if listed(let_in.properties.get(way)):
                yield f"security group {let_in.name!r} states {way} inline"


def too_wide(block: str) -> str:
    """What is wrong with that block of addresses; empty when it is narrow enough."""
    try:
        network = ip_network(block, strict=False)
    except ValueError:
        return "which is no block of addresses"
    if network.prefixlen < _SHORTEST[network.version]:
        return "a good part of the internet"
    inside = network.is_private or (isinstance(network, IPv4Network) and network.subnet_of(_CARRIER))
    shared = not inside and network.prefixlen < _SHORTEST_PUBLIC[network.version]
    return "more public addresses than one owner has" if shared else ""
