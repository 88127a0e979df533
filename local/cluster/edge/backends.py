"""Which pods answer which path: the balancer's rules, the bindings of its groups, the Services and their pods."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from local.cluster.edge.balancer import Rule, matches
from local.cluster.errors import NotHonouredError
from local.cluster.manifests import Manifests
from local.cluster.network_shapes import ServicePort, ServiceReference, ServiceSpec
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
    """One path pattern of the balancer."""

    pattern: str
    backend: Backend

    def leads(self, path: str) -> bool:
        """Whether requests for the path come here."""
        return matches(self.pattern, path)


def entries(rules: Iterable[Rule], manifests: Manifests, pods: Iterable[Pod]) -> tuple[Entry, ...]:
    """The paths that lead into the cluster, those that win first.

    Raises:
        NotHonouredError: a target group is bound to no Service or to two, or a binding names a Service or a port that
            the release does not have.
    """
    services = {metadata.name: spec for metadata, spec in manifests.services}
    pods = tuple(pods)
    bound = _bound(manifests)
    backends = {arn: _backend(target, services, pods) for arn, target in bound.items()}
    found = []
    for rule in rules:
        if rule.target_group not in backends:
            raise NotHonouredError(f"{', '.join(rule.patterns)} lead to {rule.target_group}, to which no pod belongs")
        found += [Entry(pattern, backends[rule.target_group]) for pattern in rule.patterns]
    return tuple(found)


def _bound(manifests: Manifests) -> dict[str, ServiceReference]:
    bound: dict[str, ServiceReference] = {}
    for metadata, binding in manifests.bindings:
        if binding.target_group_arn in bound:
            raise NotHonouredError(f"TargetGroupBinding {metadata.name}: the pods of two Services are in one group")
        bound[binding.target_group_arn] = binding.service_ref
    return bound


def _backend(target: ServiceReference, services: Mapping[str, ServiceSpec], pods: tuple[Pod, ...]) -> Backend:
    service = services.get(target.name)
    if service is None:
        raise NotHonouredError(f"a target group is bound to the Service {target.name}, which the release does not have")
    port = _service_port(target, service)
    selected = [pod for pod in pods if service.selector.items() <= pod.labels.items()]
    return Backend(
        name=f"{target.name}:{port.port}",
        endpoints=tuple((pod.ip, _pod_port(pod, port)) for pod in selected),
        health=next((pod.probes.readiness for pod in selected), None),
    )


def _service_port(target: ServiceReference, service: ServiceSpec) -> ServicePort:
    for port in service.ports:
        if target.port in (port.name, port.port):
            return port
    raise NotHonouredError(f"a target group is bound to port {target.port} of Service {target.name}: it has none")


def _pod_port(pod: Pod, port: ServicePort) -> int:
    target = port.port if port.target_port is None else port.target_port
    number = pod.ports.get(target) if isinstance(target, str) else target
    if number is None:
        raise NotHonouredError(f"a Service leads to port {target!r} of {pod.name}, which has only {sorted(pod.ports)}")
    return number
