"""The sections of `Pulumi.<region>.yaml`: every key, its type and its limits; all required, no others known."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from infra.monitor import HANDLE
from services.registry import FEWEST_RECEIVES
from stacks.fields import Cidr, Domain, Name, Section, TimeZone, TrustedUrl


def _lasting_tag(tag: str) -> str:
    if tag == "latest":
        raise ValueError("should be a tag that stays with its image, which 'latest' does not")
    return tag


class Region(Section):
    """How the region is called and who pays for it."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,9}$")]
    time_zone: TimeZone
    cost_centre: Name


class Network(Section):
    """The region's addresses, which no other region has, and the zones it stands in."""

    cidr: Cidr
    zones: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d[a-z]$")], ...], Field(min_length=3, max_length=3)
    ]


class Cluster(Section):
    """The region's Kubernetes; `administrators` are the roles that may do everything in it, the deployment's first."""

    version: Annotated[str, Field(pattern=r"^1\.\d{2}$")]
    administrators: Annotated[
        tuple[Annotated[str, Field(pattern=r"^arn:aws:iam::\d{12}:role/[\w+=,.@/-]+$")], ...], Field(min_length=1)
    ]


class Database(Section):
    """The region's member of the global database."""

    instance_class: Annotated[str, Field(pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")]
    instances: Annotated[int, Field(ge=2, le=16)]
    backup_retention_days: Annotated[int, Field(ge=14, le=35)]


class Payloads(Section):
    """The hand-over bucket."""

    expiry_days: Annotated[int, Field(ge=1, le=30)]


class Queues(Section):
    """What all hand-over queues have in common."""

    visibility_seconds: Annotated[int, Field(ge=1, le=43_200)]
    retention_days: Annotated[int, Field(ge=1, le=13)]
    max_receive_count: Annotated[int, Field(ge=FEWEST_RECEIVES, le=10)]


class Mail(Section):
    """Sending mail; without evidence for `evidence_window_seconds` a message's fate counts as unknown."""

    domain: Domain
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
    """The one image that holds every service; `digest` is known once it is pushed, and then nothing else is run."""

    tag: Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$"), AfterValidator(_lasting_tag)]
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None

    @property
    def names(self) -> dict[str, str]:
        """What the image is called in its repository, as the chart takes it."""
        return {"tag": self.tag} | ({"digest": self.digest} if self.digest else {})


class Scaling(Section):
    """When another pod is started: at this load of the CPU requested, or so many messages for each pod of a worker."""

    cpu_percent: Annotated[int, Field(ge=10, le=90)]
    messages_per_pod: Annotated[int, Field(ge=1, le=10_000)]


class Sun(Section):
    """The controller that moves traffic and the writer to where it is day.

    When it does not `act` it only says what it would do. `page` is where it calls for a human; `handover` is who is
    told what waits each time that the writer has moved.
    """

    mode: Literal["observe", "act"]
    page: Annotated[str, Field(pattern=r"^[a-z0-9._+-]+@[a-z0-9.-]+\.[a-z]+$")]
    handover: Annotated[str, Field(pattern=r"^[a-z0-9._+-]+@[a-z0-9.-]+\.[a-z]+$")]


class Monitoring(Section):
    """Who is told, by their handles in Datadog, and where it is said what to do.

    `page` gets what cannot wait until morning, `notify` the rest.
    """

    page: Annotated[str, Field(pattern=rf"^{HANDLE}$")]
    notify: Annotated[str, Field(pattern=rf"^{HANDLE}$")]
    runbook: Annotated[str, Field(pattern=r"^https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(/[\w.~%/-]*)?$")]


class Size(Section):
    """Between how many pods of a workload the autoscaler chooses, and what each of them gets."""

    min_replicas: Annotated[int, Field(ge=1, le=100)]
    max_replicas: Annotated[int, Field(ge=1, le=100)]
    cpu: Annotated[str, Field(pattern=r"^([1-9]\d*m|[1-9]\d*|\d+\.\d{1,3})$")]
    memory: Annotated[str, Field(pattern=r"^[1-9]\d*(Mi|Gi)$")]
