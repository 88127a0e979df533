"""What a run would change, found out without changing anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from local.host import state as states
from local.host.capture import ROOT, Inventor
from local.host.difference import difference
from local.host.engine import REFERENCE_TYPE, Monitor
from local.host.model import Model, Resource
from local.host.program import run_program
from local.host.provider import Made
from local.host.realise import account_of, beside
from local.host.shapes.shape import Place
from local.host.stack_config import read_config, read_project, upstream_of
from local.host.verdict import refuse_violations


class Kind(StrEnum):
    """What would happen to a resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"


@dataclass(frozen=True)
class Change:
    """What would happen to one resource, and which of its properties are the reason."""

    kind: Kind
    resource: Resource
    properties: tuple[str, ...] = ()


def preview(
    stack: str, overlay: Mapping[str, Any] | None, emulator: str, state: Path, root: Path = ROOT
) -> tuple[Change, ...]:
    """The changes of the next `realise`, in the order of the resources' URNs; components are none.

    A resource that there is shows what it showed before, one that would be new what its shape invents.

    Args:
        stack: Names the settings file, `Pulumi.<stack>.yaml`.
        overlay: Settings laid over that file.
        emulator: Where the AWS emulator is; it is only asked for its account.
        state: File with the model of the last run.
        root: The directory of `Pulumi.yaml`.

    Raises:
        PolicyError: the stack would break a mandatory policy.
        HostError: the settings, the program or one of its resources is wrong.
    """
    project = read_project(root)
    config = read_config(project, stack, overlay or {})
    region = config.get("aws:region", "")
    before = states.load(state, stack)
    upstream = {other: states.load(beside(state, other), other).outputs for other in upstream_of(project, stack)}
    monitor = Monitor(project.name, stack, _Rememberer(Place(account_of(emulator, region), region), before), upstream)
    run_program(project, stack, config, monitor)
    after = monitor.record.model()
    refuse_violations(after, config)
    return tuple(_changes(before, after))


class _Rememberer(Inventor):
    """Answers for what there is as it did before, and invents the rest."""

    def __init__(self, place: Place, before: Model) -> None:
        super().__init__(place)
        self._known = {resource.urn: resource for resource in before}

    def make(self, declared: Resource) -> Made:
        known = self._known.get(declared.urn)
        if known is None or known.id is None:
            return super().make(declared)
        added = {key: value for key, value in known.outputs.items() if known.inputs.get(key) != value}
        return Made(known.id, {key: added[key] for key in added if declared.inputs.get(key) == known.inputs.get(key)})


def _changes(before: Model, after: Model) -> list[Change]:
    old, new = _made(before), _made(after)
    changes = {urn: Change(Kind.DELETE, old[urn]) for urn in old.keys() - new.keys()}
    for urn, declared in new.items():
        if urn not in old:
            changes[urn] = Change(Kind.CREATE, declared)
            continue
        ignored = frozenset(declared.ignore_changes)
        found = difference(
            declared.type,
            {key: value for key, value in old[urn].inputs.items() if key not in ignored},
            {key: value for key, value in declared.inputs.items() if key not in ignored},
        )
        if found.changed:
            kind = Kind.REPLACE if found.replacing else Kind.UPDATE
            changes[urn] = Change(kind, declared, found.replacing or found.changed)
    return [changes[urn] for urn in sorted(changes)]


def _made(model: Model) -> dict[str, Resource]:
    return {one.urn: one for one in model if one.id is not None and one.type != REFERENCE_TYPE}
