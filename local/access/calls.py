"""What a request asks rights for, as AWS's service authorization reference says it.

The emulator knows most of it: which action an operation is, and on which resource. What it does not know of the
services that ours call is added here: batches, mail, encryption contexts, and the key behind an encrypted bucket.
"""

import json
from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any, Protocol

from ministack.core.iam_actions import (
    dynamodb_transaction_checks,
    extract_iam_action,
    extract_resource_arn,
    s3_additional_checks,
)

from local.access import clusters, logins, records
from local.access.judgement import Check
from local.access.request import Request

_SEND_MAIL = ("POST", "/v2/email/outbound-emails")


class Cloud(Protocol):
    """What the emulator holds, as far as a right depends on it."""

    def key_of(self, bucket: str) -> str | None:
        """The ARN of the key that the bucket's objects are encrypted with."""

    def holds(self, bucket: str, key: str) -> bool:
        """Whether the bucket has the object."""

    def key_of_topic(self, topic: str) -> str | None:
        """The ARN of the key that the topic's messages are encrypted with."""

    def key_of_secret(self, secret: str) -> str | None:
        """The ARN of the key that the secret is encrypted with."""

    def identity_of(self, sender: str, region: str) -> str:
        """The name of the identity by which SES lets the address send."""


def checks(request: Request, cloud: Cloud) -> Iterator[Check]:
    """Everything that has to be allowed for the call to go through; what is not recognised no statement names."""
    match request.signature.service:
        case "s3":
            yield from _of_objects(request, cloud)
        case "ses" if (request.method, request.path) == _SEND_MAIL:
            yield from _of_mail(request, cloud)
        case "dynamodb" if parts := dynamodb_transaction_checks(_action(request), request.body, *_place(request)):
            yield from (Check(*part) for part in parts)
        case "route53":
            yield from records.checks(request, _action(request), _resource(request))
        case "rds":
            yield from clusters.checks(request, _action(request), _resource(request))
        case "rds-data" | "secretsmanager":
            yield from logins.checks(request, _action(request), _resource(request), cloud.key_of_secret)
        case "sns":
            yield from _of_topics(request, cloud)
        case "kms":
            yield Check(_action(request), _resource(request), _encryption_context(request))
        case "sqs":
            # A batch is allowed by the right to do one.
            yield Check(_action(request).removesuffix("Batch"), _resource(request))
        case _:
            yield Check(_action(request), _resource(request))


def _of_objects(request: Request, cloud: Cloud) -> Iterator[Check]:
    action, resource = _action(request), _resource(request)
    _, _, place = resource.rpartition(":")
    bucket, _, key = place.partition("/")
    if action == "s3:GetObject" and not cloud.holds(bucket, key):
        # To be told that an object is missing is to be told what the bucket has. Without that right it is "forbidden".
        yield Check(action, resource)
        yield Check("s3:ListBucket", f"arn:aws:s3:::{bucket}")
        return
    yield Check(action, resource)
    named = s3_additional_checks(request.method, request.path, request.headers, request.body, request.query)
    yield from (Check(*one) for one in named)
    if (encrypted_with := cloud.key_of(bucket)) is None:
        return
    through_s3 = {"kms:viaservice": f"s3.{request.signature.region}.amazonaws.com"}
    uses = {"s3:GetObject": ["kms:Decrypt"], "s3:PutObject": ["kms:GenerateDataKey"]}.get(action, [])
    if action == "s3:PutObject" and request.query.keys() & {"uploads", "uploadId"}:
        uses = [*uses, "kms:Decrypt"]  # The parts are put together from what is encrypted already.
    yield from (Check(use, encrypted_with, through_s3) for use in uses)


def _of_topics(request: Request, cloud: Cloud) -> Iterator[Check]:
    action, topic = _action(request), _resource(request)
    yield Check(action, topic)
    if action == "sns:Publish" and (encrypted_with := cloud.key_of_topic(topic)) is not None:
        through_sns = {"kms:viaservice": f"sns.{request.signature.region}.amazonaws.com"}
        yield from (Check(use, encrypted_with, through_sns) for use in ("kms:GenerateDataKey", "kms:Decrypt"))


def _of_mail(request: Request, cloud: Cloud) -> Iterator[Check]:
    mail = _document(request)
    sender = parseaddr(mail.get("FromEmailAddress", ""))[1]
    resources = [request.arn("ses", f"identity/{cloud.identity_of(sender, request.signature.region)}")]
    if configuration_set := mail.get("ConfigurationSetName"):
        resources.append(request.arn("ses", f"configuration-set/{configuration_set}"))
    actions = ["ses:SendEmail"]
    if mail.get("Content", {}).get("Raw"):
        # AWS documents the first alone, and refuses MIME with attachments for want of the second.
        actions.append("ses:SendRawEmail")
    yield from (Check(act, resource, {"ses:fromaddress": sender}) for act in actions for resource in resources)


def _encryption_context(request: Request) -> dict[str, str]:
    context = _document(request).get("EncryptionContext", {})
    return {f"kms:encryptioncontext:{name}".lower(): str(value) for name, value in context.items()}


def _action(request: Request) -> str:
    service = request.signature.service
    found = extract_iam_action(service, request.method, request.path, request.headers, request.body, request.query)
    return str(found) if found else f"{service}:({request.method} {request.path})"


def _resource(request: Request) -> str:
    return str(
        extract_resource_arn(
            request.signature.service,
            request.method,
            request.path,
            request.headers,
            request.body,
            request.query,
            *_place(request),
        )
    )


def _place(request: Request) -> tuple[str, str]:
    return request.signature.region, request.account


def _document(request: Request) -> dict[str, Any]:
    try:
        found = json.loads(request.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
