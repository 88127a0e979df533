"""What every reader gets and gives."""

from dataclasses import dataclass

from local.host import Model
from local.picture.graph import Edge, Node
from local.picture.reading.grants import Grants
from local.picture.reading.release import Release, Workload


@dataclass(frozen=True)
class Part:
    """A share of the graph; its edges may lead to parts of other readers."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True)
class Reading:
    """What there is to read from."""

    model: Model
    release: Release
    grants: Grants

    def allowed(self, action: str, resource: str) -> tuple[Workload, ...]:
        """The workloads that may do it."""
        return tuple(work for work in self.release.workloads if self.grants.may(work.name, action, resource))

    def short(self, name: str) -> str:
        """A physical name without what all names of the region begin with."""
        return name.removeprefix(f"{self.release.name}-{self.release.region}-")


def workload_id(workload: Workload) -> str:
    """The id of the workload's node."""
    return f"workload:{workload.name}"
