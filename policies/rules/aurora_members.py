"""The members of an Aurora database: every one can take over from every other, within a region and between them."""

from collections.abc import Iterable, Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import number
from policies.registry import RULES
from policies.rules.aurora import CLUSTER
from policies.rules.aurora_access import INSTANCE, PARAMETERS

_FEWEST = 2


def _cluster(name: str = "eu", **changed: Any) -> Resource:
    stated = {
        "clusterIdentifier": name,
        "globalClusterIdentifier": "shop",
        "engineVersion": "16.8",
        "dbClusterParameterGroupName": name,
    }
    return sample(CLUSTER, stated | changed, name)


def _instances(cluster: str = "eu", *classes: str | None, tiers: Iterable[int] = (0, 0)) -> list[Resource]:
    sizes = zip(classes or ("db.r8g.large", "db.r8g.large"), tiers, strict=True)
    return [
        sample(INSTANCE, {"clusterIdentifier": cluster, "instanceClass": size, "promotionTier": tier}, f"{cluster}-{n}")
        for n, (size, tier) in enumerate(sizes, start=1)
    ]


def _family(name: str, family: str) -> Resource:
    return sample(PARAMETERS, {"name": name, "family": family}, name)


@RULES.stack_rule(
    name="aurora-members-symmetric",
    types=(CLUSTER, INSTANCE, PARAMETERS),
    why="After a failover or a switchover another instance writes: if it is smaller, it drowns in what the first one "
    "carried; if there is none, the database is gone with the first.",
    remedy="give every cluster two instances or more, all of one instanceClass and promotionTier, and every member of "
    "a global database the same engineVersion and parameter group family.",
    source="Aurora user guide, global databases (same class for all members); this project's design, rule 15",
    accepts=(
        [_cluster(), *_instances()],
        [_cluster(globalClusterIdentifier=None), *_instances()],
        [_cluster("eu"), *_instances("eu"), _cluster("apac"), *_instances("apac")],
        [
            _cluster(),
            *_instances(),
            _cluster("other", globalClusterIdentifier="books", engineVersion="15.4"),
            *_instances("other", "db.r8g.xlarge", "db.r8g.xlarge"),
        ],
        [_cluster("eu"), *_instances("eu"), _family("eu", "aurora-postgresql16")],
    ),
    rejects={
        "cluster 'eu' has no instance": [_cluster()],
        "cluster 'eu' has one instance": [_cluster(), *_instances()[:1]],
        "cluster 'eu' has no instance, so": [_cluster(), *_instances("apac")],
        "cluster 'eu' has instances of db.r8g.large and db.r8g.xlarge": [
            _cluster(),
            *_instances("eu", "db.r8g.large", "db.r8g.xlarge"),
        ],
        "of db.r8g.large and no class": [_cluster(), *_instances("eu", "db.r8g.large", None)],
        "cluster 'eu' has instances of the promotion tiers 0 and 15": [_cluster(), *_instances(tiers=(0, 15))],
        "cluster 'apac' differs from 'eu' in the class of its instances": [
            _cluster(),
            *_instances(),
            _cluster("apac"),
            *_instances("apac", "db.r8g.xlarge", "db.r8g.xlarge"),
        ],
        "cluster 'apac' differs from 'eu' in its engine version": [
            _cluster(),
            *_instances(),
            _cluster("apac", engineVersion="15.4"),
            *_instances("apac"),
        ],
        "cluster 'apac' differs from 'eu' in its parameter group family": [
            _cluster(),
            *_instances(),
            _family("eu", "aurora-postgresql16"),
            _cluster("apac"),
            *_instances("apac"),
            _family("apac", "aurora-postgresql15"),
        ],
    },
)
def members_are_alike(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every cluster has instances that can stand in for each other, and so have all members of a global database."""
    instances: dict[str, list[Resource]] = {}
    for instance in stack.of_type(INSTANCE):
        instances.setdefault(instance.text("clusterIdentifier"), []).append(instance)
    families = {group.text("name"): group.text("family") for group in stack.of_type(PARAMETERS)}
    first: dict[str, tuple[Resource, dict[str, str]]] = {}
    for cluster in stack.of_type(CLUSTER):
        own = instances.get(cluster.text("clusterIdentifier"), [])
        yield from ((cluster, f"cluster {cluster.name!r} {wrong}") for wrong in _alone_or_unlike(own))
        looks = {
            "the class of its instances": own[0].text("instanceClass") if own else "",
            "its engine version": cluster.text("engineVersion"),
            "its parameter group family": families.get(cluster.text("dbClusterParameterGroupName"), ""),
        }
        joined = cluster.text("globalClusterIdentifier")
        other, theirs = first.setdefault(joined, (cluster, looks)) if joined else (cluster, looks)
        for what, mine in looks.items():
            if mine != theirs[what]:
                yield cluster, f"cluster {cluster.name!r} differs from {other.name!r} in {what}"


def _alone_or_unlike(instances: list[Resource]) -> Iterator[str]:
    if len(instances) < _FEWEST:
        yield f"has {'one' if instances else 'no'} instance, so nothing takes over from one that fails"
    classes = sorted({one.text("instanceClass") or "no class" for one in instances})
    if len(classes) > 1:
        yield f"has instances of {' and '.join(classes)}"
    tiers = sorted({number(one.properties.get("promotionTier")) or 0.0 for one in instances})
    if len(tiers) > 1:
        yield f"has instances of the promotion tiers {' and '.join(f'{tier:g}' for tier in tiers)}"
