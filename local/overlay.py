"""What the outside world is on one machine: the only settings of a stack that a local run replaces."""

from typing import Any

from local.machine.layout import Layout

CCP_HOST, CCP_PORT = 2, 8080
MAIL_HOST, MAIL_PORT = 3, 8080


def overlay(layout: Layout) -> dict[str, Any]:
    """Settings by their full key, laid over those of the stack's file."""
    return {
        "cloud-sales:ccp.url": f"http://{layout.address(CCP_HOST)}:{CCP_PORT}",
        "cloud-sales:mail.evidenceWindowSeconds": 75,
    }
