"""The CCP's REST API as the order service uses it: one call, safe to repeat, with a bounded wait."""

import json
import random
import threading
import time
from dataclasses import dataclass
from uuid import UUID

import urllib3
from pydantic import ValidationError

from services.order.model import CcpSale

CONNECT_SECONDS = 2.0
READ_SECONDS = 8.0
TRIES = 2
LONGEST_PAUSE_SECONDS = 2.0
CALLS = 12
"""Calls at the same time: half of the web server's threads, so that a slow CCP cannot take them all."""
TURN_SECONDS = 1.0
"""How long a call waits for its turn; then the order is kept and the CCP asked later."""
TRANSIENT = frozenset({401, 403, 407, 408, 409, 425, 429})
"""4xx that say nothing of the order: our sign-in is refused, or the CCP is busy."""
BUDGET_SECONDS = 2 * (CONNECT_SECONDS + READ_SECONDS) + LONGEST_PAUSE_SECONDS
"""The longest that a call may take: well below the 29 s after which the API Gateway gives up."""


class CcpRefused(Exception):
    """The CCP has refused the order for good; the message is its reason."""


class CcpOutcomeUnknown(Exception):
    """It is not known whether the CCP has sold anything: ask again with the same key, later."""


@dataclass(frozen=True)
class Purchase:
    """What is bought; `order_id` is the idempotency key and the client reference at the CCP."""

    order_id: UUID
    service_id: UUID
    amount: int
    subscription_id: UUID
    customer_id: UUID


class CcpClient:
    """Calls the CCP; safe to share between threads."""

    def __init__(self, url: str) -> None:
        self._url = f"{url.rstrip('/')}/create-order"
        self._turns = threading.BoundedSemaphore(CALLS)
        self._http = urllib3.PoolManager(
            maxsize=CALLS,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS, total=CONNECT_SECONDS + READ_SECONDS),
        )

    def buy(self, purchase: Purchase) -> CcpSale:
        """The sale, made now or by an earlier call with the same order id.

        Raises:
            CcpRefused: a 4xx that no repetition can change.
            CcpOutcomeUnknown: no usable answer within `BUDGET_SECONDS`, or too many calls wait for theirs.
        """
        if not self._turns.acquire(timeout=TURN_SECONDS):
            raise CcpOutcomeUnknown(f"{CALLS} calls wait for the CCP already")
        try:
            return self._buy(purchase)
        finally:
            self._turns.release()

    def _buy(self, purchase: Purchase) -> CcpSale:
        for attempt in range(TRIES):
            pause = random.uniform(0, LONGEST_PAUSE_SECONDS)  # noqa: S311 - jitter, not a secret
            try:
                response = self._post(purchase)
            except urllib3.exceptions.HTTPError as fault:
                reason = f"the CCP did not answer: {type(fault).__name__}"
            else:
                if response.status in (200, 201):
                    return _sale(response.data)
                if 400 <= response.status < 500 and response.status not in TRANSIENT:
                    raise CcpRefused(_reason(response.data, response.status))
                reason = f"the CCP answered {response.status}"
                pause = max(pause, _retry_after(response))
            if attempt + 1 == TRIES or pause > LONGEST_PAUSE_SECONDS:
                break
            time.sleep(pause)
        raise CcpOutcomeUnknown(reason)

    def _post(self, purchase: Purchase) -> urllib3.BaseHTTPResponse:
        return self._http.request(
            "POST",
            self._url,
            json={
                "serviceId": str(purchase.service_id),
                "amount": purchase.amount,
                "subscriptionId": str(purchase.subscription_id),
                "customerId": str(purchase.customer_id),
            },
            headers={"Idempotency-Key": str(purchase.order_id), "Client-Reference": str(purchase.order_id)},
        )


def _sale(body: bytes) -> CcpSale:
    try:
        return CcpSale.model_validate_json(body)
    except ValidationError as fault:
        raise CcpOutcomeUnknown(f"the CCP's answer cannot be read: {fault.error_count()} faults") from None


def _retry_after(response: urllib3.BaseHTTPResponse) -> float:
    given = response.headers.get("Retry-After", "")
    return float(given) if given.isdecimal() else 0.0


def _reason(body: bytes, status: int) -> str:
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    detail = document.get("detail") if isinstance(document, dict) else None
    return detail if isinstance(detail, str) and len(detail) <= 500 else f"the CCP answered {status}"
