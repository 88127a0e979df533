"""The accounts of a company: whom its licences are assigned to."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.common.api import Answer, Example, Input, ListQuery, Operation
from services.common.api.models import Moment
from services.common.errors import Conflict
from services.manifests.values import Name
from services.users.fields import UNCHANGED, Change, Description


class AccountsQuery(ListQuery):
    """Which accounts."""

    name: Annotated[str | None, Field(max_length=200, description="only the one of this name")] = None


class NewAccount(Input):
    """An account to open.

    Attributes:
        name: unique within the company.
    """

    name: Name
    description: Description = ""


class AccountChange(Change):
    """What is to change of an account."""

    name: Annotated[Name, UNCHANGED]
    description: Annotated[Description, UNCHANGED]


class AccountAnswer(Answer):
    """An account, which licences can be assigned to."""

    id: UUID
    name: str
    description: str
    created_at: Moment
    updated_at: Moment


class AccountsAnswer(Answer):
    """A page of accounts, the oldest first."""

    accounts: tuple[AccountAnswer, ...]
    next: str | None


_AT = datetime.fromisoformat("2026-03-02T09:30:00Z")
_OFFICE = AccountAnswer(
    id=UUID("1c6f4b0a-6df0-4e55-8a0e-5b1f6c2d3e01"),
    name="Limerick office",
    description="",
    created_at=_AT,
    updated_at=_AT,
)
_SHOWN = _OFFICE.model_dump(mode="json", by_alias=True)
_DESCRIBED = _OFFICE.model_copy(update={"description": "everybody ashore"}).model_dump(mode="json", by_alias=True)

OPERATIONS = (
    Operation(
        method="GET",
        path="/accounts",
        name="listAccounts",
        summary="The accounts of your company",
        query=AccountsQuery,
        answer=AccountsAnswer,
        examples=(Example("the first page", {"accounts": [_SHOWN], "next": None}),),
    ),
    Operation(
        method="POST",
        path="/accounts",
        name="createAccount",
        summary="Open an account",
        body=NewAccount,
        answer=AccountAnswer,
        status=201,
        problems=(Conflict,),
        versioned=True,
        key=True,
        examples=(Example("an office", _SHOWN, {"name": "Limerick office"}),),
    ),
    Operation(
        method="GET",
        path="/accounts/{id}",
        name="getAccount",
        summary="One account",
        answer=AccountAnswer,
        versioned=True,
        examples=(Example("an office", _SHOWN),),
    ),
    Operation(
        method="PATCH",
        path="/accounts/{id}",
        name="changeAccount",
        summary="Rename or describe an account",
        body=AccountChange,
        answer=AccountAnswer,
        problems=(Conflict,),
        versioned=True,
        if_match=True,
        key=True,
        examples=(Example("describe it", _DESCRIBED, {"description": "everybody ashore"}),),
    ),
    Operation(
        method="DELETE",
        path="/accounts/{id}",
        name="deleteAccount",
        summary="Delete an account",
        description="One that holds licences, or that their history names, stays (409).",
        status=204,
        problems=(Conflict,),
        if_match=True,
        key=True,
    ),
)
