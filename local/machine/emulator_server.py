"""The AWS emulator with queues that survive SIGKILL, with rights, and with health checks that are made:
`python -m local.machine.emulator_server <messages.sqlite3> <access.jsonl> <stand-ins.json>`.

The emulator writes its state down only when it ends in an orderly way. For what a stack declares that is enough, but
SQS never loses a message that it has accepted, and services may rely on that. So no answer of a POST leaves before the
queues' messages are in a file. Refresh tokens are checked as Cognito checks them. What a workload's role does not
allow is refused (see `local.access`). The health checks of Route 53 ask what answers here (see `local.machine.health`),
RDS moves the servers that play its clusters (see `local.machine.aurora`), and its Data API runs statements on them (see
`local.machine.data_api`).
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ministack import app as emulator
from ministack.core import lambda_runtime
from ministack.services import cognito, rds, route53, secretsmanager, sqs

from local.access.emulated import Emulated, credentials_of_function
from local.access.guard import Application, Event, Receive, Send, guarded
from local.access.ledger import Ledger
from local.machine.aurora import lag
from local.machine.aurora.emulated import Aurora
from local.machine.data_api.answer import with_data_api
from local.machine.health.answer import with_status
from local.machine.health.asking import Asker, Check
from local.machine.health.checker import Checker
from local.machine.message_store import MessageStore
from local.machine.refresh_tokens import exact
from local.machine.stand_ins import StandIns


def durable(application: Application, store: MessageStore) -> Application:
    """The same ASGI application with its queues kept in the store."""

    async def kept(scope: Event, receive: Receive, send: Send) -> None:
        async def after_keeping(event: Event) -> None:
            if event["type"] == "lifespan.startup.complete":
                for arn, queue in _queues():
                    queue["messages"] = store.restore(arn, queue["messages"])
            elif event["type"] == "http.response.start" and scope["method"] == "POST":
                store.keep({arn: queue["messages"] for arn, queue in _queues()})
            await send(event)

        await application(scope, receive, after_keeping)

    return kept


def _queues() -> Iterator[tuple[str, dict[str, Any]]]:
    for _, queue in sqs._queues.all_items():  # noqa: SLF001 (the emulator offers no other way to its messages)
        yield queue["attributes"]["QueueArn"], queue


def _declared() -> dict[str, dict[str, Any]]:
    return {check["id"]: check["config"] for check in route53._health_checks.to_dict().values()}  # noqa: SLF001 (same)


def _has_endpoint(cluster: str) -> bool:
    found = rds._resolve_cluster(cluster)  # noqa: SLF001 (same)
    return found is not None and bool(found.get("HttpEndpointEnabled"))


def _checks() -> dict[str, Check]:
    understood = ((check_id, Check.of(config)) for check_id, config in _declared().items())
    return {check_id: check for check_id, check in understood if check is not None}


if __name__ == "__main__":
    cognito._refresh_auth_user = exact(cognito._refresh_auth_user)  # noqa: SLF001 (nor is there one to this)
    # The emulator's modules for functions take it from here when they are first used.
    lambda_runtime.execution_credentials = credentials_of_function(lambda_runtime.execution_credentials)
    stand_ins, ledger, messages = Path(sys.argv.pop()), Path(sys.argv.pop()), Path(sys.argv.pop())
    rds._get_docker = lambda: None  # noqa: SLF001 (our servers play the databases, and no containers do)
    Aurora(lambda: StandIns.load(stand_ins)).into(rds._ACTION_MAP)  # noqa: SLF001
    lag.watch(lambda: StandIns.load(stand_ins))
    checker = Checker(_checks, lambda: StandIns.load(stand_ins).hosts, Asker())
    checker.start()
    whole = with_status(
        durable(emulator.app, MessageStore(messages)), lambda check_id: check_id in _declared(), checker.standing
    )
    whole = with_data_api(whole, lambda: StandIns.load(stand_ins), _has_endpoint, secretsmanager.resolve_secret_string)
    emulator.app = guarded(whole, Emulated(), Ledger(ledger))
    emulator.main()
