"""The status of health checks in Route 53."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from services.sun.control.ports import Checks
from services.sun.schedule.regions import Health

ENOUGH = 0.18
"""Of the checkers, more than this make an endpoint healthy: so Route 53 counts (Developer Guide, "How Amazon Route 53
determines whether a health check is healthy")."""
FRESH = timedelta(minutes=3)
"""Checkers ask every ten seconds; one that has been silent for so long tells nothing."""


class Route53Checks(Checks):
    """What the checkers all over the world last saw."""

    def __init__(self, route53: Any) -> None:
        self._route53 = route53

    def health(self, check: str | None, now: datetime) -> Health:
        """Unknown as well where the question itself fails: that we cannot ask says nothing of the region."""
        if check is None:
            return Health.UNKNOWN
        try:
            answer = self._route53.get_health_check_status(HealthCheckId=check)
        except (BotoCoreError, ClientError):
            return Health.UNKNOWN
        return counted(answer.get("HealthCheckObservations", ()), now)


def counted(observations: Iterable[Mapping[str, Any]], now: datetime) -> Health:
    """The health that fresh observations make; unknown without any."""
    reports = [observation.get("StatusReport", {}) for observation in observations]
    fresh = [report for report in reports if "CheckedTime" in report and now - report["CheckedTime"] < FRESH]
    well = sum(str(report.get("Status", "")).startswith("Success") for report in fresh)
    if not fresh:
        return Health.UNKNOWN
    return Health.HEALTHY if well > ENOUGH * len(fresh) else Health.UNHEALTHY
