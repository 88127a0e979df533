"""A clock that calls one function, again and again."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults
from infra.placement import Placement
from infra.statements import Statement, document
from infra.tags import Tags


@dataclass(frozen=True)
class ScheduleArgs:
    """What a schedule needs to be told; a call that could not be made goes to `dead_letter_arn`."""

    minutes: int
    function_arn: pulumi.Input[str]
    dead_letter_arn: pulumi.Input[str]
    placement: Placement
    tags: Tags
    retries: int = 2

    def __post_init__(self) -> None:
        refuse_faults(
            "Schedule",
            minutes=outside(self.minutes, 1, 1440, "minutes"),
            retries=outside(self.retries, 0, 185, "retries"),
        )


class Schedule(pulumi.ComponentResource):
    """A schedule at a fixed rate, in a group of its own: the trust of its role can name a group, not a schedule."""

    def __init__(self, name: str, args: ScheduleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Schedule", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = aws.scheduler.ScheduleGroup(name, name=name, tags=args.tags.as_tags(), opts=child)
        role = aws.iam.Role(
            f"{name}-schedule",
            name=f"{name}-schedule",
            assume_role_policy=document(_trust(name, args.placement)),
            tags=args.tags.as_tags(),
            opts=child,
        )
        allowed = aws.iam.RolePolicy(
            f"{name}-schedule",
            name=f"{name}-schedule",
            role=role.name,
            policy=document(
                Statement("CallFunction", ["lambda:InvokeFunction"], [args.function_arn]),
                Statement("KeepDeadLetters", ["sqs:SendMessage"], [args.dead_letter_arn]),
            ),
            opts=child,
        )
        unit = "minute" if args.minutes == 1 else "minutes"
        aws.scheduler.Schedule(
            name,
            name=name,
            group_name=group.name,
            schedule_expression=f"rate({args.minutes} {unit})",
            flexible_time_window={"mode": "OFF"},
            target={
                "arn": args.function_arn,
                "role_arn": role.arn,
                # Once the next call is due, a late one is worth nothing.
                "retry_policy": {
                    "maximum_retry_attempts": args.retries,
                    "maximum_event_age_in_seconds": args.minutes * 60,
                },
                "dead_letter_config": {"arn": args.dead_letter_arn},
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[allowed]),
        )
        self.register_outputs({})


def _trust(name: str, placement: Placement) -> Statement:
    return Statement(
        "ThisGroupOfSchedules",
        ["sts:AssumeRole"],
        [],
        principal={"Service": "scheduler.amazonaws.com"},
        conditions={
            "StringEquals": {
                "aws:SourceAccount": placement.account,
                "aws:SourceArn": placement.arn("scheduler", f"schedule-group/{name}"),
            }
        },
    )
