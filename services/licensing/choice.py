"""Which licences go when an item gets fewer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Held:
    """A licence that may go."""

    id: UUID
    assigned: bool
    created_at: datetime


class NotThose(Exception):
    """A licence that is named is none of the item's or is named twice, or more are named than go."""


class AssignedWouldGo(Exception):
    """Licences that somebody has would have to go; `short` of them are not named."""

    def __init__(self, short: int) -> None:
        super().__init__(f"{short} of the licences that would go are assigned: revoke them, or name those that go")
        self.short = short


def choose(held: Sequence[Held], count: int, named: Collection[UUID]) -> tuple[UUID, ...]:
    """The licences that go: those that are named, then unassigned ones, the newest first.

    Args:
        held: the licences there are.
        count: how many go.
        named: licences that go in any case, be they assigned.

    Raises:
        NotThose: see there.
        AssignedWouldGo: see there.
    """
    known = {licence.id for licence in held}
    if strange := [one for one in named if one not in known]:
        raise NotThose(f"{strange[0]} is no licence of this item")
    if len(set(named)) < len(named):
        raise NotThose("a licence is named twice")
    if len(named) > count:
        raise NotThose(f"{len(named)} licences are named, and {count} go")
    free = sorted(
        (licence for licence in held if not licence.assigned and licence.id not in named),
        key=lambda licence: (licence.created_at, licence.id),
        reverse=True,
    )
    wanted = count - len(named)
    if len(free) < wanted:
        raise AssignedWouldGo(wanted - len(free))
    return (*named, *(licence.id for licence in free[:wanted]))
