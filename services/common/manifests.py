"""Reading a payload's bytes as the manifest that they should be."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from services.common.errors import Poison

Manifest = TypeVar("Manifest", bound=BaseModel)


def read(kind: type[Manifest], body: bytes) -> Manifest:
    """The manifest in a payload.

    Raises:
        Poison: the payload is of another kind or of a version that this release does not know; nothing is guessed.
    """
    try:
        return kind.model_validate_json(body)
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise Poison(f"the payload is no {kind.__name__}: {where}: {first['msg']}") from None
