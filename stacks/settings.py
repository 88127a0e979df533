"""The border between the settings files and the program: parsed once, complete, or refused with every fault at once."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from services.registry import QUEUES, SERVICES, Role
from stacks.neighbours import neighbours
from stacks.reading import PREFIX, Fault, closest, document_of, read, refuse
from stacks.schema import WORLDWIDE, Settings
from stacks.worldwide_schema import Worldwide, contradictions

_WORKLOADS = f"{PREFIX}workloads"
_DAY = 86_400
_HERE = Path(__file__).resolve().parent.parent


def load() -> Settings | Worldwide:
    """The settings of the stack that is being run: a region's, or those of what exists once.

    Raises:
        SettingsError: the stack's file has faults.
    """
    stack, config = pulumi.get_stack(), {**get_config_env(), **CONFIG.get()}
    if stack == WORLDWIDE:
        # A program that runs within its own driver is not told where its project lies.
        told: str | None = pulumi.get_root_directory()
        return parse_worldwide(config, Path(told) if told else _HERE)
    return parse(stack, config)


def parse(stack: str, config: Mapping[str, str]) -> Settings:
    """The settings that a region's configuration states.

    Args:
        stack: the stack's name, from which its file follows.
        config: every key of that file with its namespace; the engine hands over objects as JSON text.

    Raises:
        SettingsError: the file has faults.
    """
    settings, faults = read(Settings, config)
    faults = [*faults, *_workload_faults(document_of(config).get("workloads"))]
    if settings is None or (faults := [*faults, *_contradictions(stack, settings)]):
        refuse(stack, faults)
    return settings


def parse_worldwide(config: Mapping[str, str], root: Path) -> Worldwide:
    """The settings of what exists once; the regions are those whose files lie in `root`.

    Raises:
        SettingsError: the file, or what is read from a region's, has faults.
    """
    settings, faults = read(Worldwide, config)
    if settings is None:
        refuse(WORLDWIDE, faults)
    settings = settings.joined_by(neighbours(root))
    if faults := [*faults, *contradictions(settings)]:
        refuse(WORLDWIDE, faults)
    return settings


def _workload_faults(sizes: object) -> Iterator[Fault]:
    if not isinstance(sizes, dict):
        return
    registered = {service.name: f"{_WORKLOADS}.{service.name}" for service in SERVICES}
    for name in sizes:
        if name not in registered:
            yield Fault(f"{_WORKLOADS}.{name}", "is not a registered service", closest(name, registered))
    for name, path in registered.items():
        if name not in sizes:
            yield Fault(path, "is missing")


def _contradictions(stack: str, settings: Settings) -> Iterator[Fault]:
    if settings.region.name != stack:
        yield Fault(f"{PREFIX}region.name", f"is '{settings.region.name}', but the stack is '{stack}'")
    if len(set(settings.network.zones)) < len(settings.network.zones):
        yield Fault(f"{PREFIX}network.zones", "names a zone twice; each part of the region stands in three")
    for zone in settings.network.zones:
        if zone[:-1] != settings.aws_region:
            yield Fault(f"{PREFIX}network.zones", f"names '{zone}', but aws:region is '{settings.aws_region}'")
    if settings.mail.sender.partition("@")[2] != settings.mail.domain:
        yield Fault(
            f"{PREFIX}mail.sender",
            f"is '{settings.mail.sender}', but {PREFIX}mail.domain is '{settings.mail.domain}'",
        )
    if settings.mail.evidence_window_seconds <= settings.queues.visibility_seconds:
        yield Fault(
            f"{PREFIX}mail.evidenceWindowSeconds",
            f"is {settings.mail.evidence_window_seconds}, which is not longer than "
            f"{PREFIX}queues.visibilitySeconds ({settings.queues.visibility_seconds}): an event whose recorder died "
            "would come back only after its mail was sent again",
        )
    yield from _replica_faults(settings)
    patience = max(sum(queue.resend_seconds) for queue in QUEUES)
    if settings.queues.retention_days * _DAY <= patience:
        yield Fault(
            f"{PREFIX}queues.retentionDays",
            f"is {settings.queues.retention_days}, which is not longer than the relay's patience "
            f"({patience / 3600:.1f} hours): a message would be lost before its order is given up",
        )


def _replica_faults(settings: Settings) -> Iterator[Fault]:
    for service in SERVICES:
        size = settings.workloads.get(service.name)
        if size is None:
            continue
        path = f"{_WORKLOADS}.{service.name}.maxReplicas"
        if service.role is Role.MIGRATE and (size.min_replicas, size.max_replicas) != (1, 1):
            yield Fault(path, "and minReplicas are not both 1, but a migration runs once")
        elif size.max_replicas < size.min_replicas:
            yield Fault(path, f"is {size.max_replicas}, which is less than minReplicas ({size.min_replicas})")
