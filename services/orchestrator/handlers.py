"""From a call to whoever carries it out, and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from services.common.api import Call, Download, Handler, Reply
from services.common.database import Database
from services.orchestrator import expiry, listing, objects, timeline
from services.orchestrator.backlog import backlog
from services.orchestrator.callers import Caller
from services.orchestrator.change_restarts import ChangeRestarter
from services.orchestrator.commands import (
    BulkRestart,
    Command,
    Credit,
    Discard,
    Extend,
    Redrive,
    Resend,
    Restart,
    RestartChange,
)
from services.orchestrator.credits import Crediting
from services.orchestrator.discard import Discarder
from services.orchestrator.extend import Extender
from services.orchestrator.handover import showing
from services.orchestrator.kept import KeptObjects
from services.orchestrator.queries import ExpiringQuery, OrdersQuery
from services.orchestrator.queues import DeadLetters
from services.orchestrator.redrive import Redriver
from services.orchestrator.resend import Resender
from services.orchestrator.restarting import Restarting
from services.orchestrator.views import DeadLetterQueues, ExpiringPayloads, PipelineOrders, PipelineTimeline

Given = TypeVar("Given", bound=Command)


def questions(
    database: Database, dead_letters: DeadLetters, kept: KeptObjects, payload_days: int
) -> Mapping[str, Handler]:
    """What operators may look at."""

    def list_orders(call: Call) -> Reply:
        with call.transaction() as connection:
            page = listing.page(connection, call.query(OrdersQuery))
        return Reply.of(PipelineOrders.model_validate(page))

    def get_order(call: Call) -> Reply:
        with call.transaction() as connection:
            order = timeline.order_of(connection, call.id)
        return Reply.of(PipelineTimeline.model_validate(order))

    def list_dead_letters(_: Call) -> Reply:
        return Reply.of(DeadLetterQueues.model_validate({"queues": backlog(database, dead_letters)}))

    def list_expiring(call: Call) -> Reply:
        with call.transaction() as connection:
            page = expiry.expiring(connection, payload_days, call.query(ExpiringQuery))
        return Reply.of(ExpiringPayloads.model_validate(page))

    def get_payload(call: Call) -> Reply:
        found = kept.find(_path(call))
        return Download.named(call.path["name"], kept.read(found), objects.media_type(found.path))

    return {
        "listPipelineOrders": list_orders,
        "getPipelineOrder": get_order,
        "listDeadLetters": list_dead_letters,
        "listHandovers": showing.list_handovers,
        "getHandover": showing.get_handover,
        "getWriter": showing.get_writer,
        "listExpiringPayloads": list_expiring,
        "getPayload": get_payload,
    }


@dataclass(frozen=True)
class Hands:
    """Who carries out what operators set going."""

    restarting: Restarting
    change_restarter: ChangeRestarter
    redriver: Redriver
    discarder: Discarder
    resender: Resender
    crediting: Crediting
    extender: Extender


def writes(hands: Hands) -> Mapping[str, Handler]:
    """What operators may set going."""
    return {
        "restartOrder": _write(Restart, _id, hands.restarting.restart),
        "restartLicenseChange": _write(RestartChange, _id, hands.change_restarter.restart),
        "resendMail": _write(Resend, _id, hands.resender.resend),
        "creditInvoice": _write(Credit, _id, hands.crediting.credit),
        "restartOrders": _restarts(hands.restarting),
        "redriveDeadLetters": _write(Redrive, _queue, hands.redriver.redrive),
        "discardDeadLetters": _write(Discard, _queue, hands.discarder.discard),
        "extendPayload": _write(Extend, _path, hands.extender.extend),
    }


def _write(kind: type[Given], target: Callable[[Call], Any], carry_out: Callable[[Caller, Any, Given], str]) -> Handler:
    def handler(call: Call) -> Reply:
        return Reply(200, carry_out(Caller.of(call), target(call), call.body(kind)))

    return handler


def _restarts(restarting: Restarting) -> Handler:
    def handler(call: Call) -> Reply:
        return Reply(200, restarting.restart_many(Caller.of(call), call.body(BulkRestart)))

    return handler


def _id(call: Call) -> UUID:
    return call.id


def _queue(call: Call) -> str:
    return str(call.path["queue"])


def _path(call: Call) -> str:
    return "{customer}/{order}/{stage}/{name}".format(**call.path)
