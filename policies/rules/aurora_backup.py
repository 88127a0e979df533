"""Backups of Aurora: what was deleted by mistake on Monday can be read again two weeks later."""

from collections.abc import Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.reading import number
from policies.registry import RULES
from policies.rules.aurora import CLUSTER

_FEWEST_DAYS = 14


def _cluster(**changed: Any) -> Resource:
    kept = {"backupRetentionPeriod": 14, "copyTagsToSnapshot": True, "finalSnapshotIdentifier": "orders-final"}
    return sample(CLUSTER, kept | changed, "orders")


@RULES.resource_rule(
    name="aurora-pitr",
    types=(CLUSTER,),
    why="Replicas repeat a mistake within a second; only the backup can be read as of the minute before, and a "
    "mistake in the books is often found after a week.",
    remedy="set backupRetentionPeriod to 14 days or more, copyTagsToSnapshot true, so that a snapshot says whose data "
    "it holds, and finalSnapshotIdentifier instead of skipFinalSnapshot.",
    source="CKV_AWS_133, CKV_AWS_313; AWSGuard rds-instance-backup-enabled; Aurora user guide, backups",
    accepts=(
        _cluster(),
        _cluster(backupRetentionPeriod=35, skipFinalSnapshot=False),
        _cluster(backupRetentionPeriod="14"),
    ),
    rejects={
        "cluster 'orders' keeps backups for 7 days": _cluster(backupRetentionPeriod=7),
        "keeps backups for 1 day": _cluster(backupRetentionPeriod=None),
        "keeps backups for 13 days": _cluster(backupRetentionPeriod=13.0),
        "keeps backups for 0 days": _cluster(backupRetentionPeriod="a fortnight"),
        "cluster 'orders' leaves its tags off its snapshots": _cluster(copyTagsToSnapshot=None),
        "leaves its tags off": _cluster(copyTagsToSnapshot="yes"),
        "cluster 'orders' is deleted without a last snapshot": _cluster(skipFinalSnapshot=True),
        "without a last snapshot": _cluster(finalSnapshotIdentifier=None),
    },
)
def can_be_read_as_it_was(cluster: Resource) -> Iterator[str]:
    """The cluster can be restored to any second of two weeks, and leaves a snapshot behind."""
    stated = cluster.properties.get("backupRetentionPeriod")
    # AWS keeps a day's where nothing is said.
    days = 1.0 if stated is None else number(stated) or 0.0
    if days < _FEWEST_DAYS:
        yield f"cluster {cluster.name!r} keeps backups for {days:g} day{'s' if days != 1 else ''}, fewer than 14"
    if cluster.properties.get("copyTagsToSnapshot") is not True:
        yield f"cluster {cluster.name!r} leaves its tags off its snapshots"
    if cluster.properties.get("skipFinalSnapshot") or not cluster.properties.get("finalSnapshotIdentifier"):
        yield f"cluster {cluster.name!r} is deleted without a last snapshot"
