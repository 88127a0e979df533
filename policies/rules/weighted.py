"""The weighted records by which one name leads to all regions, and whoever follows the sun shifts the load."""

from collections.abc import Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import listed, mapping, number
from policies.registry import RULES

RECORD = "aws:route53/record:Record"

_LONGEST_TTL = 60


def _record(region: str = "eu", ignored: tuple[str, ...] = ("weightedRoutingPolicies",), **changed: Any) -> Resource:
    stated = {
        "name": "api.example",
        "type": "CNAME",
        "setIdentifier": region,
        "weightedRoutingPolicies": [{"weight": 128}],
        "healthCheckId": "6d1f",
        "ttl": 60,
    }
    return sample(RECORD, stated | changed, region, ignore_changes=ignored)


_PLAIN = sample(RECORD, {"name": "mail.example", "type": "MX", "ttl": 3600}, "mail")


def _weights(record: Resource) -> list[object]:
    return [mapping(policy).get("weight") for policy in listed(record.properties.get("weightedRoutingPolicies"))]


@RULES.resource_rule(
    name="weighted-has-health-check",
    types=(RECORD,),
    why="When a region goes, nobody may be there to change a record: Route 53 leaves the region out by itself, but "
    "only one whose health it knows, and only as soon as resolvers ask again.",
    remedy="set healthCheckId, to a check of the region's own name, and ttl 60 or less; an alias has "
    "evaluateTargetHealth beside it.",
    source="Route 53 developer guide, health checks of weighted records; this project's design, rule 26",
    accepts=(
        _record(),
        _record(ttl=30.0),
        _record(ttl=None, aliases=[{"name": "d-1.execute-api.example", "evaluateTargetHealth": True}]),
        _PLAIN,
        _record(weightedRoutingPolicies=[], healthCheckId=None),
    ),
    rejects={
        "weighted record 'eu' has no health check": _record(healthCheckId=None),
        "'apac' has no health check": _record("apac", healthCheckId=""),
        "weighted record 'eu' is remembered for 300 s": _record(ttl=300),
        "weighted record 'eu' does not say for how long": _record(ttl=None),
        "'eu' does not say for how long": _record(ttl="soon"),
        "'eu' answers with 'd-1', whatever its health": _record(ttl=None, aliases=[{"name": "d-1"}]),
    },
)
def left_out_when_it_fails(record: Resource) -> Iterator[str]:
    """A weighted record is withdrawn within a minute or two, without a call to AWS."""
    if not _weights(record):
        return
    who = f"weighted record {record.name!r}"
    if not record.properties.get("healthCheckId"):
        yield f"{who} has no health check"
    aliases = [mapping(one) for one in listed(record.properties.get("aliases"))]
    for alias in aliases:
        if alias.get("evaluateTargetHealth") is not True:
            yield f"{who} answers with {alias.get('name')!r}, whatever its health"
    ttl = number(record.properties.get("ttl"))
    if not aliases and ttl is None:
        yield f"{who} does not say for how long it may be remembered"
    elif not aliases and ttl is not None and ttl > _LONGEST_TTL:
        yield f"{who} is remembered for {ttl:g} s, longer than {_LONGEST_TTL}"


@RULES.stack_rule(
    name="weighted-runtime-ignored",
    types=(RECORD,),
    why="Weights belong to whoever follows the sun: a deployment that sets them back sends customers to a region that "
    "is being drained. And a record of weight 0, or one that replaces another, leaves a region out of the draw on the "
    "day it is needed.",
    remedy="list weightedRoutingPolicies in ignore_changes from the first day, start with a weight of 1 to 255, and "
    "give each record of a name its own setIdentifier.",
    source="Route 53 developer guide, weighted records and values of 0; this project's design, rule 27",
    accepts=(
        [_record()],
        [_record("eu"), _record("apac")],
        [_record("eu"), _record("eu-mail", name="mail.example", setIdentifier="eu")],
        [_PLAIN],
        [_record("eu", type="A"), _record("eu-v6", type="AAAA", setIdentifier="eu")],
    ),
    rejects={
        "lets a deployment set the weight of 'eu' back": [_record(ignored=())],
        "set the weight of 'apac' back": [_record(), _record("apac", ignored=("ttl",))],
        "'eu' starts with the weight 0": [_record(weightedRoutingPolicies=[{"weight": 0}])],
        "'eu' starts with the weight None": [_record(weightedRoutingPolicies=[{}])],
        "'eu' starts with the weight 256": [_record(weightedRoutingPolicies=[{"weight": 256}])],
        "'eu' has no setIdentifier": [_record(setIdentifier=None)],
        "'again' replaces 'eu': both are 'eu' of api.example": [_record(), _record("again", setIdentifier="eu")],
    },
)
def weights_are_left_alone(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every weighted record of the stack is in the draw, and stays as it was set at run time."""
    taken: dict[tuple[str, str, str], Resource] = {}
    for record in stack.of_type(RECORD):
        weights = _weights(record)
        if not weights:
            continue
        if "weightedRoutingPolicies" not in record.options.ignore_changes:
            yield record, f"the program lets a deployment set the weight of {record.name!r} back"
        for weight in weights:
            if not 1 <= (number(weight) or 0.0) <= 255:
                yield record, f"weighted record {record.name!r} starts with the weight {weight!r}"
        identifier, name = record.text("setIdentifier"), record.text("name")
        other = taken.setdefault((name, record.text("type"), identifier), record)
        if not identifier:
            yield record, f"weighted record {record.name!r} has no setIdentifier"
        elif other is not record:
            yield record, f"weighted record {record.name!r} replaces {other.name!r}: both are {identifier!r} of {name}"
