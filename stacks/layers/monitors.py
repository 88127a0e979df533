"""What is watched: the monitors that each kind of component brings, of all that the region or `global` declares."""

from collections.abc import Callable, Iterable, Iterator

from infra.monitor import Monitor, MonitorArgs
from infra.monitor_terms import MonitorType
from infra.monitors import (
    balancer,
    certificate,
    cluster,
    database,
    edge,
    function,
    global_database,
    logs,
    mail,
    network,
    queue,
    workload,
)
from infra.monitors.watch import Source, Watch
from infra.tags import DataClass, Tags
from services.registry import QUEUES, SERVICES, Role
from stacks.layers.edge import Edge
from stacks.layers.sun import Sun
from stacks.schema import NAMESPACE, Settings
from stacks.sections import Monitoring
from stacks.worldwide_schema import Worldwide

# From this priority on it can wait until morning.
_UNHURRIED = 3


def build(settings: Settings, door: Edge, controller: Sun) -> None:
    """Declare the monitors of a region."""
    watches = (*_hand_over(settings), *_way_in(settings, door), *_pods(settings), *_rest(settings, controller))
    _declare(watches, settings.monitoring, lambda service: settings.tags(DataClass.INTERNAL, service or NAMESPACE))


def build_worldwide(settings: Worldwide) -> None:
    """Declare the monitors of what exists once, and of what `global` makes in each region for it."""
    watches = [global_database.watch(NAMESPACE, settings.placement.account)]
    for region in settings.regions:
        watches.append(certificate.watch(f"{settings.name('api')}-{region.name}", region.placement))
        watches.append(network.crossing(f"{settings.name('transit')}-{region.name}", region.placement))
    _declare(watches, settings.monitoring, lambda _: settings.tags(DataClass.INTERNAL))


def _hand_over(settings: Settings) -> Iterator[Watch]:
    longest_failure = settings.queues.visibility_seconds * settings.queues.max_receive_count
    for entry in QUEUES:
        yield queue.age(settings.name(entry.name), settings.placement, longest_failure, entry.consumer)
    yield queue.dead_letters(f"{NAMESPACE}-{settings.region.name}", settings.placement)


def _way_in(settings: Settings, door: Edge) -> Iterator[Watch]:
    name = settings.name("api")
    yield from edge.watches(name, settings.placement)
    yield edge.health(name, door.health_check_id)
    yield from balancer.watches(name, settings.placement, f"{settings.region.name}-")


def _pods(settings: Settings) -> Iterator[Watch]:
    inside = f"{NAMESPACE}-{settings.region.name}"
    deployed = [service.name for service in SERVICES if service.role is not Role.MIGRATE]
    sizes = settings.workloads
    fixed = [name for name in deployed if sizes[name].min_replicas == sizes[name].max_replicas]
    yield from workload.watches(inside, NAMESPACE, len(deployed), fixed)
    for service in SERVICES:
        if service.role is Role.MIGRATE:
            yield workload.migration(service.name, inside, NAMESPACE)
    yield from logs.watches(inside, settings.region.name)
    yield from cluster.watches(inside, settings.placement, NAMESPACE)


def _rest(settings: Settings, controller: Sun) -> Iterator[Watch]:
    place, member = settings.placement, settings.database
    name = f"{NAMESPACE}-{settings.region.name}"
    yield from database.watches(name, place, member.instance_class, member.instances)
    yield from mail.watches(settings.name("mail"), place)
    yield network.way_out(name, place)
    yield from function.watches(settings.name("sun"), place, controller.every_minutes, "sun")


def _declare(watches: Iterable[Watch], told: Monitoring, tags: Callable[[str | None], Tags]) -> None:
    for watch in watches:
        Monitor(
            watch.resource_name,
            MonitorArgs(
                name=watch.name,
                type=MonitorType.LOG if watch.source is Source.LOGS else MonitorType.METRIC,
                query=watch.query,
                meaning=watch.meaning,
                runbook=f"{told.runbook}#{watch.anchor}",
                notify=told.notify if watch.priority >= _UNHURRIED else told.page,
                priority=watch.priority,
                thresholds=watch.thresholds,
                on_missing_data=watch.missing,
                kind=watch.component,
                tags=tags(watch.service),
                evaluation_delay=watch.source.delay_seconds,
            ),
        )
