"""The services as one Helm release; the only place that says what a need brings into a service's environment."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi

from infra.release import Release, ReleaseArgs, digest_of
from services.registry import (
    OUTSIDE,
    QUEUES,
    SERVICES,
    Need,
    Role,
    Service,
    dead_letter_variable,
    queue_variable,
    queues_of,
)
from stacks.layers.access import Access
from stacks.layers.cluster import Cluster
from stacks.layers.foundation import Foundation
from stacks.layers.upstream import Upstream
from stacks.schema import NAMESPACE, Settings

Environment = dict[str, pulumi.Input[str]]

# The program's own folder is its working directory, wherever the repository lies.
_CHART = f"../charts/{NAMESPACE}"
_CHART_FOLDER = Path(__file__).resolve().parents[2] / "charts" / NAMESPACE

# Where the image keeps the certificate authorities of RDS.
_DATABASE_CA_FILE = "/etc/ssl/certs/rds-global-bundle.pem"

# What a need has its service call; all but the database are APIs over https.
_CALLED = {Need.DATABASE: "database", Need.DATABASE_OWNER: "database"}


def build(settings: Settings, upstream: Upstream, cluster: Cluster, foundation: Foundation, access: Access) -> None:
    """Declare the release of every service of the registry; those with a target group get their requests from it."""
    Release(
        NAMESPACE,
        ReleaseArgs(
            chart=_CHART,
            chart_digest=digest_of(_CHART_FOLDER),
            kubeconfig=cluster.kubeconfig,
            namespace=cluster.namespace,
            values={
                "image": {"repository": upstream.repository, **settings.image.names},
                "region": settings.region.name,
                "awsRegion": settings.aws_region,
                "scaling": {
                    "cpuPercent": settings.scaling.cpu_percent,
                    "messagesPerPod": settings.scaling.messages_per_pod,
                },
                "network": {
                    "ingressCidrs": [settings.network.cidr],
                    # The writer may be in any region.
                    "databaseCidrs": [upstream.supernet],
                    "databasePort": foundation.database.port,
                },
                "environment": {
                    "REGION_NAME": settings.region.name,
                    "AWS_REGION": settings.aws_region,
                    "LOG_LEVEL": "INFO",
                },
                "workloads": {
                    service.name: _workload(service, settings, upstream, foundation) | _bound(service, foundation)
                    for service in SERVICES
                },
            },
            after=access.roles,
        ),
    )


def _workload(service: Service, settings: Settings, upstream: Upstream, foundation: Foundation) -> dict[str, Any]:
    size = settings.workloads[service.name]
    workload: dict[str, Any] = {
        "role": service.role.value,
        "command": list(service.command),
        "resources": {"cpu": size.cpu, "memory": size.memory},
        "environment": _environment(service, settings, upstream, foundation),
        "egress": sorted({_CALLED.get(need, "https") for need in service.needs}),
    }
    if service.role is not Role.MIGRATE:
        workload["replicas"] = {"minimum": size.min_replicas, "maximum": size.max_replicas}
    if consumed := [queue for queue in queues_of(service.name) if queue.consumer == service.name]:
        workload["queues"] = [foundation.queues.by_name[queue.name].url for queue in consumed]
    return workload


def _bound(service: Service, foundation: Foundation) -> dict[str, Any]:
    groups = foundation.balancer.target_group_arns
    return {"targetGroup": groups[service.name]} if service.name in groups else {}


def _environment(service: Service, settings: Settings, upstream: Upstream, foundation: Foundation) -> Environment:
    brought = _brought_by_needs(service, settings, upstream, foundation)
    environment: Environment = {"SERVICE_NAME": service.name}
    for need in sorted(service.needs):
        environment |= brought[need]
    return environment


def _brought_by_needs(
    service: Service, settings: Settings, upstream: Upstream, foundation: Foundation
) -> Mapping[Need, Environment]:
    bucket: Environment = {"PAYLOAD_BUCKET": foundation.payloads.bucket}
    queues: Environment = {
        queue_variable(queue): foundation.queues.by_name[queue.name].url for queue in queues_of(service.name)
    }
    if any(queue.consumer == service.name for queue in queues_of(service.name)):
        queues["QUEUE_VISIBILITY_SECONDS"] = str(settings.queues.visibility_seconds)
    return {
        Need.DATABASE: _database(foundation, foundation.database.application_user),
        Need.DATABASE_OWNER: _database(foundation, foundation.database.owner_user),
        Need.PAYLOADS: bucket | queues,
        Need.DOCUMENTS: bucket,
        Need.NUMBERS: bucket | {"PAYLOAD_BUCKETS": upstream.regions.apply(_payload_buckets)},
        Need.PRINTED: bucket,
        Need.INBOUND: bucket | queues,
        Need.TOKENS: {
            "TOKEN_ISSUERS": foundation.identity.accepted_issuers,
            "TENANT_REQUESTS_PER_MINUTE": str(settings.edge.tenant_requests_per_minute),
        },
        Need.DIRECTORY: {"USER_POOL_ID": foundation.identity.user_pool_id},
        Need.PASSWORDS: {"USER_POOL_ID": foundation.identity.user_pool_id},
        Need.CCP: {"CCP_URL": settings.ccp.url},
        Need.SECRETS: {"SECRETS_KEY_ARN": foundation.secrets.key_arn},
        Need.SEALED: {"SECRETS_KEY_ARN": foundation.secrets.key_arn},
        Need.MAIL: {
            "MAIL_SENDER": foundation.mail.sender,
            "MAIL_CONFIGURATION_SET": foundation.mail.configuration_set,
            "MAIL_EVIDENCE_SECONDS": str(settings.mail.evidence_window_seconds),
        },
        Need.OPERATIONS: _operations(settings, foundation),
        Need.LOGIN: {"CONTROLLER_LOGIN_ARN": foundation.secrets.login_arn},
    }


def _payload_buckets(regions: Sequence[Mapping[str, str]]) -> str:
    """Where every region's payloads are: after the loss of one, what it had given out is looked for in all."""
    return json.dumps(
        [
            {"region": one["name"], "bucket": f"{NAMESPACE}-{one['name']}-payloads", "awsRegion": one["awsRegion"]}
            for one in regions
        ]
    )


def _operations(settings: Settings, foundation: Foundation) -> Environment:
    dead_letters = {
        dead_letter_variable(queue): foundation.queues.by_name[queue.name].dead_letter_url for queue in QUEUES
    }
    foreign = {
        queue_variable(queue): foundation.queues.by_name[queue.name].url
        for queue in QUEUES
        if queue.producer in OUTSIDE
    }
    return {
        "PAYLOAD_EXPIRY_DAYS": str(foundation.payloads.expiry_days),
        "HANDOVER_RECIPIENT": settings.sun.handover,
        **dead_letters,
        **foreign,
    }


def _database(foundation: Foundation, user: str) -> Environment:
    database = foundation.database
    return {
        "DATABASE_HOST": database.endpoint,
        "DATABASE_PORT": database.port.apply(str),
        "DATABASE_NAME": database.name,
        "DATABASE_USER": user,
        "DATABASE_CA_FILE": _DATABASE_CA_FILE,
    }
