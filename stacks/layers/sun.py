"""Who follows the sun: the region's controller, which with those of the others moves traffic and the writer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi

from infra.database_login import wherever
from infra.function import Function, FunctionArgs
from infra.function_code import function_code
from infra.page_topic import PageTopic, PageTopicArgs
from infra.schedule import Schedule, ScheduleArgs
from infra.statements import Statement
from infra.tags import DataClass
from stacks.layers.database import NAME as DATABASE
from stacks.layers.upstream import Upstream
from stacks.schema import NAMESPACE, Settings

_HANDLER = "services.sun.function.handle"
_SOURCE = Path(__file__).resolve().parents[2]
_EVERY_MINUTES = 5
_LOG_RETENTION_DAYS = 90

# A call that is not done when the next is due would only keep it waiting.
_TIMEOUT_SECONDS = _EVERY_MINUTES * 60 - 30


@dataclass(frozen=True)
class Sun:
    """The controller, for whoever watches it."""

    function: pulumi.Output[str]
    every_minutes: int = _EVERY_MINUTES


def build(settings: Settings, upstream: Upstream) -> Sun:
    """Declare the controller, its clock, and the topic on which it calls for a human."""
    name, tags = settings.name("sun"), settings.tags(DataClass.INTERNAL, "sun")
    page = PageTopic(f"{name}-page", PageTopicArgs(settings.sun.page, settings.placement, tags))
    function = Function(
        name,
        FunctionArgs(
            code=upstream.regions.apply(_code),
            handler=_HANDLER,
            environment={
                "REGION_NAME": settings.region.name,
                "SUN_MODE": settings.sun.mode,
                "SUN_REGIONS": pulumi.Output.json_dumps(upstream.regions),
                "SUN_ZONE_ID": upstream.zone_id,
                "SUN_RECORD_NAME": upstream.api_domain,
                "SUN_GLOBAL_CLUSTER": upstream.global_cluster,
                "SUN_DATABASE_NAME": DATABASE,
                "SUN_DATABASE_SECRET": upstream.sun_login_arn,
                "SUN_TABLE": upstream.sun_table,
                "SUN_TABLE_REGION": upstream.sun_table_region,
                "SUN_PAGE_TOPIC": page.arn,
            },
            grants=list(_grants(settings, upstream, page)),
            memory_mb=256,
            timeout_seconds=_TIMEOUT_SECONDS,
            # Two at a time would be two minds; the lease keeps regions apart, this one region's calls.
            concurrency=1,
            # The next call looks at the world anew; a step that went wrong is for a human, not for a retry.
            attempts_after_failure=0,
            newest_seconds=_EVERY_MINUTES * 60,
            log_retention_days=_LOG_RETENTION_DAYS,
            placement=settings.placement,
            tags=tags,
        ),
    )
    Schedule(name, ScheduleArgs(_EVERY_MINUTES, function.arn, function.dead_letter_arn, settings.placement, tags))
    return Sun(function.name)


def _code(regions: Sequence[Mapping[str, str]]) -> pulumi.AssetArchive:
    return function_code(_SOURCE, _HANDLER, sorted({region["timeZone"] for region in regions}))


def _grants(settings: Settings, upstream: Upstream, page: PageTopic) -> Iterator[Statement]:
    yield from _traffic(upstream)
    yield from _writer(settings, upstream)
    yield from _admission(settings, upstream)
    yield from _table(upstream)
    yield Statement("CallForHuman", ["sns:Publish"], [page.arn])
    yield Statement(
        "EncryptPages",
        ["kms:GenerateDataKey", "kms:Decrypt"],
        [page.key_arn],
        conditions={"StringEquals": {"kms:ViaService": f"sns.{settings.aws_region}.amazonaws.com"}},
    )


def _traffic(upstream: Upstream) -> Iterator[Statement]:
    zone = pulumi.Output.concat("arn:aws:route53:::hostedzone/", upstream.zone_id)
    yield Statement("SeeRecords", ["route53:ListResourceRecordSets"], [zone])
    prefix = "route53:ChangeResourceRecordSets"
    yield Statement(
        "WeighRegions",
        [prefix],
        [zone],
        conditions={
            "ForAllValues:StringEquals": {
                f"{prefix}NormalizedRecordNames": [upstream.api_domain],
                f"{prefix}RecordTypes": ["CNAME"],
                f"{prefix}Actions": ["UPSERT"],
            }
        },
    )
    # The checks are the regions' own, and their ids known to nobody else.
    yield Statement("SeeHealth", ["route53:GetHealthCheckStatus"], ["arn:aws:route53:::healthcheck/*"])


def _writer(settings: Settings, upstream: Upstream) -> Iterator[Statement]:
    account = settings.placement.account
    whole = pulumi.Output.concat(f"arn:aws:rds::{account}:global-cluster:", upstream.global_cluster)
    members = _members(settings)
    yield Statement("SeeGlobalCluster", ["rds:DescribeGlobalClusters"], [whole])
    yield Statement("SeeMembers", ["rds:DescribeDBClusters"], [members])
    yield Statement("SeeLag", ["cloudwatch:GetMetricStatistics"], ["*"])
    yield Statement("MoveWriter", ["rds:FailoverGlobalCluster", "rds:SwitchoverGlobalCluster"], [whole, members])


def _admission(settings: Settings, upstream: Upstream) -> Iterator[Statement]:
    # The writer may be any region's member, and is asked with the copy of the login that lies beside it.
    yield Statement("TellWriter", ["rds-data:ExecuteStatement"], [_members(settings)])
    yield Statement("SignIn", ["secretsmanager:GetSecretValue"], [wherever(upstream.sun_login_arn)])
    through = {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com"}}
    yield Statement("DecryptLogin", ["kms:Decrypt"], [wherever(upstream.sun_login_key_arn)], conditions=through)


def _members(settings: Settings) -> str:
    # Each region's is called after it; those to come have to be found too.
    return f"arn:aws:rds:*:{settings.placement.account}:cluster:{NAMESPACE}-*"


def _table(upstream: Upstream) -> Iterator[Statement]:
    # What is done only as long as the lease is held is one transaction, of which each part is a right of its own.
    actions = ("ConditionCheckItem", "DeleteItem", "PutItem", "Query", "UpdateItem")
    yield Statement("HoldLease", [f"dynamodb:{action}" for action in actions], [upstream.sun_table_arn])
    through_dynamodb = pulumi.Output.concat("dynamodb.", upstream.sun_table_region, ".amazonaws.com")
    yield Statement(
        "ReadAndWriteUnderKey",
        ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
        [upstream.sun_table_key_arn],
        conditions={"StringEquals": {"kms:ViaService": through_dynamodb}},
    )
