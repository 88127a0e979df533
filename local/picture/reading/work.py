"""The workloads, each at the place that its rights give it, and the outside systems that they call."""

from urllib.parse import urlsplit

from local.cluster.edge.gateway import operations
from local.picture.graph import Edge, Kind, Node, Place
from local.picture.reading.messages import receives
from local.picture.reading.part import Part, Reading, workload_id
from local.picture.reading.release import Workload

_ADDRESS = "_URL"


def read(reading: Reading) -> Part:
    """Every workload of the release."""
    workloads = tuple(_node(workload, reading) for workload in reading.release.workloads)
    calls = [
        (workload, name.removesuffix(_ADDRESS), urlsplit(value).hostname or value)
        for workload in reading.release.workloads
        for name, value in workload.environment.items()
        if name.endswith(_ADDRESS)
    ]
    outside = {_outside_id(name): (name, host) for _, name, host in calls}
    return Part(
        nodes=(
            *workloads,
            *(Node(key, Kind.OUTSIDE, Place.OUTSIDE, name, lines=(host,)) for key, (name, host) in outside.items()),
        ),
        edges=tuple(Edge(workload_id(workload), _outside_id(name), "calls") for workload, name, _ in calls),
    )


def _node(workload: Workload, reading: Reading) -> Node:
    offered = [offer for offer in operations(reading.model) if reading.release.answering(offer) == workload]
    routes = tuple(sorted({_beginning(offer.path) for offer in offered}))
    place = _place(workload, reading)
    pods = f"{workload.fewest} to {workload.most} pods"
    tag = "before each release" if place is Place.JOB else pods
    return Node(workload_id(workload), Kind.WORKLOAD, place, workload.name, tag, (workload.purpose,), routes)


def _place(workload: Workload, reading: Reading) -> Place:
    if workload.role == "migrate":
        return Place.JOB
    if workload.role == "web":
        return Place.WEB
    return Place.WORKER if receives(workload, reading) else Place.SENDER


def _beginning(path: str) -> str:
    """What a service's operations have in common is enough to find it; the portal has them one by one."""
    return "/" + path.split("/")[1]


def _outside_id(name: str) -> str:
    return f"outside:{name.lower()}"
