"""What a `Pulumi.<stack>.yaml` says: every key, its type and its limits; all are required and no others are known."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from infra.placement import Placement
from infra.replica_key import PRIMARY
from infra.tags import DataClass, Tags
from services.registry import FEWEST_RECEIVES

NAMESPACE = "cloud-sales"
"""Namespace of the product's keys, and first part of every physical name."""

OWNER = "cloud-sales-platform"
"""The team that answers for everything declared here."""


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        # A machine without time-zone data cannot tell a good name from a bad one.
        if available_timezones():
            raise ValueError("should be a time zone such as Europe/Dublin") from error
    return name


def _trusted_url(url: str) -> str:
    if not re.fullmatch(r"https://[^\s/?#]+(/[^\s?#]*)?|http://127(\.\d{1,3}){3}(:\d+)?", url):
        raise ValueError("should be an https URL; plain http is for a loopback address only")
    return url


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
TrustedUrl = Annotated[str, AfterValidator(_trusted_url)]
Count = Annotated[int, Field(ge=1)]


class Section(BaseModel):
    """One object of the file: keys in camelCase, no conversions between types, nothing unknown."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", alias_generator=to_camel)


class Region(Section):
    """How the region is called and who pays for it."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,9}$")]
    time_zone: TimeZone
    cost_centre: Name


class LandingZone(Section):
    """The network and the cluster that the region is given."""

    database_subnet_group: Name
    database_security_group_ids: Annotated[
        tuple[Annotated[str, Field(pattern=r"^sg-[0-9a-f]{8,17}$")], ...], Field(min_length=1)
    ]
    vpc_link_id: Annotated[str, Field(pattern=r"^[a-z0-9]+$")]
    ingress_listener_arn: Annotated[
        str, Field(pattern=r"^arn:aws:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener/app/[\w/-]+$")
    ]
    kubernetes_context: Annotated[str, Field(min_length=1)]
    kubernetes_namespace: Name
    eks_cluster: Name

    @property
    def placement(self) -> Placement:
        """The account and region that the landing zone lies in, as the ARN of its listener says."""
        _, _, _, region, account, _ = self.ingress_listener_arn.split(":", 5)
        return Placement(account, region)


class Database(Section):
    """The region's member of the global database."""

    global_cluster: Name
    engine_version: Annotated[str, Field(pattern=r"^\d+\.\d+$")]
    instance_class: Annotated[str, Field(pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")]
    instances: Annotated[int, Field(ge=2, le=16)]
    backup_retention_days: Annotated[int, Field(ge=14, le=35)]


class Secrets(Section):
    """The key under which all regions keep secrets in the database that they share.

    Its primary lies in a region that runs nothing of ours, so that none depends on another one; each has a replica.
    """

    primary_key_arn: Annotated[str, Field(pattern=rf"^{PRIMARY}$")]

    @property
    def placement(self) -> Placement:
        """The account and region of the primary."""
        _, _, _, region, account, _ = self.primary_key_arn.split(":", 5)
        return Placement(account, region)


class Payloads(Section):
    """The hand-over bucket."""

    expiry_days: Annotated[int, Field(ge=1, le=30)]


class Queues(Section):
    """What all hand-over queues have in common."""

    visibility_seconds: Annotated[int, Field(ge=1, le=43_200)]
    retention_days: Annotated[int, Field(ge=1, le=13)]
    max_receive_count: Annotated[int, Field(ge=FEWEST_RECEIVES, le=10)]


class Identity(Section):
    """Signing in."""

    access_token_minutes: Annotated[int, Field(ge=5, le=1440)]


class Mail(Section):
    """Sending mail; without evidence for `evidence_window_seconds` a message's fate counts as unknown."""

    domain: Annotated[str, Field(pattern=r"^([a-z0-9-]+\.)+[a-z]{2,}$")]
    sender: Annotated[str, Field(pattern=r"^[a-z0-9._+-]+@[a-z0-9.-]+$")]
    evidence_window_seconds: Annotated[int, Field(ge=1, le=43_200)]


class Edge(Section):
    """How many requests the region's API lets through, and how many each pod takes of one tenant within a minute."""

    requests_per_second: Annotated[int, Field(ge=1, le=10_000)]
    burst: Annotated[int, Field(ge=1, le=5_000)]
    tenant_requests_per_minute: Annotated[int, Field(ge=1, le=1_000_000)]


class Ccp(Section):
    """The cloud computing provider whose products are sold."""

    url: TrustedUrl


class Image(Section):
    """The one image that holds every service."""

    repository: Annotated[str, Field(min_length=1)]
    tag: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]


class Size(Section):
    """How often a workload runs and what each of its pods gets."""

    replicas: Annotated[int, Field(ge=1, le=100)]
    cpu: Annotated[str, Field(pattern=r"^([1-9]\d*m|[1-9]\d*|\d+\.\d{1,3})$")]
    memory: Annotated[str, Field(pattern=r"^[1-9]\d*(Mi|Gi)$")]


class Settings(Section):
    """A whole region."""

    aws_region: Annotated[str, Field(alias="aws:region", pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    region: Region
    landing_zone: LandingZone
    database: Database
    secrets: Secrets
    payloads: Payloads
    queues: Queues
    identity: Identity
    mail: Mail
    edge: Edge
    ccp: Ccp
    image: Image
    workloads: dict[str, Size]

    @property
    def placement(self) -> Placement:
        """Where everything of the region is built."""
        return self.landing_zone.placement

    def name(self, thing: str) -> str:
        """The physical name of one of the region's things."""
        return f"{NAMESPACE}-{self.region.name}-{thing}"

    def tags(self, data: DataClass, service: str = NAMESPACE) -> Tags:
        """The tags of a resource that holds such data; shared ones belong to the system as a whole."""
        return Tags(OWNER, service, self.region.name, data, self.region.cost_centre)
