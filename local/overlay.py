"""What the outside world is on one machine: the only settings of a stack that a local run replaces.

Services that only read and write the database run as one pod, as does the one that takes the few mails that come in: a
second one shows nothing new and takes memory.
"""

from typing import Any

from local.machine.layout import Layout
from services.registry import SERVICES, Need, Role

CCP_HOST, CCP_PORT = 2, 8080
MAIL_HOST, MAIL_PORT = 3, 8080


def overlay(layout: Layout) -> dict[str, Any]:
    """Settings by their full key, laid over those of the stack's file."""
    one_pod = {
        f"cloud-sales:workloads.{service.name}.minReplicas": 1
        for service in SERVICES
        if (service.role is Role.WEB and not service.needs & {Need.CCP, Need.OPERATIONS})
        or Need.INBOUND in service.needs
    }
    return {
        **one_pod,
        "cloud-sales:ccp.url": f"http://{layout.address(CCP_HOST)}:{CCP_PORT}",
        "cloud-sales:mail.evidenceWindowSeconds": 75,
    }
