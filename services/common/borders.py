"""From an untyped document to a model of a border, or a refusal that lists every fault."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from services.common.errors import InvalidRequest
from services.common.validation import faults

Border = TypeVar("Border", bound=BaseModel)


def validated(kind: type[Border], document: object) -> Border:
    """The document as `kind`.

    Raises:
        InvalidRequest: a field is missing, unknown or out of range; all faults are listed.
    """
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        raise refusal(error) from None


def refusal(error: ValidationError) -> InvalidRequest:
    """The problem that lists all faults."""
    errors = [{"field": fault.field or "(body)", "message": fault.message} for fault in faults(error)]
    return InvalidRequest("see 'errors' for each field", errors=errors)
