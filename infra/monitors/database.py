"""What is watched of a region's member of the database: room in every direction, and that it follows the writer."""

from infra.checks import refuse_faults
from infra.monitor_terms import Missing, Thresholds
from infra.monitors.watch import Watch, metric, scoped
from infra.placement import Placement

_GIB = 1024**3
_COMPONENT = "Database"
_MEMORY_OF_R_CLASSES = {"large": 16, "xlarge": 32} | {
    f"{number}xlarge": 32 * number for number in (2, 4, 8, 12, 16, 24)
}
"""In GiB; the same in every generation of the classes that are made for databases.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.Summary.html"""


def watches(name: str, place: Placement, instance_class: str, instances: int) -> tuple[Watch, ...]:
    """The monitors of a member cluster."""
    each = scoped(place, dbinstanceidentifier=f"{name}-*")
    return (*_room(name, each, memory(instance_class)), *_health(name, place, each, instances))


def memory(instance_class: str) -> int:
    """The memory of an instance, in bytes.

    Raises:
        pulumi.InputPropertiesError: the class is not one of `db.r…`, so nobody knows what is little of its memory.
    """
    _, family, size = instance_class.split(".")
    gib = _MEMORY_OF_R_CLASSES.get(size) if family.startswith("r") else None
    reason = f"is '{instance_class}', but only the memory of db.r… classes is known: {', '.join(_MEMORY_OF_R_CLASSES)}"
    refuse_faults("The database's monitors", instance_class=None if gib else reason)
    return (gib or 0) * _GIB


def most_connections(memory_bytes: int) -> int:
    """`max_connections` where nobody has set it: memory / 9531392, at most 5000.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html
    """
    return min(memory_bytes // 9_531_392, 5000)


def _room(name: str, each: str, memory_bytes: int) -> tuple[Watch, ...]:
    """CPU: at 90 % AWS recommends an alarm; 75 % for a quarter of an hour is when a larger class should be chosen.

    Memory: Aurora keeps three quarters for its buffers; of the last quarter a third is the reserve of a burst.
    Local storage holds sorts and logs, and an instance that has none left restarts: 5 GiB are minutes of a large sort.
    Connections: at 80 % a release, which needs twice its pods for a moment, no longer gets through.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html
    """
    limit, gib = most_connections(memory_bytes), memory_bytes // _GIB
    return (
        Watch(
            _COMPONENT,
            "database-cpu",
            name,
            "the CPU has no reserve",
            metric("avg", 15, f"max:aws.rds.cpuutilization{each}"),
            Thresholds(90, warning=75, recovery=80),
            "One instance has computed without a pause for a quarter of an hour; everything takes longer than it did.",
            2,
        ),
        Watch(
            _COMPONENT,
            "database-connections",
            name,
            "connections run out",
            metric("max", 10, f"max:aws.rds.database_connections{each}"),
            Thresholds(limit * 8 // 10, warning=limit * 6 // 10),
            f"Four fifths of the {limit} connections that one instance takes are in use; beyond them pods are refused.",
            2,
        ),
        Watch(
            _COMPONENT,
            "database-memory",
            name,
            "memory runs out",
            metric("avg", 15, f"min:aws.rds.freeable_memory{each}"),
            Thresholds(memory_bytes // 12, warning=memory_bytes // 8, below=True),
            f"Of {gib} GiB less than a twelfth is free: the next burst makes the instance swap, or restart.",
            2,
        ),
        Watch(
            _COMPONENT,
            "database-storage",
            name,
            "local storage runs out",
            metric("min", 15, f"min:aws.rds.free_local_storage{each}"),
            Thresholds(5 * _GIB, warning=10 * _GIB, below=True),
            "Sorts and logs have almost filled an instance's own disk; when it is full, the instance restarts.",
            2,
        ),
    )


def _health(name: str, place: Placement, each: str, instances: int) -> tuple[Watch, ...]:
    """The lag: a switch of the writer waits until it is below a second (reliability, switchover), and a fail-over loses
    it; Aurora is usually below one. Of the writer's own member there is none: silence is good news.

    Instances: those of the settings, by the uptime that each of them reports. Deadlocks: services take locks in one
    order; one every half minute is a new query that does not. Transaction ids: AWS recommends 10^9 of 2.1 * 10^9.
    """
    member = scoped(place, dbclusteridentifier=name)
    return (
        Watch(
            _COMPONENT,
            "database-lag",
            name,
            "the copy is behind the writer",
            metric("avg", 10, f"max:aws.rds.aurora_global_dbreplication_lag{member}"),
            Thresholds(5000, warning=1000),
            "This region's copy lacks the last seconds: the writer cannot move here, and its loss would lose them.",
            2,
            missing=Missing.RESOLVE,
        ),
        Watch(
            _COMPONENT,
            "database-instances",
            name,
            "an instance is gone",
            metric("max", 15, f"count_nonzero(max:aws.rds.engine_uptime{each} by {{dbinstanceidentifier}})"),
            Thresholds(instances, below=True),
            f"Fewer than {instances} instances of the member report: the next failure has nobody who takes over.",
            1,
            missing=Missing.NOTIFY,
        ),
        Watch(
            _COMPONENT,
            "database-deadlocks",
            name,
            "transactions block each other",
            metric("avg", 15, f"max:aws.rds.deadlocks{each}"),
            Thresholds(0.03),
            "Transactions wait for each other again and again, and PostgreSQL ends one of each pair.",
            4,
        ),
        Watch(
            _COMPONENT,
            "database-transaction-ids",
            name,
            "transaction numbers run out",
            metric("max", 60, f"max:aws.rds.maximum_used_transaction_ids{each}"),
            Thresholds(1_000_000_000, warning=500_000_000),
            "Vacuum does not keep up; the database stops taking writes at 2.1 thousand million unfrozen transactions.",
            3,
        ),
    )
