"""The tag law as a type: nothing taggable can be declared without saying whose it is and what it holds."""

from dataclasses import dataclass
from enum import StrEnum

from infra.checks import refuse_faults, unlike


class DataClass(StrEnum):
    """What a resource holds, from harmless to protected by law."""

    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    PERSONAL = "personal"


@dataclass(frozen=True)
class Tags:
    """The five facts that every taggable resource carries."""

    owner: str
    service: str
    region: str
    data: DataClass
    cost_centre: str

    def __post_init__(self) -> None:
        word = r"[a-z][a-z0-9-]*"
        refuse_faults(
            "Tags",
            owner=unlike(self.owner, word, "a lower-case team name"),
            service=unlike(self.service, word, "a lower-case service name"),
            region=unlike(self.region, word, "a lower-case region name"),
            cost_centre=unlike(self.cost_centre, word, "a lower-case cost centre"),
        )

    def as_tags(self) -> dict[str, str]:
        """The tags in the form AWS keeps them."""
        return {
            "owner": self.owner,
            "service": self.service,
            "region": self.region,
            "data": self.data.value,
            "cost-centre": self.cost_centre,
        }
