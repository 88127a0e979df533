"""What each service may do in AWS: exactly what its needs and its queues in the registry call for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

import pulumi

from infra.access import WorkloadAccess, WorkloadAccessArgs
from infra.statements import Statement
from infra.tags import DataClass
from services.registry import INBOUND_PREFIX, OUTSIDE, QUEUES, SECRETS_CONTEXT, SERVICES, Need, Service, queues_of
from stacks.layers.cluster import Cluster
from stacks.layers.foundation import Foundation
from stacks.schema import Settings

SCALER_NAMESPACE, SCALER = "keda", "keda-operator"
"""Where KEDA's own chart puts its operator, and its service account there."""


@dataclass(frozen=True)
class Access:
    """The roles; a pod that starts before its role stands gets no credentials."""

    roles: tuple[WorkloadAccess, ...]


def build(settings: Settings, cluster: Cluster, foundation: Foundation) -> Access:
    """Declare a role for every service of the registry, and one for what scales them by the depth of their queues."""
    services = (_service(service, settings, cluster, foundation) for service in SERVICES)
    return Access((_scaler(settings, cluster, foundation), *services))


def _service(service: Service, settings: Settings, cluster: Cluster, foundation: Foundation) -> WorkloadAccess:
    return WorkloadAccess(
        settings.name(service.name),
        WorkloadAccessArgs(
            cluster=cluster.name,
            cluster_arn=cluster.arn,
            namespace=cluster.namespace,
            service_account=service.name,
            grants=[grant for need in sorted(service.needs) for grant in _grants(need, service, settings, foundation)],
            placement=settings.placement,
            tags=settings.tags(DataClass.INTERNAL, service.name),
        ),
    )


def _scaler(settings: Settings, cluster: Cluster, foundation: Foundation) -> WorkloadAccess:
    looked_at = [foundation.queues.by_name[queue.name].arn for queue in QUEUES]
    return WorkloadAccess(
        settings.name(SCALER),
        WorkloadAccessArgs(
            cluster=cluster.name,
            cluster_arn=cluster.arn,
            namespace=SCALER_NAMESPACE,
            service_account=SCALER,
            grants=[Statement("SeeDepthOfQueues", ["sqs:GetQueueAttributes"], looked_at)],
            placement=settings.placement,
            tags=settings.tags(DataClass.INTERNAL),
        ),
    )


def _grants(  # noqa: C901, PLR0912 - one case for each need
    need: Need, service: Service, settings: Settings, foundation: Foundation
) -> Iterator[Statement]:
    match need:
        case Need.DATABASE:
            yield _connect(settings, foundation.database.application_user)
        case Need.DATABASE_OWNER:
            yield _connect(settings, foundation.database.owner_user)
        case Need.PAYLOADS:
            yield from _read_payloads(settings, foundation)
            yield from _use_queues(service, settings, foundation)
        case Need.DOCUMENTS:
            yield from _write("Documents", "*.pdf", settings, foundation)
            yield from _write("EInvoices", "*.xml", settings, foundation)
        case Need.NUMBERS:
            yield from _write("Numbers", "numbers/*", settings, foundation)
        case Need.MAIL:
            yield _send_mail(foundation)
        case Need.OPERATIONS:
            yield _empty_dead_letters(foundation)
            yield _put_events_back(foundation)
            yield from _write("Payloads", "*.json", settings, foundation)
        case Need.DIRECTORY:
            yield _manage_users(foundation)
        case Need.SECRETS:
            yield _keep_secrets(foundation)
        case Need.PRINTED:
            yield from _read_documents(settings, foundation)
        case Need.INBOUND:
            yield from _read_inbound_mail(settings, foundation)
            yield from _use_queues(service, settings, foundation)
        case Need.TOKENS | Need.CCP:
            return
        case _:
            assert_never(need)


def _connect(settings: Settings, user: str) -> Statement:
    # The writer may be any region's member, whose id this region does not know; in our account there are no others.
    users = f"arn:aws:rds-db:*:{settings.placement.account}:dbuser:*/{user}"
    return Statement("ConnectToDatabase", ["rds-db:connect"], [users])


def _use_queues(service: Service, settings: Settings, foundation: Foundation) -> Iterator[Statement]:
    arns = {name: queue.arn for name, queue in foundation.queues.by_name.items()}
    sent = [arns[queue.name] for queue in queues_of(service.name) if queue.producer == service.name]
    received = [arns[queue.name] for queue in queues_of(service.name) if queue.consumer == service.name]
    if sent:
        yield Statement("SendToQueues", ["sqs:SendMessage"], sent)
        yield from _write("Payloads", "*.json", settings, foundation)
    if received:
        consume = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"]
        yield Statement("ReceiveFromQueues", consume, received)


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


def _read_payloads(settings: Settings, foundation: Foundation) -> Iterator[Statement]:
    payloads = foundation.payloads
    yield Statement("ReadPayloads", ["s3:GetObject"], [pulumi.Output.concat(payloads.arn, "/*")])
    # Without the right to list, S3 answers "forbidden" for an object that is missing.
    yield Statement("TellMissingPayloads", ["s3:ListBucket"], [payloads.arn])
    yield _use_key("DecryptPayloads", "kms:Decrypt", settings, foundation)


def _read_inbound_mail(settings: Settings, foundation: Foundation) -> Iterator[Statement]:
    payloads = foundation.payloads
    yield Statement("ReadInboundMail", ["s3:GetObject"], [pulumi.Output.concat(payloads.arn, f"/{INBOUND_PREFIX}*")])
    # As for payloads: what is missing has to be told from what is forbidden.
    yield Statement("TellMissingMail", ["s3:ListBucket"], [payloads.arn])
    yield _use_key("DecryptInboundMail", "kms:Decrypt", settings, foundation)


def _manage_users(foundation: Foundation) -> Statement:
    actions = ("CreateUser", "DisableUser", "EnableUser", "GetUser", "SetUserPassword", "UserGlobalSignOut")
    pool = foundation.identity.user_pool_arn
    return Statement("ManageUsers", [f"cognito-idp:Admin{action}" for action in actions], [pool])


def _read_documents(settings: Settings, foundation: Foundation) -> Iterator[Statement]:
    payloads = foundation.payloads
    documents = [pulumi.Output.concat(payloads.arn, f"/*.{kind}") for kind in ("pdf", "xml")]
    yield Statement("ReadDocuments", ["s3:GetObject"], documents)
    # As for payloads: what is missing has to be told from what is forbidden.
    yield Statement("TellMissingDocuments", ["s3:ListBucket"], [payloads.arn])
    yield _use_key("DecryptDocuments", "kms:Decrypt", settings, foundation)


def _write(what: str, keys: str, settings: Settings, foundation: Foundation) -> Iterator[Statement]:
    yield Statement(f"Write{what}", ["s3:PutObject"], [pulumi.Output.concat(foundation.payloads.arn, f"/{keys}")])
    yield _use_key(f"Encrypt{what}", "kms:GenerateDataKey", settings, foundation)


def _use_key(sid: str, action: str, settings: Settings, foundation: Foundation) -> Statement:
    through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{settings.aws_region}.amazonaws.com"}}
    return Statement(sid, [action], [foundation.payloads.key_arn], conditions=through_s3)


def _keep_secrets(foundation: Foundation) -> Statement:
    in_context = {f"kms:EncryptionContext:{name}": value for name, value in SECRETS_CONTEXT.items()}
    return Statement(
        "KeepSecrets",
        ["kms:GenerateDataKey", "kms:Decrypt"],
        [foundation.secrets.key_arn],
        conditions={"StringEquals": in_context},
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
