"""The companies that buy from us, as our staff sees them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.common.api import Answer, Example, Input, ListQuery, Operation
from services.common.api.models import Country, Email, Moment
from services.common.errors import EmailTaken
from services.manifests.values import Name
from services.users.fields import UNCHANGED, Address, Change, CustomerType, Note, PersonState, VatId
from services.users.operations.company import LIFFEY, CompanyAnswer


class CustomersQuery(ListQuery):
    """Which customers."""

    customer_number: Annotated[str | None, Field(max_length=64, description="only the one with this number")] = None
    company_name: Annotated[
        str | None, Field(min_length=1, max_length=200, description="only those whose name begins like this")
    ] = None
    active: Annotated[bool | None, Field(description="only those that may, or may not, use the system")] = None


class Administrator(Input):
    """Somebody to invite as an administrator of the company."""

    email: Email
    first_name: Name
    last_name: Name


class NewCustomer(Input):
    """A company to take in, with its first administrator, who invites the others.

    Attributes:
        legal_entity: the invoice series of our company that sells to it, e.g. EU.
        first_name: of the person whom we write to.
        last_name: of the person whom we write to.
        email: where invoices go.
        country: ISO 3166-1 alpha-2; where the company is established.
        vat_id: checked by the rules of its country; null if it has none.
        note: for our staff alone.
        type: how we group customers.
    """

    legal_entity: Annotated[str, Field(pattern="^[A-Z0-9]{1,8}$")]
    company_name: Name
    first_name: Name
    last_name: Name
    email: Email
    address: Address
    country: Country
    vat_id: VatId | None = None
    note: Note | None = None
    type: CustomerType = 1
    administrator: Administrator


class CustomerChange(Change):
    """What is to change of a customer.

    Attributes:
        country: with another one its VAT id has to be given as well.
        vat_id: null if it has none any more.
        note: null takes it away.
        administrator: invites somebody, for a company whose administrators cannot.
    """

    company_name: Annotated[Name, UNCHANGED]
    first_name: Annotated[Name, UNCHANGED]
    last_name: Annotated[Name, UNCHANGED]
    email: Annotated[Email, UNCHANGED]
    address: Annotated[Address, UNCHANGED]
    country: Annotated[Country, UNCHANGED]
    vat_id: VatId | None = None
    note: Note | None = None
    type: Annotated[CustomerType, UNCHANGED]
    administrator: Annotated[Administrator, UNCHANGED]


class CustomerAnswer(CompanyAnswer):
    """A customer.

    Attributes:
        active: whether its people may use the system.
        note: for our staff alone.
        type: how we group customers.
        legal_entity: the invoice series of our company that sells to it.
    """

    active: bool
    note: str | None
    type: int
    legal_entity: str


class AdministratorAnswer(Answer):
    """An administrator of a customer.

    Attributes:
        invitation_fault: why they cannot be invited; null if nothing stands against it.
    """

    id: UUID
    email: str
    first_name: str
    last_name: str
    state: PersonState
    invited_at: Moment
    invitation_fault: str | None


class CustomerDetailsAnswer(CustomerAnswer):
    """A customer with its administrators; of many, the first twenty."""

    administrators: tuple[AdministratorAnswer, ...]


class CustomersAnswer(Answer):
    """A page of customers, the oldest first."""

    customers: tuple[CustomerAnswer, ...]
    next: str | None


_AOIFE = AdministratorAnswer(
    id=UUID("5f0c7a52-4a0e-5c1e-9a52-3f5e0c6f7b11"),
    email="aoife@liffey-shipping.example",
    first_name="Aoife",
    last_name="Byrne",
    state="INVITED",
    invited_at=LIFFEY.created_at,
    invitation_fault=None,
)
_CUSTOMER = CustomerAnswer(**LIFFEY.model_dump(), active=True, note=None, type=1, legal_entity="EU")
_DETAILS = CustomerDetailsAnswer(**_CUSTOMER.model_dump(), administrators=(_AOIFE,))


def _shown(**update: object) -> object:
    return _DETAILS.model_copy(update=update).model_dump(mode="json", by_alias=True)


_NEW = {
    "legalEntity": "EU",
    "companyName": "Liffey Shipping Ltd",
    "firstName": "Aoife",
    "lastName": "Byrne",
    "email": "aoife@liffey-shipping.example",
    "address": ["3 Dock Road", "Limerick", "V94 AB12"],
    "country": "IE",
    "vatId": "IE6433435F",
    "administrator": {"email": "aoife@liffey-shipping.example", "firstName": "Aoife", "lastName": "Byrne"},
}

OPERATIONS = (
    Operation(
        method="GET",
        path="/customers",
        name="listCustomers",
        summary="The companies that buy from us",
        query=CustomersQuery,
        answer=CustomersAnswer,
        examples=(
            Example("the first page", {"customers": [_CUSTOMER.model_dump(mode="json", by_alias=True)], "next": None}),
        ),
    ),
    Operation(
        method="POST",
        path="/customers",
        name="createCustomer",
        summary="Take a company in, with its first administrator",
        body=NewCustomer,
        answer=CustomerDetailsAnswer,
        status=201,
        problems=(EmailTaken,),
        versioned=True,
        key=True,
        examples=(Example("a shipping company", _shown(), _NEW),),
    ),
    Operation(
        method="GET",
        path="/customers/{id}",
        name="getCustomer",
        summary="One customer",
        answer=CustomerDetailsAnswer,
        versioned=True,
        examples=(Example("a shipping company", _shown()),),
    ),
    Operation(
        method="PATCH",
        path="/customers/{id}",
        name="changeCustomer",
        summary="Change a customer",
        body=CustomerChange,
        answer=CustomerDetailsAnswer,
        problems=(EmailTaken,),
        versioned=True,
        if_match=True,
        key=True,
        examples=(Example("a note", _shown(note="pays late"), {"note": "pays late"}),),
    ),
    Operation(
        method="POST",
        path="/customers/{id}/deactivate",
        name="deactivateCustomer",
        summary="Take the access of all people of a customer away",
        description="It holds at once. Orders that are under way go on.",
        answer=CustomerDetailsAnswer,
        versioned=True,
        key=True,
        examples=(Example("they do not pay", _shown(active=False)),),
    ),
    Operation(
        method="POST",
        path="/customers/{id}/reactivate",
        name="reactivateCustomer",
        summary="Give the people of a customer their access back",
        answer=CustomerDetailsAnswer,
        versioned=True,
        key=True,
        examples=(Example("they have paid", _shown()),),
    ),
)
