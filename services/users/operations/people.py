"""The people of a company."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.common.api import Answer, Example, Input, ListQuery, Operation
from services.common.api.models import Email, Moment
from services.common.errors import Conflict, EmailTaken
from services.manifests.values import Name
from services.users.fields import UNCHANGED, Change, PersonState, Role


class PeopleQuery(ListQuery):
    """Which people."""

    state: Annotated[PersonState | None, Field(description="only those in this state")] = None
    role: Annotated[Role | None, Field(description="only those with this role")] = None


class NewPerson(Input):
    """Somebody to invite.

    Attributes:
        email: what they will sign in with; it cannot be changed later.
        role: an ADMIN may do everything that concerns the company, a USER may look and order.
    """

    email: Email
    first_name: Name
    last_name: Name
    role: Role = "USER"


class PersonChange(Change):
    """What is to change of a person."""

    first_name: Annotated[Name, UNCHANGED]
    last_name: Annotated[Name, UNCHANGED]
    role: Annotated[Role, UNCHANGED]


class PersonAnswer(Answer):
    """A person of the company.

    Attributes:
        email: what they sign in with.
        role: an ADMIN may do everything that concerns the company, a USER may look and order.
        state: INVITED until their first request with a token; DEACTIVATED people have no access.
        invited_at: when they were invited last.
        accepted_at: their first request with a token.
        invitation_fault: why they cannot be invited; null if nothing stands against it.
    """

    id: UUID
    email: str
    first_name: str
    last_name: str
    role: Role
    state: PersonState
    invited_at: Moment
    accepted_at: Moment | None
    invitation_fault: str | None
    created_at: Moment
    updated_at: Moment


class PeopleAnswer(Answer):
    """A page of people, those who came first before."""

    people: tuple[PersonAnswer, ...]
    next: str | None


_AT = datetime.fromisoformat("2026-03-02T09:30:00Z")
_AOIFE = PersonAnswer(
    id=UUID("5f0c7a52-4a0e-5c1e-9a52-3f5e0c6f7b11"),
    email="aoife@liffey-shipping.example",
    first_name="Aoife",
    last_name="Byrne",
    role="ADMIN",
    state="ACTIVE",
    invited_at=_AT,
    accepted_at=datetime.fromisoformat("2026-03-02T09:41:12Z"),
    invitation_fault=None,
    created_at=_AT,
    updated_at=_AT,
)
CIARAN = _AOIFE.model_copy(
    update={
        "id": UUID("0d9b2c1e-7f34-4a7b-8f55-2f4b8f5a9c01"),
        "email": "ciaran@liffey-shipping.example",
        "first_name": "Ciarán",
        "last_name": "Walsh",
        "role": "USER",
        "state": "INVITED",
        "accepted_at": None,
    }
)


def _shown(**update: object) -> object:
    return CIARAN.model_copy(update=update).model_dump(mode="json", by_alias=True)


_PROMOTED = _shown(role="ADMIN", state="ACTIVE", accepted_at=_AT)

OPERATIONS = (
    Operation(
        method="GET",
        path="/people",
        name="listPeople",
        summary="The people of your company",
        query=PeopleQuery,
        answer=PeopleAnswer,
        examples=(
            Example(
                "the first page", {"people": [_AOIFE.model_dump(mode="json", by_alias=True), _shown()], "next": None}
            ),
        ),
    ),
    Operation(
        method="POST",
        path="/people",
        name="invitePerson",
        summary="Invite somebody",
        description="They get a mail that tells how to choose a password. The invitation is kept even while the "
        "identity provider does not answer, and is finished as soon as it does.",
        body=NewPerson,
        answer=PersonAnswer,
        status=201,
        problems=(EmailTaken,),
        versioned=True,
        key=True,
        examples=(
            Example(
                "a colleague",
                _shown(),
                {"email": "ciaran@liffey-shipping.example", "firstName": "Ciarán", "lastName": "Walsh", "role": "USER"},
            ),
        ),
    ),
    Operation(
        method="GET",
        path="/people/{id}",
        name="getPerson",
        summary="One person",
        answer=PersonAnswer,
        versioned=True,
        examples=(Example("somebody who is invited", _shown()),),
    ),
    Operation(
        method="PATCH",
        path="/people/{id}",
        name="changePerson",
        summary="Change a person's name or role",
        description="The last active administrator of a company stays one (409).",
        body=PersonChange,
        answer=PersonAnswer,
        problems=(Conflict,),
        versioned=True,
        if_match=True,
        key=True,
        examples=(Example("make them an administrator", _PROMOTED, {"role": "ADMIN"}),),
    ),
    Operation(
        method="POST",
        path="/people/{id}/invite",
        name="invitePersonAgain",
        summary="Send somebody the invitation once more",
        description="For people who are still INVITED, and once in ten minutes.",
        answer=PersonAnswer,
        problems=(Conflict,),
        versioned=True,
        key=True,
        examples=(Example("the mail was lost", _shown()),),
    ),
    Operation(
        method="POST",
        path="/people/{id}/deactivate",
        name="deactivatePerson",
        summary="Take somebody's access away",
        description="It holds at once, whatever tokens they have; nothing of what they did is lost. Nobody "
        "deactivates themselves, and the last active administrator stays (409).",
        answer=PersonAnswer,
        problems=(Conflict,),
        versioned=True,
        key=True,
        examples=(Example("they have left", _shown(state="DEACTIVATED")),),
    ),
    Operation(
        method="POST",
        path="/people/{id}/reactivate",
        name="reactivatePerson",
        summary="Give somebody their access back",
        description="They sign in with the password that they had.",
        answer=PersonAnswer,
        versioned=True,
        key=True,
        examples=(Example("they are back", _shown(state="ACTIVE", accepted_at=_AT)),),
    ),
)
