"""A provider whose resources are real where the emulator has the like: makes, looks at and removes them."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from botocore.exceptions import BotoCoreError, ClientError

from local.host.capture import Inventor, shape_of
from local.host.cloud import Cloud
from local.host.emulator import Emulator
from local.host.errors import ResourceError
from local.host.handlers.handler import gone
from local.host.handlers.table import HANDLERS
from local.host.model import Resource
from local.host.played import PLAYERS
from local.host.provider import Made


class Realiser(Inventor):
    """Has real resources made by their handlers, and invents only what nothing plays."""

    def __init__(self, cloud: Cloud, emulator: Emulator) -> None:
        super().__init__(emulator.place)
        self._cloud = cloud
        self._emulator = emulator

    def make(self, declared: Resource) -> Made:
        """Creates or adopts the resource, points it at what plays it, or only records it."""
        invented = shape_of(declared).fill(declared, self._emulator.place)
        played = PLAYERS[declared.type](self._cloud) if declared.type in PLAYERS else {}
        if declared.type not in HANDLERS:
            return Made(invented.id, {**invented.outputs, **played})
        with _faults(declared):
            made = HANDLERS[declared.type].make(declared, self._where(declared))
        return Made(made.id, {**invented.outputs, **made.outputs, **played})

    def look_at(self, known: Resource) -> Resource | None:
        """The resource as it is by now, whoever changed it; None if it is gone.

        What only a record exists of is as it was.
        """
        handler = HANDLERS.get(known.type)
        if handler is None:
            return known
        try:
            with _faults(known, ClientError):
                seen = handler.look(known, self._where(known))
        except ClientError as error:
            if gone(error):
                return None
            raise ResourceError(known.type, known.urn, f"the emulator does not show it: {error}") from error
        if seen is None:
            return None
        # A property that the program leaves to its default is none of its inputs.
        inputs = {**known.inputs, **{key: value for key, value in seen.items() if key in known.inputs}}
        return replace(known, inputs=inputs, outputs={**known.outputs, **inputs})

    def remove(self, known: Resource) -> None:
        """Deletes the resource, if it is still there.

        Raises:
            ResourceError: the emulator refuses.
        """
        handler = HANDLERS.get(known.type)
        if handler is None:
            return
        try:
            with _faults(known, ClientError):
                handler.delete(known, self._where(known))
        except ClientError as error:
            if not gone(error):
                raise ResourceError(known.type, known.urn, f"the emulator does not delete it: {error}") from error

    def _where(self, resource: Resource) -> Emulator:
        """The emulator in the resource's own region, which most leave to their stack."""
        return self._emulator.at(resource.inputs.get("region", self._emulator.place.region))


@contextlib.contextmanager
def _faults(of: Resource, *passed: type[Exception]) -> Iterator[None]:
    """Says of which resource a fault is; those passed are the caller's to judge."""
    try:
        yield
    except passed:
        raise
    except (ClientError, BotoCoreError) as error:
        raise ResourceError(of.type, of.urn, f"the emulator refused it: {error}") from error
    except KeyError as error:
        problem = f"{error} is missing, in its own properties or in the emulator's answer"
        raise ResourceError(of.type, of.urn, problem) from error
