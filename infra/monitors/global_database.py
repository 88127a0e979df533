"""What is watched of the database as a whole: that there is a copy at all."""

from infra.monitor_terms import Missing, Thresholds
from infra.monitors.watch import Watch, metric


def watch(identifier: str, account: str) -> Watch:
    """The monitor of the replication between members, which are named after the global cluster.

    A member that does not write reports how far it is behind; when none does, there is no copy. From a minute on it is
    no load that passes: Aurora copies storage, and is usually less than a second behind.
    """
    members = f"{{aws_account:{account},dbclusteridentifier:{identifier}-*}}"
    return Watch(
        "GlobalDatabase",
        "database-replication",
        identifier,
        "there is no copy to move to",
        metric("avg", 15, f"max:aws.rds.aurora_global_dbreplication_lag{members}"),
        Thresholds(60_000, warning=5000),
        "No region reports that it follows the writer, or one is minutes behind: a loss would lose orders.",
        1,
        missing=Missing.NOTIFY,
    )
