"""Who spoke to whom in a network: its flow logs, encrypted, and forgotten after their period."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.key import EncryptionKey, EncryptionKeyArgs
from infra.log_group import LogGroup, LogGroupArgs, log_encryption
from infra.placement import Placement
from infra.statements import Statement, document
from infra.tags import Tags


@dataclass(frozen=True)
class FlowLogsArgs:
    """What flow logs need to be told."""

    vpc_id: pulumi.Input[str]
    retention_days: int
    placement: Placement
    tags: Tags


class FlowLogs(pulumi.ComponentResource):
    """Every accepted and refused connection of a VPC, in a log group under a key of its own."""

    def __init__(self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:FlowLogs", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        logs = f"/aws/vpc/{name}"
        key = EncryptionKey(
            f"{name}-flows",
            EncryptionKeyArgs(
                f"Flow logs of {name}", args.placement, args.tags, uses=[log_encryption(args.placement, logs)]
            ),
            child,
        )
        group = LogGroup(logs, LogGroupArgs(key.arn, args.retention_days, args.tags), child)
        role = aws.iam.Role(
            f"{name}-flows",
            name=f"{name}-flows",
            assume_role_policy=document(_trust(args.placement)),
            tags=args.tags.as_tags(),
            opts=child,
        )
        write = Statement(
            "WriteFlows",
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [group.arn, pulumi.Output.concat(group.arn, ":*")],
        )
        written = aws.iam.RolePolicy(
            f"{name}-flows", name=f"{name}-flows", role=role.name, policy=document(write), opts=child
        )
        aws.ec2.FlowLog(
            name,
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=60,
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[written]),
        )
        self.register_outputs({})


def _trust(placement: Placement) -> Statement:
    return Statement(
        "FlowLogsOfThisAccount",
        ["sts:AssumeRole"],
        [],
        principal={"Service": "vpc-flow-logs.amazonaws.com"},
        conditions={"StringEquals": {"aws:SourceAccount": placement.account}},
    )
