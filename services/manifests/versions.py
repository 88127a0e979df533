"""The versions of every kind of payload, and the steps that turn each released one into the next.

A payload lives as long as its order, a release does not: what any release has written must be readable for ever. So a
reader knows the newest version alone, and older payloads climb to it step by step; a newer one is refused, not guessed.
A step is never changed once its version is released: the golden payloads in `tests/golden` are read through it.
"""

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any

from pydantic_core import from_json

Step = Callable[[dict[str, Any]], dict[str, Any]]
"""Makes of a payload, without its metadata, the same payload in the version after; the given one stays as it is."""


class PayloadType(IntEnum):
    """The kind of a payload, as its metadata tells it."""

    ORDER = 1
    DOCUMENT = 2
    EMAIL = 3
    CREDIT_REQUEST = 4


class UnknownVersion(ValueError):
    """The payload is of a version that this release does not know."""


def _order_without_keys(payload: dict[str, Any]) -> dict[str, Any]:
    """Version 2 names the licences and keeps their keys out of S3: nobody downstream uses them."""
    kept = {name: value for name, value in payload.items() if name != "licenseKeys"}
    return {**kept, "licenseIds": [entry["id"] for entry in payload["licenseKeys"]]}


def _document_with_type_code(payload: dict[str, Any]) -> dict[str, Any]:
    """Version 2 tells an invoice from a credit note by its type code; the document's own version went."""
    kept = {name: value for name, value in payload["payload"].items() if name != "version"}
    return {**payload, "payload": {"typeCode": 380, **kept}}


def _document_without_e_invoice(payload: dict[str, Any]) -> dict[str, Any]:
    """Version 3 names the e-invoice that goes with the PDF; what was printed before has none, and keeps its bytes."""
    return {**payload, "payload": {**payload["payload"], "eInvoice": None}}


def _email_without_answer(payload: dict[str, Any]) -> dict[str, Any]:
    """Version 2 says where answers go and which conversation the mail belongs to; before, nobody read answers."""
    return {**payload, "replyTo": "", "thread": ""}


def _credit_request_as_charged(payload: dict[str, Any]) -> dict[str, Any]:
    """Version 2 can credit some days of a term; before, pieces were credited as they were charged: nothing to say."""
    return payload


STEPS: Mapping[PayloadType, tuple[Step, ...]] = {
    PayloadType.ORDER: (_order_without_keys,),
    PayloadType.DOCUMENT: (_document_with_type_code, _document_without_e_invoice),
    PayloadType.EMAIL: (_email_without_answer,),
    PayloadType.CREDIT_REQUEST: (_credit_request_as_charged,),
}
"""For each kind the step from version 1 to 2, then from 2 to 3, and so on."""


def newest(kind: PayloadType) -> int:
    """The version that this release writes."""
    return 1 + len(STEPS[kind])


def kind_of(body: bytes) -> PayloadType | None:
    """The kind that a payload's bytes name, for a reader of more than one; None if they name none."""
    try:
        return PayloadType(from_json(body)["metadata"]["payloadType"])
    except (ValueError, LookupError, TypeError):
        return None


def upcast(kind: PayloadType, document: object) -> object:
    """The payload in the newest version of its kind; what has no metadata of the kind is left for the model to refuse.

    Raises:
        UnknownVersion: it is newer than this release.
        LookupError, TypeError, AttributeError: it is not what its version says it is.
    """
    metadata = document.get("metadata") if isinstance(document, dict) else None
    version = metadata.get("manifestVersion") if isinstance(metadata, dict) else None
    if not isinstance(document, dict) or not isinstance(metadata, dict) or metadata.get("payloadType") != kind:
        return document
    if type(version) is not int or version < 1:
        return document
    if version > newest(kind):
        known = f"this release knows version {newest(kind)} and older"
        raise UnknownVersion(f"it is a {kind.name.lower()} payload of version {version}, and {known}")
    payload = {name: value for name, value in document.items() if name != "metadata"}
    for step in STEPS[kind][version - 1 :]:
        payload = step(payload)
    return {**payload, "metadata": {**metadata, "manifestVersion": newest(kind)}}
