"""What the outside world is on one machine: the only settings of a stack that a local run replaces.

Services that only read and write the database run as one pod, as does the one that takes the few mails that come in: a
second one shows nothing new and takes memory. With several regions all do, so that two cores carry them, and whoever
follows the sun acts.
"""

from typing import Any

from local.machine.layout import Layout
from services.registry import SERVICES, Need, Role

CCP_HOST, CCP_PORT = 2, 8080
MAIL_HOST, MAIL_PORT = 3, 8080
EDGE_HOST, EDGE_PORT = 4, 8080
"""Of a region's own subnet; the edge of one region alone is on the public port."""


def overlay(layout: Layout) -> dict[str, Any]:
    """Settings by their full key, laid over those of the stack's file.

    Args:
        layout: the region's; the machine's, if it runs alone.
    """
    several = bool(layout.region)
    layout = layout.machine
    one_pod = {
        f"cloud-sales:workloads.{service.name}.minReplicas": 1
        for service in SERVICES
        if several
        or (service.role is Role.WEB and not service.needs & {Need.CCP, Need.OPERATIONS})
        or Need.INBOUND in service.needs
    }
    return {
        **one_pod,
        **({"cloud-sales:sun.mode": "act"} if several else {}),
        "cloud-sales:ccp.url": f"http://{layout.address(CCP_HOST)}:{CCP_PORT}",
        "cloud-sales:mail.evidenceWindowSeconds": 75,
    }
