"""What comes in over HTTP, checked and typed."""

from typing import Annotated, TypeVar
from uuid import UUID

from flask import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from local.ccp.errors import InvalidRequestError
from local.ccp.faults import Switches
from local.ccp.orders import Claim
from local.ccp.search import Criteria

Model = TypeVar("Model", bound=BaseModel)


class LedgerQuery(BaseModel):
    """The parameters of `GET /sales` and `GET /changes`."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    idempotency_key: str | None = None
    reference: str | None = None
    customer_id: UUID | None = None
    cursor: Annotated[int, Field(ge=0, lt=2**63)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100

    @property
    def criteria(self) -> Criteria:
        """What the ledger is asked for."""
        return Criteria(self.idempotency_key, self.reference, str(self.customer_id) if self.customer_id else None)


def body_in(model: type[Model], request: Request) -> Model:
    """What stands in the body.

    Raises:
        InvalidRequestError: it breaks the contract.
    """
    if request.mimetype != "application/json":
        raise InvalidRequestError((("Content-Type", "must be application/json"),))
    try:
        return model.model_validate_json(request.get_data(cache=False), by_alias=True, by_name=False)
    except ValidationError as error:
        raise InvalidRequestError(_faults(error)) from error


def switches_in(request: Request) -> Switches:
    """The switches in the body; one that is absent is off.

    Raises:
        InvalidRequestError: there is no such switch, or its value is out of range.
    """
    return body_in(Switches, request)


def claim_in(request: Request) -> Claim:
    """The headers by which the customer names the call.

    Raises:
        InvalidRequestError: one is empty, too long or not printable ASCII.
    """
    headers = {"key": request.headers.get("Idempotency-Key"), "reference": request.headers.get("Client-Reference")}
    try:
        return Claim.model_validate(headers)
    except ValidationError as error:
        names = {"/key": "Idempotency-Key", "/reference": "Client-Reference"}
        faults = tuple((names[place], reason) for place, reason in _faults(error))
        raise InvalidRequestError(faults) from error


def query_in(request: Request) -> LedgerQuery:
    """The filters and the page that were asked for.

    Raises:
        InvalidRequestError: a parameter is unknown or out of range.
    """
    try:
        return LedgerQuery.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise InvalidRequestError(tuple((place.lstrip("/"), reason) for place, reason in _faults(error))) from error


def _faults(error: ValidationError) -> tuple[tuple[str, str], ...]:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return tuple(("/" + "/".join(str(step) for step in fault["loc"]), fault["msg"]) for fault in found)
