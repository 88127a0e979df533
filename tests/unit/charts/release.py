"""A release as a stack would make it: values from the registry and the stack's settings, documents from Helm.

The stack's program is not asked, so the chart is judged by the contract and not by what happens to be passed today.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import helm_python
import yaml

from services.registry import QUEUES, SERVICES, Need, Role, Service

ROOT = Path(__file__).resolve().parents[3]
CHART = ROOT / "charts" / "cloud-sales"
STACKS = tuple(sorted({path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")} - {"global"}))

_REGISTRY = "111122223333.dkr.ecr"
_GROUPS = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup"

Document = dict[str, Any]


def values(stack: str) -> dict[str, Any]:
    """The chart values of a stack, with stand-ins for the addresses that only a deployment knows."""
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return {
        "image": {"repository": f"{_REGISTRY}.{config['aws:region']}.amazonaws.com/cloud-sales"}
        | config["cloud-sales:image"],
        "region": config["cloud-sales:region"]["name"],
        "awsRegion": config["aws:region"],
        "scaling": config["cloud-sales:scaling"],
        "network": {
            "ingressCidrs": [config["cloud-sales:network"]["cidr"]],
            "databaseCidrs": [_shared()["cloud-sales:network"]["supernet"]],
            "databasePort": 5432,
        },
        "environment": {"REGION_NAME": stack, "AWS_REGION": config["aws:region"], "LOG_LEVEL": "INFO"},
        "workloads": {entry.name: _workload(entry, config["cloud-sales:workloads"][entry.name]) for entry in SERVICES},
    }


def _shared() -> dict[str, Any]:
    shared: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.global.yaml").read_text())["config"]
    return shared


def _workload(service: Service, size: Mapping[str, Any]) -> dict[str, Any]:
    workload: dict[str, Any] = {
        "role": service.role.value,
        "command": list(service.command),
        "resources": {"cpu": size["cpu"], "memory": size["memory"]},
        "environment": {"SERVICE_NAME": service.name},
        "egress": egress(service),
    }
    if service.role is not Role.MIGRATE:
        workload["replicas"] = {"minimum": size["minReplicas"], "maximum": size["maxReplicas"]}
    if consumed := [queue for queue in QUEUES if queue.consumer == service.name]:
        workload["queues"] = [f"https://sqs.example/{queue.name}" for queue in consumed]
    if service.role is Role.WEB:
        workload["targetGroup"] = f"{_GROUPS}/{service.name}/0123456789abcdef"
    return workload


def egress(service: Service) -> list[str]:
    """What its needs let a service call."""
    databases = service.needs & {Need.DATABASE, Need.DATABASE_OWNER}
    return [kind for kind, needs in (("database", databases), ("https", service.needs - databases)) if needs]


def render(chart_values: Mapping[str, Any]) -> list[Document]:
    """Every document of a release, by the real Helm engine."""
    with helm_python.Chart.load(CHART) as chart:
        files = chart.render(dict(chart_values), name="cloud-sales", namespace="cloud-sales")
    return [document for text in files.values() for document in yaml.safe_load_all(text) if document]


@cache
def documents(stack: str) -> tuple[Document, ...]:
    """The rendered release of a stack; read it, do not change it."""
    return tuple(render(values(stack)))


def of_kind(found: tuple[Document, ...] | list[Document], *kinds: str) -> list[Document]:
    """The documents of the given kinds."""
    return [document for document in found if document["kind"] in kinds]


def named(found: tuple[Document, ...] | list[Document], kind: str, name: str) -> Document:
    """The one document of that kind and name."""
    (document,) = (one for one in of_kind(found, kind) if one["metadata"]["name"] == name)
    return document


def container(workload: Document) -> dict[str, Any]:
    """The only container of a Deployment or Job."""
    (only,) = workload["spec"]["template"]["spec"]["containers"]
    return dict(only)
