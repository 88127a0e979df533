"""What one machine cannot honour is refused by its name, never swallowed."""

from typing import Any

import pytest

from local.cluster.errors import NotHonouredError
from local.cluster.manifests import Manifests, read_manifests
from tests.unit.cluster.samples import autoscaler, binding, changed, container, deployment, job, scaled_object, service

POD = "spec.template.spec"
CONTAINER = f"{POD}.containers.0"


@pytest.mark.parametrize(
    ("document", "path", "value"),
    [
        (deployment(), f"{POD}.hostNetwork", True),
        (deployment(), f"{POD}.initContainers", [container()]),
        (deployment(), f"{POD}.volumes", [{"name": "settings", "configMap": {"name": "settings"}}]),
        (deployment(), f"{POD}.containers", [container(), container(name="sidecar")]),
        (deployment(), f"{CONTAINER}.envFrom", [{"secretRef": {"name": "secrets"}}]),
        (deployment(), f"{CONTAINER}.env.0.valueFrom", {"secretKeyRef": {"name": "secrets", "key": "password"}}),
        (deployment(), f"{CONTAINER}.env.0.valueFrom.fieldRef.fieldPath", "spec.nodeName"),
        (deployment(), f"{CONTAINER}.env.1.value", 8080),
        (deployment(), f"{CONTAINER}.lifecycle.preStop.exec", {"command": ["true"]}),
        (deployment(), f"{CONTAINER}.lifecycle.postStart", {"sleep": {"seconds": 5}}),
        (autoscaler(), "spec.scaleTargetRef.kind", "StatefulSet"),
        (scaled_object(), "spec.fallback", {"replicas": 3}),
        (scaled_object(), "spec.idleReplicaCount", 0),
        (deployment(), f"{CONTAINER}.workingDir", "/srv"),
        (deployment(), f"{CONTAINER}.command", []),
        (deployment(), f"{CONTAINER}.volumeMounts", [{"name": "data", "mountPath": "/data"}]),
        (deployment(), f"{CONTAINER}.livenessProbe.exec", {"command": ["true"]}),
        (deployment(), f"{CONTAINER}.livenessProbe.httpGet.httpHeaders", [{"name": "a", "value": "b"}]),
        (deployment(), f"{CONTAINER}.livenessProbe.httpGet.scheme", "HTTPS"),
        (deployment(), f"{CONTAINER}.ports.0.hostPort", 80),
        (job(), "spec.parallelism", 2),
        (service(), "spec.type", "NodePort"),
        (service(), "spec.selector", {}),
        (binding(), "spec.networking", {"ingress": []}),
        (binding(), "spec.targetType", "instance"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_field_that_changes_behaviour_is_refused_by_its_path(
    document: dict[str, Any], path: str, value: object
) -> None:
    read_manifests([document])
    field = path.rsplit(".", 1)[-1]
    with pytest.raises(NotHonouredError, match=field) as refused:
        read_manifests([changed(document, path, value)])
    assert str(refused.value).startswith(f"{document['kind']} {document['metadata']['name']}: ")


@pytest.mark.parametrize("kind", ["ConfigMap", "CronJob", "DaemonSet", "Ingress", "StatefulSet"])
def test_a_kind_that_changes_behaviour_is_refused_by_its_name(kind: str) -> None:
    with pytest.raises(NotHonouredError, match=f"{kind} thing"):
        read_manifests([{"kind": kind, "metadata": {"name": "thing"}}])


@pytest.mark.parametrize("kind", ["NetworkPolicy", "PodDisruptionBudget", "ServiceAccount", "TriggerAuthentication"])
def test_a_kind_without_effect_here_is_passed_over(kind: str) -> None:
    manifests = read_manifests([{"kind": kind, "metadata": {"name": "thing"}}])
    assert manifests == Manifests()


def test_fields_without_effect_here_are_accepted() -> None:
    document = changed(deployment(), f"{POD}.securityContext", {"runAsNonRoot": True})
    document = changed(document, f"{CONTAINER}.resources", {"limits": {"memory": "256Mi"}})
    document = changed(document, f"{CONTAINER}.lifecycle", {"preStop": {"sleep": {"seconds": 15}}})
    document = changed(document, f"{CONTAINER}.volumeMounts", [{"name": "tmp", "mountPath": "/tmp"}])
    document = changed(document, f"{POD}.volumes", [{"name": "tmp", "emptyDir": {}}])
    assert len(read_manifests([document]).deployments) == 1


def test_null_is_as_good_as_absent() -> None:
    assert read_manifests([changed(deployment(), f"{CONTAINER}.args", None)]).deployments


def test_a_selector_that_misses_its_pods_is_refused() -> None:
    with pytest.raises(NotHonouredError, match="selector"):
        read_manifests([changed(deployment(), "spec.selector.matchLabels", {"app": "other"})])


def test_jobs_come_in_the_order_of_their_weights() -> None:
    manifests = read_manifests([job("third", 5), job("first", -5), job("second")])
    assert [metadata.name for metadata, _ in manifests.jobs] == ["first", "second", "third"]


@pytest.mark.parametrize("hook", ["", "post-install", "pre-install,pre-delete"])
def test_a_job_that_is_not_run_before_the_release_is_refused(hook: str) -> None:
    with pytest.raises(NotHonouredError, match="Job database"):
        read_manifests([changed(job(), "metadata.annotations", {"helm.sh/hook": hook})])
