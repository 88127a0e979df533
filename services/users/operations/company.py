"""The company of the caller."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from services.common.api import Answer, Example, Operation
from services.common.api.models import Email, Moment
from services.manifests.values import Name
from services.users.fields import UNCHANGED, Address, Change, VatId


class CompanyAnswer(Answer):
    """A company that buys from us.

    Attributes:
        first_name: of the person whom we write to.
        last_name: of the person whom we write to.
        email: where invoices go; the people who sign in have addresses of their own.
        country: ISO 3166-1 alpha-2; only we change it, because it decides how invoices are taxed.
        vat_id: without separators, e.g. EL094014201.
        seller: the company of ours that sells to it.
    """

    id: UUID
    customer_number: str
    company_name: str
    first_name: str
    last_name: str
    email: str
    address: tuple[str, ...]
    country: str
    vat_id: str | None
    seller: str
    created_at: Moment
    updated_at: Moment


class CompanyChange(Change):
    """What is to change of the company; it stands on every invoice from now on.

    Attributes:
        vat_id: checked by the rules of the company's country; null if it has none any more.
    """

    company_name: Annotated[Name, UNCHANGED]
    first_name: Annotated[Name, UNCHANGED]
    last_name: Annotated[Name, UNCHANGED]
    email: Annotated[Email, UNCHANGED]
    address: Annotated[Address, UNCHANGED]
    vat_id: VatId | None = None


LIFFEY = CompanyAnswer(
    id=UUID("8e0a1d3c-1df6-5c55-a3d8-d2ae1a1f0001"),
    customer_number="C-1001",
    company_name="Liffey Shipping Ltd",
    first_name="Aoife",
    last_name="Byrne",
    email="aoife@liffey-shipping.example",
    address=("3 Dock Road", "Limerick", "V94 AB12"),
    country="IE",
    vat_id="IE6433435F",
    seller="Cloud Sales Europe Ltd",
    created_at=datetime.fromisoformat("2026-03-02T09:30:00Z"),
    updated_at=datetime.fromisoformat("2026-03-02T09:30:00Z"),
)
_MOVED = LIFFEY.model_copy(update={"address": ("1 Quay Street", "Limerick", "V94 CD34")})

OPERATIONS = (
    Operation(
        method="GET",
        path="/company",
        name="getCompany",
        summary="Your company",
        answer=CompanyAnswer,
        versioned=True,
        examples=(Example("a company", LIFFEY.model_dump(mode="json", by_alias=True)),),
    ),
    Operation(
        method="PATCH",
        path="/company",
        name="changeCompany",
        summary="Change what invoices say of your company",
        body=CompanyChange,
        answer=CompanyAnswer,
        versioned=True,
        if_match=True,
        key=True,
        examples=(
            Example(
                "it has moved",
                _MOVED.model_dump(mode="json", by_alias=True),
                {"address": ["1 Quay Street", "Limerick", "V94 CD34"]},
            ),
        ),
    ),
)
