"""Small manifests, models and charts to change one thing of."""

import copy
import json
from pathlib import Path
from typing import Any

import yaml

from local.cluster.edge.backends import Entry, entries
from local.cluster.edge.balancer import rules
from local.cluster.manifests import read_manifests
from local.cluster.pods import build_cluster
from local.host.model import Model, Resource


def _probe(path: str, **changed: Any) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": "http"}, "periodSeconds": 1, **changed}


def container(**changed: Any) -> dict[str, Any]:
    return {
        "name": "order",
        "image": "registry.example/cloud-sales:1",
        "command": ["python", "-m", "services", "order", "web"],
        "env": [
            {"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
            {"name": "PORT", "value": "8080"},
        ],
        "ports": [{"name": "http", "containerPort": 8080}],
        "startupProbe": _probe("/healthz", failureThreshold=30),
        "readinessProbe": _probe("/readyz", failureThreshold=1),
        "livenessProbe": _probe("/healthz", failureThreshold=2),
        **changed,
    }


def pod_spec(**changed: Any) -> dict[str, Any]:
    return {"containers": [container()], "terminationGracePeriodSeconds": 35, **changed}


def deployment(name: str = "order", replicas: int = 2, **pod: Any) -> dict[str, Any]:
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod_spec(**pod)},
        },
    }


def job(name: str = "database", weight: int = 0, **spec: Any) -> dict[str, Any]:
    run = container(command=["python", "-m", "services", name, "migrate"])
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        del run[probe]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            "annotations": {"helm.sh/hook": "pre-install,pre-upgrade", "helm.sh/hook-weight": str(weight)},
        },
        "spec": {"template": {"spec": {"containers": [run], "restartPolicy": "Never"}}, **spec},
    }


def service(name: str = "order", **changed: Any) -> dict[str, Any]:
    port = {"name": "http", "port": 80, "targetPort": "http"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": name}, "ports": [port], **changed},
    }


def binding(name: str = "order", group: str | None = None) -> dict[str, Any]:
    """What puts the pods of a Service into a target group, by default the one of its name."""
    reference = {"name": name, "port": "http"}
    spec = {"targetGroupARN": group or f"group:{name}", "targetType": "ip", "serviceRef": reference}
    return {"kind": "TargetGroupBinding", "metadata": {"name": name}, "spec": spec}


def balancer_rule(priority: int, name: str, *patterns: str) -> Resource:
    """A rule of the load balancer that leads to the target group of that name."""
    return resource(
        "rule",
        str(priority),
        priority=priority,
        conditions=[{"pathPattern": {"values": list(patterns)}}],
        actions=[{"type": "forward", "targetGroupArn": f"group:{name}"}],
    )


def autoscaler(target: str = "order", minimum: int = 3) -> dict[str, Any]:
    return {
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "scaler"},
        "spec": {"scaleTargetRef": {"kind": "Deployment", "name": target}, "minReplicas": minimum, "maxReplicas": 9},
    }


def scaled_object(target: str = "order", minimum: int = 3) -> dict[str, Any]:
    return {
        "kind": "ScaledObject",
        "metadata": {"name": "scaler"},
        "spec": {"scaleTargetRef": {"name": target}, "minReplicaCount": minimum, "triggers": []},
    }


def changed(document: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy with one more or another field; the path's numbers are places in lists."""
    copied = copy.deepcopy(document)
    place: Any = copied
    *way, last = path.split(".")
    for step in way:
        place = place[int(step)] if step.isdigit() else place.setdefault(step, {})
    place[last] = value
    return copied


def resource(kind: str, name: str, /, **inputs: Any) -> Resource:
    token = {
        "association": "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        "release": "kubernetes:helm.sh/v3:Release",
        "route": "aws:apigatewayv2/route:Route",
        "authorizer": "aws:apigatewayv2/authorizer:Authorizer",
        "integration": "aws:apigatewayv2/integration:Integration",
        "rule": "aws:lb/listenerRule:ListenerRule",
        "stage": "aws:apigatewayv2/stage:Stage",
    }[kind]
    return Resource(f"urn:{kind}:{name}", token, name, inputs, id=f"{kind}-{name}")


def route(key: str, **changed: Any) -> Resource:
    return resource("route", key, routeKey=key, **{"authorizationType": "NONE", **changed})


def model(*resources: Resource) -> Model:
    return Model("eu", resources, {})


ORDERS = balancer_rule(1, "order", "/orders", "/orders/*")
CREATION = balancer_rule(2, "order", "/create-order")


def entries_of(*documents: dict[str, Any], declared: tuple[Resource, ...] = (ORDERS, CREATION)) -> tuple[Entry, ...]:
    """Where the rules lead, among these manifests."""
    manifests = read_manifests(documents or [deployment(), service(), binding()])
    return entries(rules(model(*declared)), manifests, build_cluster(manifests, "127.80.3", {}).pods)


def chart(directory: Path, *manifests: dict[str, Any], schema: dict[str, Any] | None = None) -> Path:
    """A chart whose templates are these manifests; their texts may hold template expressions."""
    (directory / "templates").mkdir(parents=True)
    (directory / "Chart.yaml").write_text(yaml.safe_dump({"apiVersion": "v2", "name": "demo", "version": "0.1.0"}))
    (directory / "templates" / "all.yaml").write_text(yaml.safe_dump_all(manifests))
    if schema:
        (directory / "values.schema.json").write_text(json.dumps(schema))
    return directory
