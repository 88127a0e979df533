"""What licensing is asked and what it answers."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from services.common.api.models import Answer, Day, Id, Input, ListQuery, Moment
from services.licensing.changes import ChangeKind

MAX_CHANGE = 5_000
"""Licences in one change, as in one order."""
MAX_QUANTITY = 1_000_000


class Holding(StrEnum):
    """Who has a licence: an account of yours, nobody, or the cloud provider again."""

    ASSIGNED = "ASSIGNED"
    UNASSIGNED = "UNASSIGNED"
    RETURNED = "RETURNED"


class ItemStateName(StrEnum):
    """How a subscription item stands; ordering the product again makes a cancelled one active."""

    ACTIVE = "ACTIVE"
    CANCELLED = "CANCELLED"


class ChangeState(StrEnum):
    """How a change stands.

    RESERVED: the cloud provider is being asked. CONFIRMED: it is done. REFUSED: the provider has refused, nothing is
    changed. PARKED: the provider's outcome is unclear; we look into it.
    """

    RESERVED = "RESERVED"
    CONFIRMED = "CONFIRMED"
    REFUSED = "REFUSED"
    PARKED = "PARKED"


class HistoryEvent(StrEnum):
    """What happened to a licence."""

    ASSIGNED = "ASSIGNED"
    REVOKED = "REVOKED"
    VALID_TO = "VALID_TO"


class LicensesQuery(ListQuery):
    """Which licences; every member that is given narrows the choice. Returned ones are listed on request alone."""

    account_id: Annotated[Id | None, Field(description="assigned to that account")] = None
    subscription_id: Id | None = None
    item_id: Annotated[Id | None, Field(description="of that subscription item")] = None
    expiring_before: Annotated[
        Day | None, Field(description="valid to an earlier day; the list is then in the order of those days")
    ] = None
    state: Annotated[Holding | None, Field(description="without it, all that are not returned")] = None


class HistoryQuery(ListQuery):
    """Which part of a licence's history."""


class ItemsQuery(ListQuery):
    """Which subscription items."""

    subscription_id: Id | None = None


class Assignment(Input):
    """Whom the licence goes to, from whomever has it."""

    account_id: Id


class ValidTo(Input):
    """The licence's new last day: later than the present one, by a full term of 365 days at the most."""

    valid_to_date: Day


class Quantity(Input):
    """How many licences the item is to have.

    Attributes:
        quantity: in all.
        license_ids: with a smaller quantity, licences that go in any case, be they assigned; the rest is chosen among
            the unassigned ones, the newest first.
    """

    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
    license_ids: Annotated[tuple[Id, ...], Field(max_length=MAX_CHANGE)] = ()


class Cancellation(Input):
    """The end of an item: all its licences go back."""

    include_assigned: Annotated[bool, Field(description="take assigned ones too; else they are in the way")] = False


class LicenseAnswer(Answer):
    """A licence; its key is shown by an address of its own."""

    id: Id
    subscription_item_id: Id
    subscription_id: Id
    product_name: str
    account_id: Id | None
    valid_to_date: date | None
    order_id: Annotated[Id | None, Field(description="the order that brought it")]
    returned_at: Moment | None
    created_at: Moment
    updated_at: Moment
    version: Annotated[int, Field(description="what `If-Match` takes, as `ETag` tells it")]


class LicensesAnswer(Answer):
    """A page of licences, the oldest first."""

    licenses: tuple[LicenseAnswer, ...]
    next: str | None


class LicenseKeyAnswer(Answer):
    """The key that unlocks the product. Keep it as you keep a password."""

    license_id: Id
    key: str


class HistoryEntryAnswer(Answer):
    """One change of owner or of validity."""

    at: Moment
    event: HistoryEvent
    account_id: Id | None
    valid_to_date: date | None


class HistoryAnswer(Answer):
    """A page of a licence's history, the oldest first."""

    history: tuple[HistoryEntryAnswer, ...]
    next: str | None


class ItemAnswer(Answer):
    """A product within a subscription; `quantity` is the number of its licences that are not returned."""

    id: Id
    subscription_id: Id
    sales_product_id: Id
    product_name: str
    quantity: int
    state: ItemStateName
    valid_to_date: Annotated[date | None, Field(description="the latest last day among its licences")]
    open_change: Annotated[str | None, Field(description="the address of the change that is under way")]
    created_at: Moment
    updated_at: Moment
    version: Annotated[int, Field(description="what `If-Match` takes, as `ETag` tells it")]


class ItemsAnswer(Answer):
    """A page of subscription items, the oldest first."""

    items: tuple[ItemAnswer, ...]
    next: str | None


class ChangeAnswer(Answer):
    """A change of licences at the cloud provider; an increase and an extension are also the order of the same id."""

    id: Id
    kind: ChangeKind
    state: ChangeState
    reason: str | None
    subscription_item_id: Id
    license_ids: Annotated[tuple[Id, ...], Field(description="returned, extended, or by now brought")]
    quantity_before: int
    quantity_after: int
    valid_to_date: date | None
    order_id: Annotated[Id | None, Field(description="the order that is invoiced for it")]
    status: Annotated[str, Field(description="its address")]
    created_at: Moment
