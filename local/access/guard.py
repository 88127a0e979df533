"""The judge before the emulator: an ASGI application that refuses what the caller's role does not allow."""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import uuid4

from ministack.core.iam_actions import access_denied_response

from local.access.calls import Cloud, checks
from local.access.emulated import ACCOUNT, judged, open_session, statements_of
from local.access.errors import PolicyError
from local.access.judgement import Check, Refusal, judge
from local.access.ledger import Ledger
from local.access.request import Request, Signature, header_texts, parameters, signature_in

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[Event, Receive, Send], Awaitable[None]]

GRANTS = "stacks/layers/grants.py, from the needs in services/registry/services.py"
"""Where a developer finds what a workload may do."""

log = logging.getLogger("access")


def guarded(application: Application, cloud: Cloud, ledger: Ledger) -> Application:
    """The same application for those who may; what a role uses, or is refused, goes into the ledger."""

    async def application_or_refusal(scope: Event, receive: Receive, send: Send) -> None:
        signature = None
        if scope["type"] == "http":
            headers = header_texts(scope["headers"])
            signature = signature_in(headers, scope["query_string"])
        if signature is None or not judged(signature.key):
            await application(scope, receive, send)
            return
        body = await body_of(receive)
        query = parameters(scope["query_string"], headers, body)
        request = Request(signature, ACCOUNT, scope["method"], scope["path"], query, headers, body)
        if (why := _fault(request, cloud, ledger)) is None:
            await application(scope, again(body, receive), send)
        else:
            await _refuse(request, why, send)

    return application_or_refusal


def _fault(request: Request, cloud: Cloud, ledger: Ledger) -> str | None:
    """Why the request may not pass; None if it may."""
    role = request.signature.key
    try:
        statements = statements_of(role)
    except PolicyError as error:
        log.error("%s may do nothing: %s", role, error)  # noqa: TRY400 (the message says it all)
        return f"the policies of {role} are not understood: {error}"
    if statements is None:
        return f"{role} is no role that the program has declared"
    open_session(role)
    for check in checks(request, cloud):
        found = judge(check, statements)
        if isinstance(found, Refusal):
            ledger.refuse(role, found)
            why = explanation(role, check, found)
            log.warning("refused: %s", why)
            return why
        ledger.use(role, found)
    return None


def explanation(role: str, check: Check, refusal: Refusal) -> str:
    """The refusal in words for whoever wrote the call."""
    how = f"the statement {refusal.sid} denies it" if refusal.sid is not None else "no statement of its role allows it"
    given = ", ".join(f"{key}={value}" for key, value in check.context.items())
    told = f" with {given}" if given else ""
    return f"{role} is not authorized to perform {check.action} on {check.resource}{told}: {how} (see {GRANTS})"


async def _refuse(request: Request, why: str, send: Send) -> None:
    signature = request.signature
    status, headers, body = access_denied_response(
        _protocol_of(signature, request.path), "", signature.key, str(uuid4()), message=why, headers=request.headers
    )
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})


def _protocol_of(signature: Signature, path: str) -> str:
    """The emulator's name for the service: it speaks of the two APIs of SES as two."""
    return "sesv2" if signature.service == "ses" and path.startswith("/v2/") else signature.service


async def body_of(receive: Receive) -> bytes:
    """The whole body, which cannot be received a second time."""
    parts = []
    more = True
    while more:
        event = await receive()
        parts.append(event.get("body", b""))
        more = event.get("more_body", False)
    return b"".join(parts)


def again(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read already, and then what else comes."""
    left = [body]

    async def replayed() -> Event:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return replayed
