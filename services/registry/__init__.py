"""Every deployable of the product, as pure data: the one list from which queues, dead-letter queues, grants, Kubernetes
workloads, routes and local processes follow.

Adding a service means one folder in `services/` and one entry here.
"""

from services.registry.callers import (
    ADMIN,
    CUSTOMER,
    OPERATOR,
    PUBLIC,
    RESOURCE_SERVER,
    SCOPES,
    SERVICE,
    SIGNED_IN,
    STAFF,
    STAFF_GROUPS,
    SUPPORT,
    Caller,
    Scope,
)
from services.registry.model import Need, Queue, Role, Route, Service
from services.registry.queues import (
    FEWEST_RECEIVES,
    MAIL_PATIENCE_SECONDS,
    OUTSIDE,
    PATIENCE_SECONDS,
    QUEUES,
    SES_EVENTS,
    SES_RECEIPT,
    dead_letter_variable,
    queue_variable,
    queues_of,
)
from services.registry.services import INBOUND_PREFIX, SECRETS_CONTEXT, SERVICES, service

__all__ = [
    "ADMIN",
    "CUSTOMER",
    "FEWEST_RECEIVES",
    "INBOUND_PREFIX",
    "MAIL_PATIENCE_SECONDS",
    "OPERATOR",
    "OUTSIDE",
    "PATIENCE_SECONDS",
    "PUBLIC",
    "QUEUES",
    "RESOURCE_SERVER",
    "SCOPES",
    "SECRETS_CONTEXT",
    "SERVICE",
    "SERVICES",
    "SES_EVENTS",
    "SES_RECEIPT",
    "SIGNED_IN",
    "STAFF",
    "STAFF_GROUPS",
    "SUPPORT",
    "Caller",
    "Need",
    "Queue",
    "Role",
    "Route",
    "Scope",
    "Service",
    "dead_letter_variable",
    "queue_variable",
    "queues_of",
    "service",
]
