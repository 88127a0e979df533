"""The public zone: who can vouch for its answers, and who asked."""

from collections.abc import Iterator

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import listed
from policies.registry import RULES

ZONE = "aws:route53/zone:Zone"
SIGNED = "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec"
LOGGED = "aws:route53/queryLog:QueryLog"


def _zone(identifier: str | None = "Z1") -> Resource:
    return sample(ZONE, {"name": "shop.example", "zoneId": identifier}, "shop")


def _signed(zone: str = "Z1", **more: object) -> Resource:
    return sample(SIGNED, {"hostedZoneId": zone, **more})


def _logged(zone: str = "Z1") -> Resource:
    return sample(
        LOGGED, {"zoneId": zone, "cloudwatchLogGroupArn": "arn:aws:logs:us-east-1:111122223333:log-group:dns"}
    )


@RULES.stack_rule(
    name="zone-dnssec-logging",
    types=(ZONE, SIGNED, LOGGED),
    why="Whoever forges an answer of an unsigned zone leads customers, and their passwords, elsewhere; and without a "
    "log of queries nobody can tell how many they were.",
    remedy="declare a HostedZoneDnsSec with a KeySigningKey, and give its DS record to the registrar, and a QueryLog; "
    "both stand in us-east-1, and a query names who asked: decide first whether that may leave the EU.",
    source="CKV2_AWS_38, CKV2_AWS_39; Route 53 developer guide, DNSSEC signing and query logging",
    accepts=(
        [_zone(), _signed(), _logged()],
        [_zone(None), _signed(), _logged()],
        [sample(ZONE, {"name": "inside.example", "vpcs": [{"vpcId": "vpc-1"}]})],
        [_signed(), _logged()],
    ),
    rejects={
        "zone 'shop' is not signed": [_zone(), _logged()],
        "'shop' is not signed": [_zone(), _signed("Z2"), _logged()],
        "is not signed": [_zone(), _signed(signingStatus="NOT_SIGNING"), _logged()],
        "zone 'shop' logs no queries": [_zone(), _signed()],
        "'shop' logs no queries": [_zone(None), _signed()],
    },
)
def signed_and_logged(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every public zone is signed, and its queries are logged."""
    signed = {
        one.text("hostedZoneId")
        for one in stack.of_type(SIGNED)
        if one.properties.get("signingStatus", "SIGNING") == "SIGNING"
    }
    logged = {one.text("zoneId") for one in stack.of_type(LOGGED)}
    for zone in stack.of_type(ZONE):
        if listed(zone.properties.get("vpcs")):
            continue
        # Before the zone is made only its name is known, and what stands beside it has to be taken for its own.
        known = zone.text("zoneId")
        for found, wrong in ((signed, "is not signed"), (logged, "logs no queries")):
            if known not in found if known else not found:
                yield zone, f"zone {zone.name!r} {wrong}"
