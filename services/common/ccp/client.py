"""Calls of the CCP's REST API, and what can be known after each: an answer, a refusal for good, or nothing."""

from decimal import Decimal
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from services.common import strict_json
from services.common.ccp.gate import Gate, GateClosed
from services.common.ccp.pauses import Pauses
from services.common.ccp.transport import Deadline, NoAnswer, Patience, Reply, Transport
from services.common.errors import MalformedBody

PATIENCE = Patience()
BUDGET_SECONDS = PATIENCE.budget
"""The longest that one order or change may keep a request waiting for the CCP."""

BUSY = frozenset({401, 403, 407, 409, 425})
"""Refusals of the call, not of what it asks: our sign-in is refused, or a call with the same key is under way."""

Answer = TypeVar("Answer", bound=BaseModel)


class CcpRefused(Exception):
    """The CCP has refused for good; the message is its reason."""


class CcpOutcomeUnknown(Exception):
    """It is not known whether the CCP has done anything; `retry_in` is how many seconds it asked to be left alone."""

    def __init__(self, reason: str, retry_in: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_in = retry_in


class CcpNotCalled(CcpOutcomeUnknown):
    """The CCP was not called, so this attempt has changed nothing."""


class CcpApi:
    """Calls the CCP; safe to share between threads, and one per process, since it remembers how the CCP does.

    `pauses` tells the other processes when the CCP wants to be left alone, and is told by them.
    """

    def __init__(
        self, url: str, patience: Patience = PATIENCE, gate: Gate | None = None, pauses: Pauses | None = None
    ) -> None:
        self._transport = Transport(url, patience, gate or Gate())
        self._patience = patience
        self._pauses = pauses

    def wait(self) -> float:
        """Seconds until the CCP may be called; 0 if it may be now."""
        return self._transport.gate.wait()

    def deadline(self) -> Deadline:
        """The end of everything that one order or change may ask, from now on."""
        return Deadline(self._patience.budget)

    def call(
        self,
        method: str,
        path: str,
        deadline: Deadline,
        body: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """The CCP's answer of success.

        Raises:
            CcpRefused: a 4xx that no repetition can change.
            CcpNotCalled: the CCP is not called for now.
            CcpOutcomeUnknown: no usable answer.
        """
        if self._pauses is not None and (seconds := self._pauses.left()) > 0:
            self._transport.gate.failed(seconds)
        try:
            reply = self._transport.call(method, path, deadline, json=body, headers=headers)
        except GateClosed as closed:
            raise CcpNotCalled(str(closed), closed.seconds) from None
        except NoAnswer as fault:
            if self._pauses is not None and fault.seconds > 0:
                self._pauses.ask(fault.seconds)
            raise CcpOutcomeUnknown(str(fault), fault.seconds) from fault
        if reply.status in (200, 201):
            return reply
        if 400 <= reply.status < 500 and reply.status not in BUSY:
            raise CcpRefused(_reason(reply))
        raise CcpOutcomeUnknown(f"the CCP answered {reply.status}")


def read(model: type[Answer], reply: Reply) -> Answer:
    """The answer as `model`.

    Raises:
        CcpOutcomeUnknown: it is none.
    """
    try:
        return model.model_validate(strict_json.loads(reply.body, fraction=Decimal))
    except ValidationError as fault:
        raise CcpOutcomeUnknown(f"the CCP's answer cannot be read: {fault.error_count()} faults") from None
    except (MalformedBody, ArithmeticError) as fault:
        raise CcpOutcomeUnknown(f"the CCP's answer cannot be read: {fault}") from None


def _reason(reply: Reply) -> str:
    try:
        document = strict_json.loads(reply.body)
    except MalformedBody:
        document = None
    detail = document.get("detail") if isinstance(document, dict) else None
    told = " ".join(detail.split()) if isinstance(detail, str) else ""
    return told if 0 < len(told) <= 500 and told.isprintable() else f"the CCP answered {reply.status}"
