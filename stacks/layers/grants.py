"""What each service may do in AWS: exactly what its needs and its queues in the registry call for.

Every one of these is used in the end-to-end run, or stands with its reason in `tests/e2e/test_access.py`.
"""

from collections.abc import Iterator
from typing import assert_never

from infra.statements import Statement
from services.registry import INBOUND_PREFIX, OUTSIDE, QUEUES, SECRETS_CONTEXT, Need, Queue, Service, queues_of
from stacks.layers import payload_grants
from stacks.layers.foundation import Foundation
from stacks.schema import Settings


def grants_of(service: Service, settings: Settings, foundation: Foundation) -> list[Statement]:
    """All that the service may do."""
    grants = [grant for need in sorted(service.needs) for grant in _grants(need, service, settings, foundation)]
    # Who hands over reads only what S3 has just said is there.
    misses = not _sends(service)
    return [*grants, *payload_grants.beside(grants, settings, foundation.payloads, misses=misses)]


def _grants(  # noqa: C901, PLR0912 - one case for each need
    need: Need, service: Service, settings: Settings, foundation: Foundation
) -> Iterator[Statement]:
    payloads = foundation.payloads
    match need:
        case Need.DATABASE:
            yield _connect(settings, foundation.database.application_user)
        case Need.DATABASE_OWNER:
            yield _connect(settings, foundation.database.owner_user)
        case Need.PAYLOADS:
            yield payload_grants.read("Payloads", payloads, "*.json")
            yield from _use_queues(service, foundation)
            if _sends(service):
                yield payload_grants.write("Payloads", payloads, "*.json")
        case Need.DOCUMENTS:
            # What is written is compared with what was written before.
            yield payload_grants.read("Documents", payloads, "*.pdf", "*.xml")
            yield payload_grants.write("Documents", payloads, "*.pdf", "*.xml")
        case Need.NUMBERS:
            yield payload_grants.read("Numbers", payloads, "numbers/*")
            yield payload_grants.write("Numbers", payloads, "numbers/*")
        case Need.MAIL:
            yield _send_mail(foundation)
        case Need.OPERATIONS:
            yield _empty_dead_letters(foundation)
            yield _put_events_back(foundation)
            yield payload_grants.write("Payloads", payloads, "*.json")
        case Need.DIRECTORY:
            people = ("CreateUser", "DisableUser", "EnableUser", "GetUser", "SetUserPassword", "UserGlobalSignOut")
            yield _manage_users(foundation, *people)
        case Need.PASSWORDS:
            yield _manage_users(foundation, "GetUser", "SetUserPassword", "UserGlobalSignOut")
        case Need.SECRETS:
            yield _use_secrets_key(foundation, "kms:GenerateDataKey", "kms:Decrypt")
        case Need.SEALED:
            yield _use_secrets_key(foundation, "kms:Decrypt")
        case Need.PRINTED:
            yield payload_grants.read("Documents", payloads, "*.pdf", "*.xml")
        case Need.INBOUND:
            yield payload_grants.read("InboundMail", payloads, f"{INBOUND_PREFIX}*")
            yield from _use_queues(service, foundation)
        case Need.LOGIN:
            yield from _read_login(settings, foundation)
        case Need.TOKENS | Need.CCP:
            return
        case _:
            assert_never(need)


def _connect(settings: Settings, user: str) -> Statement:
    # The writer may be any region's member, whose id this region does not know; in our account there are no others.
    users = f"arn:aws:rds-db:*:{settings.placement.account}:dbuser:*/{user}"
    return Statement("ConnectToDatabase", ["rds-db:connect"], [users])


def _use_queues(service: Service, foundation: Foundation) -> Iterator[Statement]:
    arns = {name: queue.arn for name, queue in foundation.queues.by_name.items()}
    received = [arns[queue.name] for queue in queues_of(service.name) if queue.consumer == service.name]
    if sent := _sends(service):
        yield Statement("SendToQueues", ["sqs:SendMessage"], [arns[queue.name] for queue in sent])
    if received:
        consume = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"]
        yield Statement("ReceiveFromQueues", consume, received)


def _sends(service: Service) -> list[Queue]:
    return [queue for queue in queues_of(service.name) if queue.producer == service.name]


def _put_events_back(foundation: Foundation) -> Statement:
    # What a service of ours has sent, its producer sends again; SES never does.
    foreign = [foundation.queues.by_name[queue.name].arn for queue in QUEUES if queue.producer in OUTSIDE]
    return Statement("PutEventsBack", ["sqs:SendMessage"], foreign)


def _empty_dead_letters(foundation: Foundation) -> Statement:
    return Statement(
        "EmptyDeadLetterQueues",
        ["sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
        [queue.dead_letter_arn for queue in foundation.queues.by_name.values()],
    )


def _send_mail(foundation: Foundation) -> Statement:
    mail = foundation.mail
    # SES asks for the second right when a message comes as MIME, which one with an attachment does.
    return Statement(
        "SendMail",
        ["ses:SendEmail", "ses:SendRawEmail"],
        [mail.identity_arn, mail.configuration_set_arn],
        conditions={"StringEquals": {"ses:FromAddress": mail.sender}},
    )


def _manage_users(foundation: Foundation, *actions: str) -> Statement:
    pool = foundation.identity.user_pool_arn
    return Statement("ManageUsers", [f"cognito-idp:Admin{action}" for action in actions], [pool])


def _use_secrets_key(foundation: Foundation, *actions: str) -> Statement:
    in_context = {f"kms:EncryptionContext:{name}": value for name, value in SECRETS_CONTEXT.items()}
    key = foundation.secrets.key_arn
    return Statement("KeepSecrets", actions, [key], conditions={"StringEquals": in_context})


def _read_login(settings: Settings, foundation: Foundation) -> Iterator[Statement]:
    secrets = foundation.secrets
    yield Statement("ReadLogin", ["secretsmanager:GetSecretValue"], [secrets.login_arn])
    through = {"StringEquals": {"kms:ViaService": f"secretsmanager.{settings.aws_region}.amazonaws.com"}}
    yield Statement("DecryptLogin", ["kms:Decrypt"], [secrets.login_key_arn], conditions=through)
