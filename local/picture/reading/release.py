"""The workloads of the region's release, and which of them answers a path."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.cluster.edge.balancer import matches, rules
from local.cluster.edge.gateway import Operation
from local.host import Model
from local.picture.errors import PictureError
from services.registry import Service

RELEASE_TYPE = "kubernetes:helm.sh/v3:Release"


@dataclass(frozen=True)
class Workload:
    """One workload of the release, between how many pods it has, and what the registry says it is for."""

    name: str
    role: str
    fewest: int
    most: int
    patterns: tuple[str, ...]
    environment: dict[str, str] = field(hash=False)
    purpose: str


@dataclass(frozen=True)
class Release:
    """The release's workloads in the order of the registry."""

    name: str
    region: str
    aws_region: str
    workloads: tuple[Workload, ...]

    def answering(self, operation: Operation) -> Workload:
        """The workload that the balancer's rules lead the operation to; no path is claimed by two.

        Raises:
            PictureError: none does.
        """
        for workload in self.workloads:
            if any(matches(pattern, operation.path) for pattern in workload.patterns):
                return workload
        raise PictureError(
            f"the route {operation.method} {operation.path} reaches no service: no rule of the balancer covers it"
        )


def read_release(model: Model, services: Sequence[Service]) -> Release:
    """The one release of the stack.

    Raises:
        PictureError: the model has not exactly one, or the registry does not know one of its workloads.
    """
    releases = model.of_type(RELEASE_TYPE)
    if len(releases) != 1:
        raise PictureError(f"stack {model.stack} declares {len(releases)} Helm releases; the picture shows exactly one")
    values = releases[0].inputs["values"]
    known = {service.name: service for service in services}
    strangers = sorted(set(values["workloads"]) - set(known))
    if strangers:
        raise PictureError(f"the release runs {', '.join(strangers)}, of which the registry says nothing")
    patterns: dict[str | None, tuple[str, ...]] = {}
    for rule in rules(model):
        patterns[rule.target_group] = (*patterns.get(rule.target_group, ()), *rule.patterns)
    ordered = [(known[name], values["workloads"][name]) for name in known if name in values["workloads"]]
    return Release(
        name=releases[0].inputs["name"],
        region=values["region"],
        aws_region=values["environment"]["AWS_REGION"],
        workloads=tuple(_workload(service, stated, patterns) for service, stated in ordered),
    )


def _workload(service: Service, stated: dict[str, Any], patterns: Mapping[str | None, tuple[str, ...]]) -> Workload:
    pods = stated.get("replicas", {"minimum": 1, "maximum": 1})
    return Workload(
        name=service.name,
        role=stated["role"],
        fewest=pods["minimum"],
        most=pods["maximum"],
        patterns=patterns.get(stated.get("targetGroup"), ()),
        environment=stated["environment"],
        purpose=service.purpose,
    )
