"""How the provider's answers look, and how they get lost."""

import socket
import time

from flask import Response, request

from local.ccp.answer import to_json
from local.ccp.errors import SimulatedError
from local.ccp.faults import Ending, Plan
from local.ccp.ledger import Change, Sale


def json_reply(text: str, status: int = 200) -> Response:
    """A JSON text as it is."""
    return Response(text, status, content_type="application/json")


def made(answer: str, location: str, *, replayed: bool, plan: Plan) -> Response:
    """The answer to what was made; lost, if the plan says so and it was not made before.

    Raises:
        SimulatedError: the plan has it hang.
    """
    if not replayed:
        _end(plan)
    response = json_reply(answer, 201)
    response.headers["Location"] = location
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def sale_record(sale: Sale) -> str:
    """A sale with the very texts of its order and answer in it."""
    names = _names(sale) | {"cancelledAt": sale.cancelled_at}
    return f'{to_json(names)[:-1]}, "order": {sale.request}, "answer": {sale.answer}}}'


def change_record(change: Change) -> str:
    """A change of licences with the very texts of its request and answer in it."""
    names = _names(change) | {"kind": change.kind}
    return f'{to_json(names)[:-1]}, "request": {change.request}, "answer": {change.answer}}}'


def _names(entry: Sale | Change) -> dict[str, object]:
    return {
        "transactionId": entry.transaction_id,
        "idempotencyKey": entry.idempotency_key,
        "reference": entry.reference,
    }


def _end(plan: Plan) -> None:
    match plan.ending:
        case Ending.HANG:
            time.sleep(plan.switches.hang_seconds)
            raise SimulatedError(504)
        case Ending.DROP:
            connection: socket.socket = request.environ["gunicorn.socket"]
            connection.shutdown(socket.SHUT_RDWR)
        case Ending.ANSWER:
            pass
