"""Manifests as typed objects; a kind or a field that one machine cannot honour is refused by its name."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from local.cluster.errors import NotHonouredError
from local.cluster.network_shapes import ServiceSpec, TargetGroupBindingSpec
from local.cluster.scaling_shapes import Autoscaler, HorizontalPodAutoscalerSpec, ScaledObjectSpec
from local.cluster.shapes import DeploymentSpec, JobSpec, Metadata, Shape

WITHOUT_EFFECT = frozenset({"NetworkPolicy", "PodDisruptionBudget", "ServiceAccount", "TriggerAuthentication"})
"""Kinds that guard pods from each other and from the cluster's upkeep, or let KEDA look at queues: nothing of that
happens on one machine."""

HOOK = "helm.sh/hook"
HOOK_WEIGHT = "helm.sh/hook-weight"
_INSTALL_HOOKS = frozenset({"pre-install", "pre-upgrade"})

_AUTOSCALERS: dict[str, type[Autoscaler]] = {
    "HorizontalPodAutoscaler": HorizontalPodAutoscalerSpec,
    "ScaledObject": ScaledObjectSpec,
}

S = TypeVar("S", bound=Shape)


@dataclass(frozen=True)
class Manifests:
    """What a release brings, by kind, each object with its metadata; the jobs in the order of their hook weights."""

    deployments: list[tuple[Metadata, DeploymentSpec]] = field(default_factory=list)
    jobs: list[tuple[Metadata, JobSpec]] = field(default_factory=list)
    services: list[tuple[Metadata, ServiceSpec]] = field(default_factory=list)
    bindings: list[tuple[Metadata, TargetGroupBindingSpec]] = field(default_factory=list)
    autoscalers: list[tuple[Metadata, Autoscaler]] = field(default_factory=list)


def read_manifests(documents: Iterable[dict[str, Any]]) -> Manifests:
    """Sort the documents by kind into strict shapes.

    Raises:
        NotHonouredError: names every field of the first object that one machine cannot honour, or its kind.
    """
    manifests = Manifests()
    for document in documents:
        _place(document, manifests)
    manifests.jobs.sort(key=lambda job: int(job[0].annotations.get(HOOK_WEIGHT, "0")))
    return manifests


def _place(document: dict[str, Any], manifests: Manifests) -> None:
    kind = document.get("kind")
    if kind in WITHOUT_EFFECT:
        return
    where = f"{kind} {document.get('metadata', {}).get('name', '(no name)')}"
    metadata = _shape(Metadata, document.get("metadata", {}), where, ("metadata",))
    hooks = {hook.strip() for hook in metadata.annotations.get(HOOK, "").split(",") if hook.strip()}
    if hooks and (kind != "Job" or not hooks <= _INSTALL_HOOKS):
        raise NotHonouredError(f"{where}: hook {', '.join(sorted(hooks))} is not honoured on one machine")
    spec = document.get("spec", {})
    match kind:
        case "Deployment":
            deployment = _shape(DeploymentSpec, spec, where)
            if not deployment.selector.match_labels.items() <= deployment.template.metadata.labels.items():
                raise NotHonouredError(f"{where}: its selector does not match the labels of its pods")
            manifests.deployments.append((metadata, deployment))
        case "Job" if hooks:
            manifests.jobs.append((metadata, _shape(JobSpec, spec, where)))
        case "Job":
            raise NotHonouredError(f"{where}: only a Job with {HOOK} pre-install or pre-upgrade is run on one machine")
        case "Service":
            manifests.services.append((metadata, _shape(ServiceSpec, spec, where)))
        case "HorizontalPodAutoscaler" | "ScaledObject":
            manifests.autoscalers.append((metadata, _shape(_AUTOSCALERS[kind], spec, where)))
        case "TargetGroupBinding":
            manifests.bindings.append((metadata, _shape(TargetGroupBindingSpec, spec, where)))
        case _:
            raise NotHonouredError(f"{where}: the kind {kind} is not honoured on one machine")


def _shape(shape: type[S], value: object, where: str, prefix: tuple[str, ...] = ("spec",)) -> S:
    try:
        return shape.model_validate(_without_nulls(value))
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, prefix + fault['loc']))}: "
            + ("not honoured on one machine" if fault["type"] == "extra_forbidden" else fault["msg"])
            for fault in error.errors()
        )
        raise NotHonouredError(f"{where}: {faults}") from error


def _without_nulls(value: object) -> object:
    """The value without null fields: to Kubernetes they are fields that are not there."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value
