"""`ExecuteStatement` of the Data API for the clusters that servers of this machine play."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from local.access.guard import Application, Event, Receive, Send, again, body_of
from local.machine.data_api.execution import execute
from local.machine.data_api.faults import Fault, bad_request
from local.machine.data_api.statement import Statement
from local.machine.stand_ins import StandIns

_PATH = "/Execute"


def with_data_api(
    application: Application,
    stand_ins: Callable[[], StandIns],
    enabled: Callable[[str], bool],
    secret: Callable[[str], str | None],
) -> Application:
    """The same ASGI application, which runs statements.

    Args:
        application: knows what to say of other clusters, and of other calls.
        stand_ins: who plays which cluster by now.
        enabled: whether the cluster of that ARN has the endpoint.
        secret: what the secret of that ARN holds, if there is one.
    """

    def login(statement: Statement) -> str:
        if not enabled(statement.cluster):
            raise Fault("HttpEndpointNotEnabledException", f"The HTTP endpoint of {statement.cluster} is off.")
        if statement.secret.split(":")[3:4] != statement.cluster.split(":")[3:4]:
            raise bad_request("The secret and the cluster are not in the same region.")
        kept = secret(statement.secret)
        if kept is None:
            raise Fault("SecretsErrorException", f"There is no secret {statement.secret}.")
        return kept

    async def answered(scope: Event, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (scope["method"], scope["path"]) != ("POST", _PATH):
            await application(scope, receive, send)
            return
        body = await body_of(receive)
        told = _told(body)
        server = stand_ins().servers.get(str(told.get("resourceArn")))
        if server is None:
            await application(scope, again(body, receive), send)
            return
        try:
            statement = Statement.of(told)
            kept = login(statement)
            await _send(send, 200, await asyncio.to_thread(execute, statement, server, kept))
        except Fault as fault:
            await _send(send, fault.status, {"message": str(fault)}, fault.code)

    return answered


def _told(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


async def _send(send: Send, status: int, answer: dict[str, Any], code: str = "") -> None:
    body = json.dumps(answer).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if code:
        headers.append((b"x-amzn-errortype", code.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
