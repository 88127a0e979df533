"""The model of the last run, kept in a file, and what of it the program no longer declares."""

import logging
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local.host.emulator import Emulator
from local.host.errors import HostError
from local.host.handlers.handler import Delete, gone
from local.host.handlers.table import HANDLERS
from local.host.model import Model, Resource

log = logging.getLogger(__name__)


def load(path: Path, stack: str) -> Model:
    """What the last run left; empty when there was none, or one of another stack.

    Raises:
        HostError: the file is damaged.
    """
    try:
        model = Model.from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Model(stack, (), {})
    except (OSError, ValueError) as error:
        raise HostError(f"{path}: {error}; remove it, the next run then adopts by name what exists") from error
    return model if model.stack == stack else Model(stack, (), {})


def save(path: Path, model: Model) -> None:
    """Replaces the file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(model.to_json(), encoding="utf-8")
    draft.replace(path)


def orphans(previous: Model, current: Model) -> list[Resource]:
    """What exists in the emulator from the previous run but is no longer declared; dependants come first."""
    kept = {(resource.type, resource.id) for resource in current}
    left = {
        resource.urn: resource
        for resource in previous
        if resource.type in HANDLERS and (resource.type, resource.id) not in kept
    }
    ordered: dict[str, Resource] = {}

    def visit(resource: Resource) -> None:
        for urn in resource.dependencies:
            if urn in left and urn not in ordered:
                visit(left[urn])
        ordered.setdefault(resource.urn, resource)

    for resource in left.values():
        visit(resource)
    return list(reversed(ordered.values()))


def merged(previous: Model, current: Model) -> Model:
    """What may exist after a run that failed half-way."""
    resources = {resource.urn: resource for resource in previous}
    resources |= {resource.urn: resource for resource in current if resource.id is not None}
    return Model(current.stack, tuple(resources[urn] for urn in sorted(resources)), previous.outputs)


def remove(leftovers: list[Resource], current: Model, emulator: Emulator) -> None:
    """Deletes what can be deleted and names the rest in the log."""
    declared = {resource.urn for resource in current}
    for orphan in leftovers:
        handler = HANDLERS[orphan.type]
        if not handler.lasting and not orphan.protect:
            _delete(orphan, handler.delete, emulator.at(orphan.inputs.get("region", emulator.place.region)))
        elif orphan.urn not in declared:
            # One that is still declared has only got another id, because the emulator lost its state.
            _stays(orphan, "it is protected" if orphan.protect else "the local home does not delete this type")


def _delete(orphan: Resource, delete: Delete, emulator: Emulator) -> None:
    try:
        delete(orphan, emulator)
    except BotoCoreError as error:
        _stays(orphan, str(error))
    except ClientError as error:
        if not gone(error):
            _stays(orphan, str(error))


def _stays(orphan: Resource, why: str) -> None:
    log.warning("%s '%s' is no longer declared but stays: %s", orphan.type, orphan.id, why)
