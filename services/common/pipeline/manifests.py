"""Reading a payload's bytes, of any released version, as the manifest that they should be."""

from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from services.common.errors import Poison
from services.common.validation import faults
from services.manifests.base import Manifest
from services.manifests.versions import UnknownVersion, upcast

Kind = TypeVar("Kind", bound=Manifest)


def read(kind: type[Kind], body: bytes) -> Kind:
    """The manifest in a payload, brought to the newest version if an older release wrote it.

    Raises:
        Poison: the payload is of another kind or of a version that this release does not know; nothing is guessed.
    """
    try:
        return kind.model_validate(upcast(kind.kind, from_json(body)))
    except ValidationError as error:
        raise Poison(f"the payload is no {kind.__name__}: {next(faults(error))}") from None
    except UnknownVersion as fault:
        raise Poison(f"the payload is no {kind.__name__}: {fault}") from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise Poison(f"the payload is no {kind.__name__}: it is not of the form that its version has") from None
