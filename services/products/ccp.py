"""The CCP's catalogue as it answers it, read entry by entry: one that is odd must not keep the others from us."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from services.common.api.models import Id, Prose
from services.common.ccp.client import CcpApi, read
from services.common.money.currencies import decimals_of
from services.common.validation import faults
from services.manifests.values import Amount, Code, Name

_log = logging.getLogger(__name__)


def _known(currency: str) -> str:
    decimals_of(currency)
    return currency


def _tidy(text: object) -> object:
    return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip() if isinstance(text, str) else text


class _Border(BaseModel):
    """The CCP may add fields at any time, so unknown ones are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class _Named(_Border):
    id: Id


class Service(_Named):
    """A service that the CCP sells, as our catalogue and our invoices can show it.

    Attributes:
        unit_price: for one unit and a full term, in `currency`.
    """

    vendor: Name
    name: Name
    description: Annotated[Literal[""] | Prose, BeforeValidator(_tidy)] = ""
    unit_price: Annotated[Amount, Field(max_digits=14, decimal_places=4)]
    currency: Annotated[str, AfterValidator(_known)]
    unit: Code


class _Services(_Border):
    services: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Listing:
    """What the CCP lists.

    Attributes:
        services: those that can be read, each id once.
        unreadable: the ids of the others.
        nameless: how many have not even an id of their own, so that any product may be meant.
    """

    services: tuple[Service, ...]
    unreadable: frozenset[UUID] = frozenset()
    nameless: int = 0

    @property
    def length(self) -> int:
        """How many there are."""
        return len(self.services) + len(self.unreadable) + self.nameless


class CatalogueClient(CcpApi):
    """Reads the CCP's catalogue."""

    def listing(self) -> Listing:
        """The whole catalogue.

        Raises:
            CcpRefused: the CCP does not tell it.
            CcpOutcomeUnknown: no usable answer, or no call for now.
        """
        return listing_of(read(_Services, self.call("GET", "/services", self.deadline())).services)


def listing_of(entries: Sequence[dict[str, Any]]) -> Listing:
    """The entries as far as they can be read; an id that stands twice says nothing for sure."""
    services: dict[UUID, Service] = {}
    unreadable: set[UUID] = set()
    nameless = 0
    for entry in entries:
        try:
            service_id = _Named.model_validate(entry).id
        except ValidationError:
            nameless += 1
            continue
        service = _service(service_id, entry)
        if service is None or service_id in services:
            unreadable.add(service_id)
        else:
            services[service_id] = service
    sure = tuple(service for service_id, service in services.items() if service_id not in unreadable)
    return Listing(sure, frozenset(unreadable), nameless)


def _service(service_id: UUID, entry: dict[str, Any]) -> Service | None:
    try:
        return Service.model_validate(entry)
    except ValidationError as error:
        _log.error("ccp-service-unreadable", extra={"reason": f"{service_id}: {next(faults(error))}"})
        return None
