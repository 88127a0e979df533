"""What `Pulumi.global.yaml` says: every key of what exists once, none of a region; all required, no others known."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations
from typing import Annotated

from pydantic import AfterValidator, Field, PrivateAttr

from infra.checks import subnetted
from infra.tags import DataClass, Tags
from stacks.fields import Cidr, Domain, Name, Section
from stacks.neighbours import Neighbour
from stacks.reading import PREFIX, Fault
from stacks.schema import NAMESPACE, OWNER, WORLDWIDE, Placed
from stacks.sections import Monitoring


def _supernet(cidr: str) -> str:
    if subnetted(cidr, 12):
        raise ValueError("should be a private /12, of which each region has a /16")
    return cidr


class Stack(Section):
    """Who pays for it."""

    cost_centre: Name


class Zone(Section):
    """The zone in which the product is found; the API is `api.` in it."""

    domain: Domain


class Network(Section):
    """The addresses of all networks that are joined, and of the one from which deployments and operators come."""

    supernet: Annotated[str, AfterValidator(_supernet)]
    operations: Cidr


class Database(Section):
    """The global database; its first region is the one that comes up first, and makes the first users."""

    engine_version: Annotated[str, Field(pattern=r"^\d+\.\d+$")]
    first_region: Name


class Identity(Section):
    """Signing in."""

    access_token_minutes: Annotated[int, Field(ge=5, le=1440)]


class Images(Section):
    """How many images are kept."""

    kept: Annotated[int, Field(ge=10, le=1000)]


class Budget(Section):
    """What everything may cost in a month, and who gets a mail when it is going to be more."""

    monthly_usd: Annotated[int, Field(ge=1, le=1_000_000)]
    told: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[a-z]+$")], ...], Field(min_length=1, max_length=10)
    ]


class Worldwide(Placed):
    """What exists once."""

    stack: Stack
    zone: Zone
    network: Network
    database: Database
    identity: Identity
    images: Images
    budget: Budget
    monitoring: Monitoring
    # Told by the regions' own files.
    _regions: tuple[Neighbour, ...] = PrivateAttr(())

    def joined_by(self, regions: tuple[Neighbour, ...]) -> "Worldwide":
        """The settings with the regions that there are."""
        joined = self.model_copy()
        joined._regions = regions  # noqa: SLF001 - its own
        return joined

    @property
    def regions(self) -> tuple[Neighbour, ...]:
        """The regions, in the order of their names."""
        return self._regions

    @property
    def api_domain(self) -> str:
        """The name under which every region answers."""
        return f"api.{self.zone.domain}"

    def name(self, thing: str) -> str:
        """The physical name of one of the things that exist once."""
        return f"{NAMESPACE}-{WORLDWIDE}-{thing}"

    def tags(self, data: DataClass) -> Tags:
        """The tags of a resource that holds such data."""
        return Tags(OWNER, NAMESPACE, WORLDWIDE, data, self.stack.cost_centre)


def contradictions(settings: Worldwide) -> Iterator[Fault]:
    """What the file says against itself, and what the regions' files say against it and against each other."""
    names = [region.name for region in settings.regions]
    if settings.database.first_region not in names:
        problem = f"is '{settings.database.first_region}', but the regions are {', '.join(names) or 'none'}"
        yield Fault(f"{PREFIX}database.firstRegion", problem)
    for region in settings.regions:
        if region.placement.account != settings.placement.account:
            yield Fault("aws:allowedAccountIds", f"differs from that of Pulumi.{region.name}.yaml")
        if region.placement.region == settings.aws_region:
            problem = f"is also that of Pulumi.{region.name}.yaml; what exists once shall outlive any region"
            yield Fault("aws:region", problem)
    for one, other in combinations(settings.regions, 2):
        if one.placement.region == other.placement.region:
            yield Fault(f"aws:region of Pulumi.{one.name}.yaml", f"is also that of Pulumi.{other.name}.yaml")
    yield from _misplaced(settings)


def _misplaced(settings: Worldwide) -> Iterator[Fault]:
    """Networks that the joints between them could not tell apart, or would not lead to."""
    supernet = IPv4Network(settings.network.supernet)
    taken = {f"{PREFIX}network.operations": settings.network.operations}
    for region in settings.regions:
        taken[f"{PREFIX}network.cidr of Pulumi.{region.name}.yaml"] = region.cidr
    for path, cidr in taken.items():
        if not IPv4Network(cidr).subnet_of(supernet):
            yield Fault(path, f"is {cidr}, which is not within {PREFIX}network.supernet ({supernet})")
    for (path, cidr), (other, theirs) in combinations(taken.items(), 2):
        if IPv4Network(cidr).overlaps(IPv4Network(theirs)):
            yield Fault(path, f"is {cidr}, and so is {other}; networks that are joined must differ")
