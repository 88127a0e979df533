"""Health checks: what Route 53 goes by when it leaves a region out."""

from collections.abc import Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.reading import number
from policies.registry import RULES

CHECK = "aws:route53/healthCheck:HealthCheck"

_NO_PROBES = ("CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL")
_SLOWEST, _MOST_FAILURES = 10, 3


def _check(**changed: Any) -> Resource:
    stated = {
        "type": "HTTPS",
        "fqdn": "eu.api.example",
        "resourcePath": "/",
        "enableSni": True,
        "requestInterval": 10,
        "failureThreshold": 3,
    }
    return sample(CHECK, stated | changed, "eu")


@RULES.resource_rule(
    name="health-check-quick",
    types=(CHECK,),
    why="Customers are sent to a region that is gone for as long as its check takes to notice: with the default of 30 "
    "seconds a try that is a minute and a half before the first resolver asks again.",
    remedy="set type HTTPS with enableSni, a resourcePath, requestInterval 10 and failureThreshold 1 to 3, and "
    "neither disabled nor invertHealthcheck.",
    source="Route 53 developer guide, how Route 53 determines health; reliability design, lost region",
    accepts=(
        _check(),
        _check(type="HTTPS_STR_MATCH", searchString="ready", failureThreshold=2.0),
        sample(CHECK, {"type": "CALCULATED", "childHealthchecks": ["a", "b"], "childHealthThreshold": 1}),
        sample(CHECK, {"type": "CLOUDWATCH_METRIC", "cloudwatchAlarmName": "writer"}),
    ),
    rejects={
        "check 'eu' asks over HTTP": _check(type="HTTP"),
        "check 'eu' asks over TCP": _check(type="TCP"),
        "check 'eu' asks over nothing": _check(type=None),
        "check 'eu' asks every 30 s": _check(requestInterval=None),
        "asks every 30 s": _check(requestInterval=30.0),
        "check 'eu' waits for 5 failures": _check(failureThreshold=5),
        "waits for 0 failures": _check(failureThreshold=0),
        "check 'eu' names no path": _check(resourcePath=None),
        "check 'eu' does not say whom it asks": _check(enableSni=False),
        "check 'eu' is disabled": _check(disabled=True),
        "check 'eu' is turned round": _check(invertHealthcheck=True),
    },
)
def notices_soon(check: Resource) -> Iterator[str]:
    """The check asks often, as a customer would, and believes a few failures."""
    for key, wrong in (("disabled", "is disabled"), ("invertHealthcheck", "is turned round")):
        if check.properties.get(key):
            yield f"check {check.name!r} {wrong}"
    kind = check.text("type")
    if kind in _NO_PROBES:
        return
    if kind not in ("HTTPS", "HTTPS_STR_MATCH"):
        yield f"check {check.name!r} asks over {kind or 'nothing'}"
    elif check.properties.get("enableSni") is not True:
        yield f"check {check.name!r} does not say whom it asks"
    if kind != "TCP" and not check.text("resourcePath").startswith("/"):
        yield f"check {check.name!r} names no path"
    interval = number(check.properties.get("requestInterval")) or 30.0
    if interval > _SLOWEST:
        yield f"check {check.name!r} asks every {interval:g} s"
    stated = number(check.properties.get("failureThreshold"))
    failures = 3.0 if stated is None else stated
    if not 1 <= failures <= _MOST_FAILURES:
        yield f"check {check.name!r} waits for {failures:g} failures"
