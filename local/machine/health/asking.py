"""Asking an endpoint, as Route 53's checkers do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import urllib3

from local.machine.health.standing import Finding

CONNECT_SECONDS, ANSWER_SECONDS = 4.0, 2.0
"""Route 53's own (Developer Guide, "How Amazon Route 53 determines whether a health check is healthy")."""
WELL = range(200, 400)
_KINDS = {"HTTP", "HTTPS"}


@dataclass(frozen=True)
class Check:
    """What a health check asks, how often in seconds, and how many answers in a row turn it."""

    host: str
    path: str
    interval: int
    threshold: int

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Self | None:
        """Understood from Route 53's own words; None where it asks nobody by name, or looks into the answer."""
        if config.get("Type") not in _KINDS or "FullyQualifiedDomainName" not in config:
            return None
        return cls(
            config["FullyQualifiedDomainName"],
            config.get("ResourcePath", "/"),
            config.get("RequestInterval", 30),
            config.get("FailureThreshold", 3),
        )


class Asker:
    """Asks by HTTP: nothing on this machine has a certificate."""

    def __init__(self) -> None:
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS)
        self._http = urllib3.PoolManager(timeout=timeout, retries=False)

    def __call__(self, check: Check, place: str) -> Finding:
        """What the place answers in the host's name; whatever goes wrong is its failure."""
        try:
            answer = self._http.request("GET", f"{place}{check.path}", headers={"Host": check.host}, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            return Finding(False, f"Failure: {type(error).__name__}", datetime.now(UTC))  # noqa: FBT003
        well = answer.status in WELL
        text = f"{'Success' if well else 'Failure'}: HTTP Status Code {answer.status}, {answer.reason or ''}"
        return Finding(well, text.rstrip(", "), datetime.now(UTC))
