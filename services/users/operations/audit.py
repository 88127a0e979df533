"""Who changed what about people and companies."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.common.api import Answer, Example, ListQuery, Operation
from services.common.api.models import Id, Moment

Action = Literal["CREATED", "CHANGED", "INVITED", "INVITED_AGAIN", "DEACTIVATED", "REACTIVATED"]


class AuditQuery(ListQuery):
    """Which entries."""

    person_id: Annotated[Id | None, Field(description="only those about this person")] = None
    customer_id: Annotated[Id | None, Field(description="only those about this company and its people")] = None


class FieldChangeAnswer(Answer):
    """A field that became another; null: it was empty, or is."""

    field: str
    before: str | None
    after: str | None


class AuditEntryAnswer(Answer):
    """What somebody did.

    Attributes:
        person_id: whom it is about; null for the company itself.
        actor: somebody of the company, or of our staff.
        actor_id: the person of the company, or the subject of our staff's token.
    """

    id: UUID
    at: Moment
    customer_id: UUID
    person_id: UUID | None
    action: Action
    changes: tuple[FieldChangeAnswer, ...]
    actor: Literal["CUSTOMER", "STAFF"]
    actor_id: UUID


class AuditAnswer(Answer):
    """A page of the audit, the newest first."""

    entries: tuple[AuditEntryAnswer, ...]
    next: str | None


_COMPANY = UUID("8e0a1d3c-1df6-5c55-a3d8-d2ae1a1f0001")
_PROMOTED = AuditEntryAnswer(
    id=UUID("c2b7a1de-58f3-4f0e-9f63-6e1f2a3b4c5d"),
    at=datetime.fromisoformat("2026-11-20T09:30:00Z"),
    customer_id=_COMPANY,
    person_id=UUID("0d9b2c1e-7f34-4a7b-8f55-2f4b8f5a9c01"),
    action="CHANGED",
    changes=(FieldChangeAnswer(field="role", before="USER", after="ADMIN"),),
    actor="CUSTOMER",
    actor_id=UUID("5f0c7a52-4a0e-5c1e-9a52-3f5e0c6f7b11"),
)
_CORRECTED = AuditEntryAnswer(
    id=UUID("1a2b3c4d-5e6f-4071-8293-a4b5c6d7e8f9"),
    at=datetime.fromisoformat("2026-11-18T15:02:11Z"),
    customer_id=_COMPANY,
    person_id=None,
    action="CHANGED",
    changes=(FieldChangeAnswer(field="vatId", before=None, after="IE6433435F"),),
    actor="STAFF",
    actor_id=UUID("e0b54c5f-60b1-4f0a-9a5b-0d4a35d6c7f3"),
)
_SHOWN = AuditAnswer(entries=(_PROMOTED, _CORRECTED), next=None).model_dump(mode="json", by_alias=True)

OPERATIONS = (
    Operation(
        method="GET",
        path="/audit",
        name="listAuditEntries",
        summary="Who changed people and company data, and what they changed",
        description="An administrator sees their own company's entries, an operator everybody's. Entries are never "
        "changed or deleted.",
        query=AuditQuery,
        answer=AuditAnswer,
        examples=(Example("a promotion, and a tax id", _SHOWN),),
    ),
)
