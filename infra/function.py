"""A Lambda function that starts from a schedule or an event, and that never runs oftener than it may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults, unlike
from infra.key import EncryptionKey, EncryptionKeyArgs
from infra.log_group import LogGroup, LogGroupArgs, log_encryption
from infra.placement import Placement
from infra.queue import dead_letter_queue
from infra.statements import Statement, document
from infra.tags import Tags

_RUNTIME = "python3.13"

_OF_NO_RESOURCE = {"cloudwatch:GetMetricStatistics"}
"""Rights that AWS can grant on every resource only (Service Authorization Reference)."""


@dataclass(frozen=True)
class FunctionArgs:
    """What a function needs to be told.

    Attributes:
        code: see `function_code`.
        handler: the dotted path of what is called.
        environment: its settings; no secrets, which it would read where they are kept.
        grants: all that it may do, beside writing its log and its dead letters.
        concurrency: how many of it run at a time; AWS reserves as many, and refuses the next.
        attempts_after_failure: how often AWS calls it again when it failed.
        newest_seconds: an event that waited longer goes to the dead letters unseen.
    """

    code: pulumi.Input[pulumi.Archive]
    handler: str
    environment: Mapping[str, pulumi.Input[str]]
    grants: Sequence[Statement]
    memory_mb: int
    timeout_seconds: int
    concurrency: int
    attempts_after_failure: int
    newest_seconds: int
    log_retention_days: int
    placement: Placement
    tags: Tags

    def __post_init__(self) -> None:
        broad = [grant.sid for grant in self.grants if _is_broad(grant)]
        reserved = sorted(name for name in self.environment if name.startswith(("AWS_", "LAMBDA_")))
        refuse_faults(
            "Function",
            handler=unlike(self.handler, r"([a-z]\w*\.)+[a-z]\w*", "a dotted path such as shop.clock.tick"),
            environment=f"must leave AWS its own names: {', '.join(reserved)}" if reserved else None,
            grants=f"must not allow everything ({', '.join(broad)})" if broad else None,
            memory_mb=outside(self.memory_mb, 128, 10_240, "MB"),
            timeout_seconds=outside(self.timeout_seconds, 1, 900, "seconds"),
            concurrency=outside(self.concurrency, 1, 100, "at a time"),
            attempts_after_failure=outside(self.attempts_after_failure, 0, 2, "attempts"),
            newest_seconds=outside(self.newest_seconds, 60, 21_600, "seconds"),
        )


class Function(pulumi.ComponentResource):
    """A function with its role, its encrypted log and its dead-letter queue `<name>-dlq`.

    It is not traced: what it does it writes down itself, and tracing can be granted on every resource only.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    dead_letter_arn: pulumi.Output[str]

    def __init__(self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Function", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        logs = f"/aws/lambda/{name}"
        use = log_encryption(args.placement, logs)
        key = EncryptionKey(
            f"{name}-logs", EncryptionKeyArgs(f"Log of {name}", args.placement, args.tags, [use]), child
        )
        group = LogGroup(logs, LogGroupArgs(key.arn, args.log_retention_days, args.tags), child)
        streams = pulumi.Output.concat(group.arn, ":*")
        dead_letters = dead_letter_queue(name, args.tags, child)
        role = aws.iam.Role(
            name,
            name=name,
            assume_role_policy=document(_trust(args.placement)),
            tags=args.tags.as_tags(),
            opts=child,
        )
        allowed = aws.iam.RolePolicy(
            name,
            name=name,
            role=role.name,
            policy=document(
                Statement("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [streams]),
                Statement("KeepDeadLetters", ["sqs:SendMessage"], [dead_letters.arn]),
                *args.grants,
            ),
            opts=child,
        )
        function = aws.lambda_.Function(
            name,
            name=name,
            runtime=_RUNTIME,
            architectures=["arm64"],
            code=args.code,
            handler=args.handler,
            role=role.arn,
            memory_size=args.memory_mb,
            timeout=args.timeout_seconds,
            reserved_concurrent_executions=args.concurrency,
            environment={"variables": args.environment},
            dead_letter_config={"target_arn": dead_letters.arn},
            logging_config={"log_format": "JSON", "log_group": logs},
            tags=args.tags.as_tags(),
            # AWS tries the role before it takes the function.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[allowed, group]),
        )
        aws.lambda_.FunctionEventInvokeConfig(
            name,
            function_name=function.name,
            maximum_retry_attempts=args.attempts_after_failure,
            maximum_event_age_in_seconds=args.newest_seconds,
            opts=child,
        )
        self.name = function.name
        self.arn = function.arn
        self.dead_letter_arn = dead_letters.arn
        self.register_outputs({"name": self.name, "arn": self.arn, "deadLetterArn": self.dead_letter_arn})


def _trust(placement: Placement) -> Statement:
    return Statement(
        "FunctionsOfThisAccount",
        ["sts:AssumeRole"],
        [],
        principal={"Service": "lambda.amazonaws.com"},
        conditions={"StringEquals": {"aws:SourceAccount": placement.account}},
    )


def _is_broad(grant: Statement) -> bool:
    everywhere = "*" in grant.resources and not set(grant.actions) <= _OF_NO_RESOURCE
    return everywhere or "*" in grant.actions
