"""What a stack's settings are as a whole: where it is for every stack, and all sections of `Pulumi.<region>.yaml`."""

from typing import Annotated

from pydantic import Field

from infra.placement import Placement
from infra.tags import DataClass, Tags
from stacks import sections
from stacks.fields import Section

NAMESPACE = "cloud-sales"
"""Namespace of the product's keys, and first part of every physical name."""

AWS_REGION, AWS_ACCOUNTS = "aws:region", "aws:allowedAccountIds"
"""The provider's own keys: where it builds, and for whom it refuses to."""

WORLDWIDE = "global"
"""The stack that owns what exists once; every other one is a region."""

OWNER = "cloud-sales-platform"
"""The team that answers for everything declared here."""


class Placed(Section):
    """What every stack says: where in AWS it is, which is also where its credentials must be from."""

    aws_region: Annotated[str, Field(alias=AWS_REGION, pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    accounts: Annotated[
        tuple[Annotated[str, Field(pattern=r"^\d{12}$")], ...],
        Field(alias=AWS_ACCOUNTS, min_length=1, max_length=1),
    ]

    @property
    def placement(self) -> Placement:
        """Where everything of the stack is built."""
        return Placement(self.accounts[0], self.aws_region)


class Settings(Placed):
    """A whole region."""

    region: sections.Region
    network: sections.Network
    cluster: sections.Cluster
    database: sections.Database
    payloads: sections.Payloads
    queues: sections.Queues
    mail: sections.Mail
    edge: sections.Edge
    ccp: sections.Ccp
    image: sections.Image
    scaling: sections.Scaling
    sun: sections.Sun
    monitoring: sections.Monitoring
    workloads: dict[str, sections.Size]

    def name(self, thing: str) -> str:
        """The physical name of one of the region's things."""
        return f"{NAMESPACE}-{self.region.name}-{thing}"

    def tags(self, data: DataClass, service: str = NAMESPACE) -> Tags:
        """The tags of a resource that holds such data; shared ones belong to the system as a whole."""
        return Tags(OWNER, service, self.region.name, data, self.region.cost_centre)
