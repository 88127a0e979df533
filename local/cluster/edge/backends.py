"""Which pods answer which path: the Ingress, the Services behind it and the pods that they select."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from local.cluster.errors import NotHonouredError
from local.cluster.manifests import Manifests
from local.cluster.network_shapes import BackendPort, BackendService, ServicePort, ServiceSpec
from local.cluster.pods import Pod
from local.cluster.probes import Probe


@dataclass(frozen=True)
class Backend:
    """A Service as the edge sees it.

    Attributes:
        name: the Service's name and port.
        endpoints: address and port of each pod, ready or not.
        health: how to ask a pod whether it may get requests; None if its chart does not say.
    """

    name: str
    endpoints: tuple[tuple[str, int], ...]
    health: Probe | None


@dataclass(frozen=True)
class Entry:
    """One path of the Ingress."""

    path: str
    exact: bool
    backend: Backend

    def leads(self, path: str) -> bool:
        """Whether requests for the path come here; a prefix ends at a slash, as in Kubernetes."""
        if self.exact:
            return path == self.path
        return path == self.path or path.startswith(self.path.rstrip("/") + "/")


def entries(manifests: Manifests, pods: Iterable[Pod]) -> tuple[Entry, ...]:
    """The paths that lead into the cluster, those that win first: the longest, and at the same length the exact one.

    Raises:
        NotHonouredError: an Ingress names a Service or port that the release does not have.
    """
    services = {metadata.name: spec for metadata, spec in manifests.services}
    pods = tuple(pods)
    found = [
        Entry(path.path, path.path_type == "Exact", _backend(path.backend.service, services, pods))
        for _, ingress in manifests.ingresses
        for rule in ingress.rules
        for path in rule.http.paths
    ]
    return tuple(sorted(found, key=lambda entry: (-len(entry.path), not entry.exact)))


def _backend(target: BackendService, services: Mapping[str, ServiceSpec], pods: tuple[Pod, ...]) -> Backend:
    service = services.get(target.name)
    if service is None:
        raise NotHonouredError(f"the Ingress leads to the Service {target.name}, which the release does not have")
    port = _service_port(target.name, service, target.port)
    selected = [pod for pod in pods if service.selector.items() <= pod.labels.items()]
    return Backend(
        name=f"{target.name}:{port.port}",
        endpoints=tuple((pod.ip, _pod_port(pod, port)) for pod in selected),
        health=next((pod.probes.readiness for pod in selected), None),
    )


def _service_port(name: str, service: ServiceSpec, wanted: BackendPort) -> ServicePort:
    for port in service.ports:
        if (wanted.name is not None and port.name == wanted.name) or port.port == wanted.number:
            return port
    raise NotHonouredError(f"the Ingress leads to port {wanted.name or wanted.number} of Service {name}: it has none")


def _pod_port(pod: Pod, port: ServicePort) -> int:
    target = port.port if port.target_port is None else port.target_port
    number = pod.ports.get(target) if isinstance(target, str) else target
    if number is None:
        raise NotHonouredError(f"a Service leads to port {target!r} of {pod.name}, which has only {sorted(pod.ports)}")
    return number
