"""Deployments become pods and hooks become jobs: what each runs, with which environment, under which address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from local.cluster.addresses import assign
from local.cluster.errors import NotHonouredError
from local.cluster.manifests import Manifests
from local.cluster.probes import Probe, Probes
from local.cluster.shapes import Container, HttpProbe, PodTemplate, Variable


@dataclass(frozen=True)
class Pod:
    """One replica of a Deployment, or the one run of a Job.

    Attributes:
        name: for example `order-0`.
        workload: the Deployment or Job it belongs to.
        host: the last number of its address.
        labels: by which Services select it.
        service_account: what it is to AWS; None if it is nobody there.
        ports: the named container ports.
        grace_seconds: from SIGTERM to SIGKILL.
        deadline_seconds: how long a Job may run; None when its chart sets no limit, and for replicas.
    """

    name: str
    workload: str
    host: int
    ip: str
    labels: Mapping[str, str]
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ports: Mapping[str, int]
    probes: Probes
    grace_seconds: int
    deadline_seconds: int | None = None
    service_account: str | None = None


@dataclass(frozen=True)
class Cluster:
    """Everything of a release that runs; the jobs first, in order, each to completion."""

    jobs: tuple[Pod, ...]
    pods: tuple[Pod, ...]


def build_cluster(manifests: Manifests, subnet: str, kept: Mapping[str, int]) -> Cluster:
    """The pods and jobs of a release.

    Args:
        manifests: the release's manifests.
        subnet: the first three numbers of the checkout's network, for example `127.80.3`.
        kept: the host numbers that pods had in the last run, by pod name.

    Raises:
        NotHonouredError: a value refers to something that a process does not have.
        ClusterError: there are more pods than addresses.
    """
    minimum = _minimum_pods(manifests)
    replicas = [
        _Planned(f"{metadata.name}-{index}", metadata.name, deployment.template)
        for metadata, deployment in manifests.deployments
        for index in range(minimum[metadata.name])
    ]
    runs = [
        _Planned(metadata.name, metadata.name, job.template, job.active_deadline_seconds)
        for metadata, job in manifests.jobs
    ]
    names = [planned.name for planned in runs + replicas]
    if len(set(names)) < len(names):
        raise NotHonouredError(f"two workloads of the release have pods of one name, among {', '.join(sorted(names))}")
    numbers = assign(names, kept)
    return Cluster(
        jobs=tuple(_pod(planned, numbers[planned.name], subnet) for planned in runs),
        pods=tuple(_pod(planned, numbers[planned.name], subnet) for planned in replicas),
    )


def _minimum_pods(manifests: Manifests) -> Mapping[str, int]:
    """How many pods each Deployment has while nothing is to be done.

    Raises:
        NotHonouredError: an autoscaler's target is not there, or has its number of pods from somewhere else as well.
    """
    stated = {metadata.name: deployment.replicas for metadata, deployment in manifests.deployments}
    for metadata, autoscaler in manifests.autoscalers:
        target = autoscaler.scale_target_ref.name
        if target not in stated:
            raise NotHonouredError(f"the autoscaler {metadata.name} counts the pods of {target}, which is not there")
        if stated[target] is not None:
            raise NotHonouredError(f"the autoscaler {metadata.name}: something else too says how many {target} has")
        stated[target] = autoscaler.minimum
    return {name: 1 if pods is None else pods for name, pods in stated.items()}


@dataclass(frozen=True)
class _Planned:
    name: str
    workload: str
    template: PodTemplate
    deadline_seconds: int | None = None


def _pod(planned: _Planned, host: int, subnet: str) -> Pod:
    metadata, spec = planned.template.metadata, planned.template.spec
    container = spec.containers[0]
    where = f"{planned.workload}: container {container.name}"
    _refuse_references([*container.command, *container.args, *(variable.value for variable in container.env)], where)
    ip = f"{subnet}.{host}"
    ports = {port.name: port.container_port for port in container.ports if port.name}
    return Pod(
        name=planned.name,
        workload=planned.workload,
        host=host,
        ip=ip,
        labels=metadata.labels,
        command=(*container.command, *container.args),
        environment=_environment(container.env, {"status.podIP": ip, "metadata.name": planned.name}),
        ports=ports,
        probes=_probes(container, ports, where),
        grace_seconds=spec.termination_grace_period_seconds,
        deadline_seconds=planned.deadline_seconds,
        service_account=spec.service_account_name,
    )


def _environment(variables: Iterable[Variable], fields: Mapping[str, str]) -> dict[str, str]:
    return {
        variable.name: fields[variable.value_from.field_ref.field_path] if variable.value_from else variable.value
        for variable in variables
    }


def _refuse_references(texts: Iterable[str], where: str) -> None:
    for text in texts:
        if "$(" in text:
            raise NotHonouredError(f"{where}: the reference in {text!r} is not honoured on one machine")


def _probes(container: Container, ports: Mapping[str, int], where: str) -> Probes:
    def probe(kind: str, stated: HttpProbe | None) -> Probe | None:
        if stated is None:
            return None
        port = stated.http_get.port
        number = ports.get(port) if isinstance(port, str) else port
        if number is None:
            raise NotHonouredError(f"{where}: {kind}.httpGet.port {port!r} is none of its ports: {sorted(ports)}")
        return Probe(
            path=stated.http_get.path,
            port=number,
            initial_delay_seconds=stated.initial_delay_seconds,
            period_seconds=stated.period_seconds,
            timeout_seconds=stated.timeout_seconds,
            success_threshold=stated.success_threshold,
            failure_threshold=stated.failure_threshold,
        )

    return Probes(
        startup=probe("startupProbe", container.startup_probe),
        readiness=probe("readinessProbe", container.readiness_probe),
        liveness=probe("livenessProbe", container.liveness_probe),
    )
