"""The subscriptions of a company: what its orders are for."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.common.api import Answer, Example, Input, ListQuery, Operation
from services.common.api.models import Moment
from services.common.errors import Conflict
from services.manifests.values import Name
from services.users.fields import UNCHANGED, Change, Description


class SubscriptionsQuery(ListQuery):
    """Which subscriptions."""

    name: Annotated[str | None, Field(max_length=200, description="only the one of this name")] = None


class NewSubscription(Input):
    """A subscription to open.

    Attributes:
        name: unique within the company; it stands on the invoices of its orders.
    """

    name: Name
    description: Description = ""


class SubscriptionChange(Change):
    """What is to change of a subscription."""

    name: Annotated[Name, UNCHANGED]
    description: Annotated[Description, UNCHANGED]


class SubscriptionAnswer(Answer):
    """A subscription, which licences are ordered for."""

    id: UUID
    name: str
    description: str
    created_at: Moment
    updated_at: Moment


class SubscriptionsAnswer(Answer):
    """A page of subscriptions, those that you have had for longest first."""

    subscriptions: tuple[SubscriptionAnswer, ...]
    next: str | None


_AT = datetime.fromisoformat("2026-03-02T09:30:00Z")
_FLEET = SubscriptionAnswer(
    id=UUID("3b1de3a0-52b2-4b8f-9d1e-7a4c5e6f7081"), name="Fleet", description="", created_at=_AT, updated_at=_AT
)
_SHOWN = _FLEET.model_dump(mode="json", by_alias=True)
_RENAMED = _FLEET.model_copy(update={"name": "Fleet and crew"}).model_dump(mode="json", by_alias=True)

OPERATIONS = (
    Operation(
        method="GET",
        path="/subscriptions",
        name="listSubscriptions",
        summary="The subscriptions of your company",
        query=SubscriptionsQuery,
        answer=SubscriptionsAnswer,
        examples=(Example("the first page", {"subscriptions": [_SHOWN], "next": None}),),
    ),
    Operation(
        method="POST",
        path="/subscriptions",
        name="createSubscription",
        summary="Open a subscription",
        body=NewSubscription,
        answer=SubscriptionAnswer,
        status=201,
        problems=(Conflict,),
        versioned=True,
        key=True,
        examples=(Example("for the ships", _SHOWN, {"name": "Fleet"}),),
    ),
    Operation(
        method="GET",
        path="/subscriptions/{id}",
        name="getSubscription",
        summary="One subscription",
        answer=SubscriptionAnswer,
        versioned=True,
        examples=(Example("for the ships", _SHOWN),),
    ),
    Operation(
        method="PATCH",
        path="/subscriptions/{id}",
        name="changeSubscription",
        summary="Rename or describe a subscription",
        description="A subscription that several companies share has one name for all of them.",
        body=SubscriptionChange,
        answer=SubscriptionAnswer,
        problems=(Conflict,),
        versioned=True,
        if_match=True,
        key=True,
        examples=(Example("rename it", _RENAMED, {"name": "Fleet and crew"}),),
    ),
)
