"""The one table of handlers."""

from collections.abc import Mapping

from local.host.handlers import (
    cognito,
    cognito_clients,
    dynamodb,
    functions,
    iam,
    kms,
    rds,
    receiving,
    route53,
    s3,
    scheduler,
    secrets,
    ses,
    sns,
    sqs,
)
from local.host.handlers.handler import Handler

HANDLERS: Mapping[str, Handler] = {
    **cognito.HANDLERS,
    **cognito_clients.HANDLERS,
    **dynamodb.HANDLERS,
    **functions.HANDLERS,
    **iam.HANDLERS,
    **kms.HANDLERS,
    **rds.HANDLERS,
    **receiving.HANDLERS,
    **route53.HANDLERS,
    **s3.HANDLERS,
    **scheduler.HANDLERS,
    **secrets.HANDLERS,
    **ses.HANDLERS,
    **sns.HANDLERS,
    **sqs.HANDLERS,
}
