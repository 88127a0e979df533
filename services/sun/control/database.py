"""The global database through RDS, and its lag through CloudWatch."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from services.sun.control.facts import UNKNOWN, Cluster, Member
from services.sun.control.ports import Database, Refused

_LAG_OVER = timedelta(minutes=5)
_LAG_PERIOD = timedelta(minutes=1)

Clients = Callable[[str, str], Any]
"""A client for a service in an AWS region."""


class GlobalDatabase(Database):
    """One global cluster, whose members are told apart by their regions.

    Args:
        clients: gives clients that try again by themselves.
        single: gives clients that never do.
        identifier: of the global cluster.
        own: the AWS region in which this runs.
        names: our names of regions, by AWS's.
    """

    def __init__(self, clients: Clients, single: Clients, identifier: str, own: str, names: Mapping[str, str]) -> None:
        self._clients, self._single, self._identifier, self._own = clients, single, identifier, own
        self._names = names
        self._places = {name: aws_region for aws_region, name in names.items()}
        self._arns: dict[str, str] = {}

    def read(self) -> Cluster | None:
        """The global cluster as this region sees it, and each member as its own does."""
        return self._read(self._clients, self._described)

    def glance(self) -> Cluster | None:
        """One call; of what only the members' own regions know nothing is known."""
        return self._read(self._single, lambda _: {})

    def _read(self, clients: Clients, described: Callable[[str], Mapping[str, Any]]) -> Cluster | None:
        try:
            found = clients("rds", self._own).describe_global_clusters(GlobalClusterIdentifier=self._identifier)
        except (BotoCoreError, ClientError):
            return None
        cluster = next(iter(found["GlobalClusters"]), None)
        if cluster is None:
            return None
        members = tuple(self._member(told, described(told["DBClusterArn"])) for told in cluster["GlobalClusterMembers"])
        self._arns = {member.region: member.arn for member in members}
        return Cluster(cluster["Status"], bool(cluster.get("FailoverState", {}).get("Status")), members)

    def lag(self, region: str, now: datetime) -> timedelta | None:
        """`AuroraGlobalDBReplicationLag` of the copy, in milliseconds, which its own region keeps."""
        if region not in self._arns or region not in self._places:
            return None
        try:
            answer = self._clients("cloudwatch", self._places[region]).get_metric_statistics(
                Namespace="AWS/RDS",
                MetricName="AuroraGlobalDBReplicationLag",
                Dimensions=[{"Name": "DBClusterIdentifier", "Value": _identifier(self._arns[region])}],
                StartTime=now - _LAG_OVER,
                EndTime=now,
                Period=int(_LAG_PERIOD.total_seconds()),
                Statistics=["Maximum"],
            )
        except (BotoCoreError, ClientError):
            return None
        points = [point["Maximum"] for point in answer["Datapoints"]]
        return timedelta(milliseconds=max(points)) if points else None

    def switch(self, source: str, target: str) -> None:
        """Ask the source's region."""
        rds = self._single("rds", self._places[source])
        _ask(rds.switchover_global_cluster, self._identifier, self._arns[target])

    def give_up(self, source: str, target: str) -> None:  # noqa: ARG002 - AWS knows who writes
        """Ask the target's region, which need not hear of any other."""
        rds = self._single("rds", self._places[target])
        _ask(rds.failover_global_cluster, self._identifier, self._arns[target], AllowDataLoss=True)

    def _described(self, arn: str) -> Mapping[str, Any]:
        rds = self._clients("rds", arn.split(":")[3])
        try:
            described = rds.describe_db_clusters(DBClusterIdentifier=_identifier(arn))
        except (BotoCoreError, ClientError):
            return {}
        return next(iter(described["DBClusters"]), {})

    def _member(self, told: Mapping[str, Any], cluster: Mapping[str, Any]) -> Member:
        arn = told["DBClusterArn"]
        place = arn.split(":")[3]
        return Member(
            region=self._names.get(place, place),
            arn=arn,
            writes=told["IsWriter"],
            synchronised=told.get("SynchronizationStatus", "connected") == "connected",
            status=cluster.get("Status", UNKNOWN),
            engine_version=cluster.get("EngineVersion", UNKNOWN),
            instances=len(cluster.get("DBClusterMembers", ())),
        )


def _ask(action: Callable[..., Any], identifier: str, target: str, **more: bool) -> None:
    """A client error is a refusal; a server's, or silence, may be either."""
    try:
        action(GlobalClusterIdentifier=identifier, TargetDbClusterIdentifier=target, **more)
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500) < 500:
            raise Refused(str(error)) from error
    except BotoCoreError:
        return


def _identifier(arn: str) -> str:
    return arn.rpartition(":")[2]
